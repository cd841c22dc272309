-- Evidence of use. Times are seconds since 1970, ids of events are hashes of eight bytes, see seen.rs.

CREATE TABLE files (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,          -- nanoseconds
    fault TEXT                          -- NULL: read to its end
) STRICT, WITHOUT ROWID;

CREATE TABLE seen (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    hour INTEGER NOT NULL,              -- since 1970
    ids BLOB NOT NULL,                  -- in any order, little-endian
    PRIMARY KEY (account, region, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE uses (
    id INTEGER PRIMARY KEY,
    principal TEXT NOT NULL,
    action TEXT NOT NULL,
    need TEXT NOT NULL,                 -- own, along, either, perhaps
    needed_by TEXT NOT NULL,            -- an action, or nothing
    succeeded INTEGER NOT NULL, failed INTEGER NOT NULL, denied INTEGER NOT NULL,
    used_first INTEGER, used_last INTEGER, refused_first INTEGER, refused_last INTEGER,
    sessions TEXT NOT NULL,             -- a JSON list
    more_sessions INTEGER NOT NULL,
    depth INTEGER,                      -- ARNs are cut behind so many separators
    is_plain INTEGER NOT NULL,
    UNIQUE (principal, action, need, needed_by)
) STRICT;

CREATE TABLE calls (
    use INTEGER NOT NULL REFERENCES uses (id),
    nth INTEGER NOT NULL,               -- tells those of one use apart, and no more
    kind TEXT NOT NULL,                 -- not_known, any, arn, under
    thing TEXT NOT NULL,
    context TEXT NOT NULL,              -- a JSON object of lists
    addresses TEXT NOT NULL,            -- a JSON list
    more_addresses INTEGER NOT NULL,
    succeeded INTEGER NOT NULL, failed INTEGER NOT NULL, denied INTEGER NOT NULL,
    used_first INTEGER, used_last INTEGER, refused_first INTEGER, refused_last INTEGER,
    PRIMARY KEY (use, nth)
) STRICT, WITHOUT ROWID;

CREATE TABLE tallies (
    about TEXT NOT NULL,                -- active, assumed, sign_in
    principal TEXT NOT NULL,
    succeeded INTEGER NOT NULL, failed INTEGER NOT NULL, denied INTEGER NOT NULL,
    used_first INTEGER, used_last INTEGER, refused_first INTEGER, refused_last INTEGER,
    PRIMARY KEY (about, principal)
) STRICT, WITHOUT ROWID;

CREATE TABLE unmapped (
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    events INTEGER NOT NULL,
    principals TEXT NOT NULL,
    more_principals INTEGER NOT NULL,
    PRIMARY KEY (source, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE unattributed (
    kind TEXT PRIMARY KEY,
    events INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE covered (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (account, region)
) STRICT, WITHOUT ROWID;

CREATE TABLE data_events (
    account TEXT NOT NULL,
    source TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    events INTEGER NOT NULL,
    PRIMARY KEY (account, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE last_accessed (
    principal TEXT NOT NULL,
    service TEXT NOT NULL,
    action TEXT NOT NULL,               -- nothing: the service as a whole
    at INTEGER,
    region TEXT,
    reported INTEGER NOT NULL,
    PRIMARY KEY (principal, service, action)
) STRICT, WITHOUT ROWID;

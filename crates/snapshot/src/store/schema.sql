CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sources (
    id       INTEGER PRIMARY KEY,
    file     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    sha256   TEXT NOT NULL,
    bytes    INTEGER NOT NULL,
    modified TEXT
);

CREATE TABLE documents (
    id     INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    text   TEXT NOT NULL
);

CREATE TABLE accounts (
    id                  TEXT PRIMARY KEY,
    name                TEXT,
    status              TEXT,
    parent              TEXT,
    seen                INTEGER NOT NULL,
    public_access_block TEXT,
    root_credentials    TEXT
) WITHOUT ROWID;

-- What IAM says of an account as a whole: its alias and how many it counts.
CREATE TABLE account_summaries (
    account TEXT PRIMARY KEY,
    summary TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE organization (
    id         TEXT PRIMARY KEY,
    arn        TEXT,
    management TEXT
) WITHOUT ROWID;

CREATE TABLE units (
    id      TEXT PRIMARY KEY,
    arn     TEXT,
    name    TEXT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('root', 'unit')),
    parent  TEXT,
    enabled TEXT
) WITHOUT ROWID;

CREATE TABLE organization_policies (
    id           TEXT PRIMARY KEY,
    arn          TEXT,
    name         TEXT NOT NULL,
    type         TEXT NOT NULL,
    aws_managed  INTEGER NOT NULL,
    policy_state TEXT NOT NULL CHECK (policy_state IN ('document', 'not_seen')),
    document     INTEGER REFERENCES documents
) WITHOUT ROWID;

CREATE TABLE organization_attachments (
    policy TEXT NOT NULL REFERENCES organization_policies,
    target TEXT NOT NULL,
    PRIMARY KEY (policy, target)
) WITHOUT ROWID;

CREATE TABLE policies (
    id              INTEGER PRIMARY KEY,
    arn             TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    account         TEXT,
    policy_state    TEXT NOT NULL CHECK (policy_state IN ('document', 'not_seen')),
    document        INTEGER REFERENCES documents,
    default_version TEXT,
    created         TEXT,
    updated         TEXT,
    seen_at         TEXT
);

CREATE TABLE policy_versions (
    policy   INTEGER NOT NULL REFERENCES policies,
    version  TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES documents,
    created  TEXT,
    PRIMARY KEY (policy, version)
) WITHOUT ROWID;

CREATE TABLE principals (
    id               INTEGER PRIMARY KEY,
    kind             TEXT NOT NULL CHECK (kind IN ('user', 'group', 'role')),
    arn              TEXT NOT NULL UNIQUE,
    account          TEXT NOT NULL,
    name             TEXT NOT NULL,
    path             TEXT NOT NULL,
    unique_id        TEXT,
    seen             INTEGER NOT NULL,
    tags             TEXT,
    created          TEXT,
    last_used_seen   INTEGER NOT NULL,
    last_used        TEXT,
    last_used_region TEXT,
    boundary         INTEGER REFERENCES policies,
    trust_state      TEXT NOT NULL CHECK (trust_state IN ('none', 'document', 'not_seen')),
    trust            INTEGER REFERENCES documents,
    credentials      TEXT,
    seen_at          TEXT
);

CREATE TABLE attachments (
    principal INTEGER NOT NULL REFERENCES principals,
    position  INTEGER NOT NULL,
    policy    INTEGER NOT NULL REFERENCES policies,
    PRIMARY KEY (principal, position)
) WITHOUT ROWID;

CREATE TABLE inline_policies (
    principal    INTEGER NOT NULL REFERENCES principals,
    position     INTEGER NOT NULL,
    name         TEXT NOT NULL,
    policy_state TEXT NOT NULL CHECK (policy_state IN ('document', 'not_seen')),
    document     INTEGER REFERENCES documents,
    PRIMARY KEY (principal, position)
) WITHOUT ROWID;

CREATE TABLE memberships (
    user     INTEGER NOT NULL REFERENCES principals,
    position INTEGER NOT NULL,
    "group"  INTEGER NOT NULL REFERENCES principals,
    PRIMARY KEY (user, position)
) WITHOUT ROWID;

CREATE TABLE instance_profiles (
    arn     TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    role    TEXT
) WITHOUT ROWID;

CREATE TABLE resources (
    id           INTEGER PRIMARY KEY,
    arn          TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL,
    account      TEXT,
    region       TEXT,
    name         TEXT NOT NULL,
    policy_state TEXT NOT NULL CHECK (policy_state IN ('none', 'document', 'not_seen')),
    policy_why   TEXT,
    document     INTEGER REFERENCES documents,
    tags         TEXT,
    facts        TEXT,
    seen_at      TEXT
);

CREATE TABLE runs_as (
    resource  INTEGER NOT NULL REFERENCES resources,
    position  INTEGER NOT NULL,
    attribute TEXT NOT NULL CHECK (attribute IN ('role', 'execution', 'task', 'service', 'instance_profile')),
    named     TEXT NOT NULL,
    PRIMARY KEY (resource, position)
) WITHOUT ROWID;

CREATE TABLE key_aliases (
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    alias   TEXT NOT NULL,
    key     TEXT NOT NULL,
    PRIMARY KEY (account, region, alias)
) WITHOUT ROWID;

CREATE TABLE providers (
    arn        TEXT PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('oidc', 'saml')),
    account    TEXT NOT NULL,
    url        TEXT,
    client_ids TEXT
) WITHOUT ROWID;

CREATE TABLE identity_centers (
    arn     TEXT PRIMARY KEY,
    account TEXT
) WITHOUT ROWID;

CREATE TABLE permission_sets (
    arn          TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    policy_state TEXT NOT NULL CHECK (policy_state IN ('none', 'document', 'not_seen')),
    document     INTEGER REFERENCES documents,
    attached     TEXT
) WITHOUT ROWID;

CREATE TABLE permission_set_assignments (
    permission_set TEXT NOT NULL,
    account        TEXT NOT NULL,
    principal_kind TEXT NOT NULL CHECK (principal_kind IN ('user', 'group')),
    principal      TEXT NOT NULL,
    PRIMARY KEY (permission_set, account, principal_kind, principal)
) WITHOUT ROWID;

-- What AWS reported of the last use of services and actions: JSON, packed with gzip.
CREATE TABLE last_accessed (
    principal TEXT PRIMARY KEY,
    reported  TEXT NOT NULL,
    report    BLOB NOT NULL
);

CREATE TABLE coverage (
    call    TEXT NOT NULL,
    account TEXT,
    region  TEXT,
    state   TEXT NOT NULL CHECK (state IN ('seen', 'partial', 'denied', 'failed', 'not_tried', 'unsupported')),
    reason  TEXT NOT NULL,
    things  INTEGER NOT NULL
);

CREATE TABLE warnings (
    source  INTEGER NOT NULL REFERENCES sources,
    line    INTEGER NOT NULL,
    "column" INTEGER NOT NULL,
    offset  INTEGER NOT NULL,
    pointer TEXT NOT NULL,
    text    TEXT NOT NULL
);

-- Where plans and templates declare a policy (part: the name of an inline policy, else empty) or a thing.
CREATE TABLE declarations (
    arn     TEXT NOT NULL,
    part    TEXT NOT NULL,
    address TEXT NOT NULL,
    file    TEXT NOT NULL,
    line    INTEGER,
    PRIMARY KEY (arn, part)
) WITHOUT ROWID;

-- What a plan takes away: it is known not to be there after it, whatever else was not listed.
CREATE TABLE departures (arn TEXT PRIMARY KEY) WITHOUT ROWID;

-- Whose tags are known in part: a template lists some, and the stack may give more.
CREATE TABLE partly_tagged (arn TEXT PRIMARY KEY) WITHOUT ROWID;

-- Things that no source shows but a plan or template.
CREATE TABLE planned_only (arn TEXT PRIMARY KEY) WITHOUT ROWID;

-- What a plan or template gives users, groups or roles of whom it is known later who they are: an inline policy (its text; null: not
-- seen), an attached one, membership of a group, or what nobody knows; or things: a policy of their own, or a statement more.
-- `names`: a JSON list of patterns; null: it may be anybody.
CREATE TABLE at_large (
    account  TEXT NOT NULL,
    kind     TEXT NOT NULL,
    names    TEXT,
    gives    TEXT NOT NULL CHECK (gives IN ('inline', 'attached', 'member', 'anything', 'policy', 'statement')),
    named    TEXT NOT NULL,
    document INTEGER REFERENCES documents,
    address  TEXT NOT NULL,
    file     TEXT NOT NULL,
    line     INTEGER
);

CREATE VIEW principal_tags AS
    SELECT principals.id AS principal, tag.key AS key, tag.value AS value
    FROM principals, json_each(principals.tags) AS tag;

CREATE VIEW resource_tags AS
    SELECT resources.id AS resource, tag.key AS key, tag.value AS value
    FROM resources, json_each(resources.tags) AS tag;

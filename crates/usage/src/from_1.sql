-- A file of version 1, made one of version 2: there calls had row numbers and an index of their own. Its ids of events were
-- sorted, which those of version 2 need not be. Done once more, by another program at the same time, it changes nothing.
BEGIN IMMEDIATE;
DROP INDEX IF EXISTS calls_by_use;
ALTER TABLE calls RENAME TO calls_1;
CREATE TABLE calls (
    use INTEGER NOT NULL REFERENCES uses (id),
    nth INTEGER NOT NULL,
    kind TEXT NOT NULL,
    thing TEXT NOT NULL,
    context TEXT NOT NULL,
    addresses TEXT NOT NULL,
    more_addresses INTEGER NOT NULL,
    succeeded INTEGER NOT NULL, failed INTEGER NOT NULL, denied INTEGER NOT NULL,
    used_first INTEGER, used_last INTEGER, refused_first INTEGER, refused_last INTEGER,
    PRIMARY KEY (use, nth)
) STRICT, WITHOUT ROWID;
INSERT INTO calls SELECT use, row_number() OVER (PARTITION BY use), kind, thing, context, addresses, more_addresses,
    succeeded, failed, denied, used_first, used_last, refused_first, refused_last FROM calls_1;
DROP TABLE calls_1;
PRAGMA user_version = 2;
COMMIT;

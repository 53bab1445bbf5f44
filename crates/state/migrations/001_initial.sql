-- One row: what the state as a whole is.
CREATE TABLE meta (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    lineage    TEXT NOT NULL,
    serial     INTEGER NOT NULL,
    key_id     TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

-- Types of values, each kept once.
CREATE TABLE value_type (
    id   INTEGER PRIMARY KEY,
    json TEXT NOT NULL UNIQUE
) STRICT;

-- Objects in the cloud that this state owns. The current object of an address has deposed = ''.
CREATE TABLE object (
    address               TEXT NOT NULL,
    deposed               TEXT NOT NULL DEFAULT '',
    type                  TEXT NOT NULL,
    provider              TEXT NOT NULL,
    region                TEXT NOT NULL,
    schema_version        INTEGER NOT NULL,
    attributes            TEXT NOT NULL,
    attributes_type       INTEGER NOT NULL REFERENCES value_type,
    facts                 TEXT NOT NULL,
    facts_type            INTEGER NOT NULL REFERENCES value_type,
    dependencies          TEXT NOT NULL,
    create_before_destroy INTEGER NOT NULL CHECK (create_before_destroy IN (0, 1)),
    unfinished            INTEGER NOT NULL CHECK (unfinished IN (0, 1)),
    updated_at            TEXT NOT NULL,
    PRIMARY KEY (address, deposed)
) STRICT, WITHOUT ROWID;

-- Output values of the last apply.
CREATE TABLE output (
    name       TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    value_type INTEGER NOT NULL REFERENCES value_type,
    sensitive  INTEGER NOT NULL CHECK (sensitive IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Commands that changed something, or tried to.
CREATE TABLE run (
    sequence    INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    operation   TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    finished_at TEXT,
    outcome     TEXT CHECK (outcome IN ('succeeded', 'failed', 'interrupted'))
) STRICT;

-- The write-ahead journal: every mutating call, written down before it leaves.
CREATE TABLE intent (
    sequence      INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    run_id        TEXT NOT NULL REFERENCES run (id),
    address       TEXT NOT NULL,
    deposed       TEXT NOT NULL DEFAULT '',
    service       TEXT NOT NULL,
    operation     TEXT NOT NULL,
    region        TEXT NOT NULL,
    provider      TEXT NOT NULL,
    request       TEXT NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('pending', 'sent', 'confirmed', 'failed', 'abandoned')),
    attempts      INTEGER NOT NULL DEFAULT 0,
    created_at    TEXT NOT NULL,
    sent_at       TEXT,
    finished_at   TEXT,
    request_id    TEXT,
    error_code    TEXT,
    error_message TEXT
) STRICT;

CREATE INDEX intent_unresolved ON intent (sequence) WHERE status IN ('pending', 'sent');
CREATE INDEX intent_of_run ON intent (run_id);

-- At most one row: who may write.
CREATE TABLE lock (
    only       INTEGER PRIMARY KEY CHECK (only = 1),
    id         TEXT NOT NULL,
    operation  TEXT NOT NULL,
    who        TEXT NOT NULL,
    host       TEXT NOT NULL,
    pid        INTEGER NOT NULL,
    started_at TEXT NOT NULL
) STRICT;

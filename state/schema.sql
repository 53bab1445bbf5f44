PRAGMA application_id = 1835299700;
PRAGMA user_version = 5;

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
, hides INTEGER NOT NULL DEFAULT 0 CHECK (hides IN (0, 1))) STRICT;

CREATE TABLE key_record (
    only   INTEGER PRIMARY KEY CHECK (only = 1),
    record TEXT NOT NULL
) STRICT;

CREATE TABLE lock (
    only       INTEGER PRIMARY KEY CHECK (only = 1),
    id         TEXT NOT NULL,
    operation  TEXT NOT NULL,
    who        TEXT NOT NULL,
    host       TEXT NOT NULL,
    pid        INTEGER NOT NULL,
    started_at TEXT NOT NULL
) STRICT;

CREATE TABLE meta (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    lineage    TEXT NOT NULL,
    serial     INTEGER NOT NULL,
    key_id     TEXT NOT NULL,
    created_at TEXT NOT NULL
, sealed TEXT NOT NULL DEFAULT 'sensitive'
    CHECK (sealed IN ('sensitive', 'whole'))) STRICT;

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

CREATE TABLE object_before (
    run                   INTEGER NOT NULL REFERENCES run (sequence) ON DELETE CASCADE,
    address               TEXT NOT NULL,
    deposed               TEXT NOT NULL,
    type                  TEXT,
    provider              TEXT,
    region                TEXT,
    schema_version        INTEGER,
    attributes            TEXT,
    attributes_type       INTEGER REFERENCES value_type,
    facts                 TEXT,
    facts_type            INTEGER REFERENCES value_type,
    dependencies          TEXT,
    create_before_destroy INTEGER,
    unfinished            INTEGER,
    updated_at            TEXT,
    PRIMARY KEY (run, address, deposed)
) STRICT, WITHOUT ROWID;

CREATE TABLE output (
    name       TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    value_type INTEGER NOT NULL REFERENCES value_type,
    sensitive  INTEGER NOT NULL CHECK (sensitive IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE output_before (
    run        INTEGER NOT NULL REFERENCES run (sequence) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    value      TEXT,
    value_type INTEGER REFERENCES value_type,
    sensitive  INTEGER,
    PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    sequence    INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    operation   TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    finished_at TEXT,
    outcome     TEXT CHECK (outcome IN ('succeeded', 'failed', 'interrupted'))
) STRICT;

CREATE TABLE value_type (
    id   INTEGER PRIMARY KEY,
    json TEXT NOT NULL UNIQUE
) STRICT;

CREATE INDEX intent_of_run ON intent (run_id);

CREATE INDEX intent_unresolved ON intent (sequence) WHERE status IN ('pending', 'sent');

CREATE TRIGGER object_added AFTER INSERT ON object BEGIN
    INSERT INTO object_before (run, address, deposed)
        SELECT sequence, NEW.address, NEW.deposed FROM run
        WHERE true ORDER BY sequence DESC LIMIT 1
        ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER object_changed AFTER UPDATE ON object BEGIN
    INSERT INTO object_before
        SELECT sequence, OLD.address, OLD.deposed, OLD.type, OLD.provider, OLD.region,
            OLD.schema_version, OLD.attributes, OLD.attributes_type, OLD.facts, OLD.facts_type,
            OLD.dependencies, OLD.create_before_destroy, OLD.unfinished, OLD.updated_at
        FROM run WHERE true ORDER BY sequence DESC LIMIT 1
        ON CONFLICT DO NOTHING;
    INSERT INTO object_before (run, address, deposed)
        SELECT sequence, NEW.address, NEW.deposed FROM run
        WHERE (NEW.address, NEW.deposed) IS NOT (OLD.address, OLD.deposed)
        ORDER BY sequence DESC LIMIT 1
        ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER object_removed AFTER DELETE ON object BEGIN
    INSERT INTO object_before
        SELECT sequence, OLD.address, OLD.deposed, OLD.type, OLD.provider, OLD.region,
            OLD.schema_version, OLD.attributes, OLD.attributes_type, OLD.facts, OLD.facts_type,
            OLD.dependencies, OLD.create_before_destroy, OLD.unfinished, OLD.updated_at
        FROM run WHERE true ORDER BY sequence DESC LIMIT 1
        ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER output_added AFTER INSERT ON output BEGIN
    INSERT INTO output_before (run, name)
        SELECT sequence, NEW.name FROM run
        WHERE true ORDER BY sequence DESC LIMIT 1
        ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER output_changed AFTER UPDATE ON output BEGIN
    INSERT INTO output_before
        SELECT sequence, OLD.name, OLD.value, OLD.value_type, OLD.sensitive FROM run
        WHERE true ORDER BY sequence DESC LIMIT 1
        ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER output_removed AFTER DELETE ON output BEGIN
    INSERT INTO output_before
        SELECT sequence, OLD.name, OLD.value, OLD.value_type, OLD.sensitive FROM run
        WHERE true ORDER BY sequence DESC LIMIT 1
        ON CONFLICT DO NOTHING;
END;

-- What objects were before the first change that a run made to them. Without a type there was no
-- such object. The state as it was before a run is the present one with all rows of that run and
-- of later ones put back, the oldest of each object.
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

-- The same of output values. Without a value there was no such output.
CREATE TABLE output_before (
    run        INTEGER NOT NULL REFERENCES run (sequence) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    value      TEXT,
    value_type INTEGER REFERENCES value_type,
    sensitive  INTEGER,
    PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;

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

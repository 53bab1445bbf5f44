-- At most one row: how the key that the state is sealed under is had again, as JSON. Without a row it
-- is the key of a key file.
CREATE TABLE key_record (
    only   INTEGER PRIMARY KEY CHECK (only = 1),
    record TEXT NOT NULL
) STRICT;

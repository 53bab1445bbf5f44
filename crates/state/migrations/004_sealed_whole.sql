-- How much is sealed: sensitive values, or everything that says what objects and outputs are like
-- and what was asked of the cloud.
ALTER TABLE meta ADD COLUMN sealed TEXT NOT NULL DEFAULT 'sensitive'
    CHECK (sealed IN ('sensitive', 'whole'));

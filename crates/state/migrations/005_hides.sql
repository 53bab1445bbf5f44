-- Whether a call sets something sensitive that another object shows, which its request names.
ALTER TABLE intent ADD COLUMN hides INTEGER NOT NULL DEFAULT 0 CHECK (hides IN (0, 1));

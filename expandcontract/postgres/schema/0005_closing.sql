-- A contracted change may stay open until what it kept is dropped; the way back is a mark of its own.
ALTER TABLE expandcontract.changes
    -- The revert of its contract was begun and is not over.
    ADD COLUMN coming_back boolean NOT NULL DEFAULT false,
    -- It was closed while the database was being built, when nothing could be lost.
    ADD COLUMN built boolean NOT NULL DEFAULT false;

UPDATE expandcontract.changes SET coming_back = true WHERE reached = 'contract' AND outcome IS NULL;

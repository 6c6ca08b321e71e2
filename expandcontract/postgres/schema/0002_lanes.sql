-- Behind a pooler a server process says nothing about who is alive; then it is null.
ALTER TABLE expandcontract.leases ALTER COLUMN backend DROP NOT NULL;

-- A backfill is cut into lanes, and each is leased by itself: any number of hosts may share them.
-- A lane of a later stage is begun when all of the stages before it are over.
ALTER TABLE expandcontract.lanes
    ADD COLUMN walk jsonb,
    ADD COLUMN stage integer NOT NULL DEFAULT 0,
    ADD COLUMN rows_failed bigint NOT NULL DEFAULT 0,
    ADD COLUMN holder text,
    ADD COLUMN backend integer,
    ADD COLUMN token bigint NOT NULL DEFAULT 0,
    ADD COLUMN expires_at timestamptz NOT NULL DEFAULT '-infinity';

-- What people want of a backfill that is running somewhere.
CREATE TABLE expandcontract.controls (
    change_id bigint PRIMARY KEY REFERENCES expandcontract.changes ON DELETE CASCADE,
    wish text NOT NULL DEFAULT 'run' CHECK (wish IN ('run', 'pause', 'cancel')),
    settings jsonb NOT NULL DEFAULT '{}',
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Rows that could not be written, each with its last error.
CREATE TABLE expandcontract.quarantine (
    change_id bigint NOT NULL REFERENCES expandcontract.changes ON DELETE CASCADE,
    step text NOT NULL,
    key jsonb NOT NULL,
    sqlstate text NOT NULL,
    error text NOT NULL,
    attempts integer NOT NULL DEFAULT 1,
    first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (change_id, step, key)
);

-- Which server wrote this ledger last: a failover raises the timeline, and only an old primary
-- that came back has a lower one.
CREATE TABLE expandcontract.origin (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    system_identifier text NOT NULL,
    timeline bigint NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

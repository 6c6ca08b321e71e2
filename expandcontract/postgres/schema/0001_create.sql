-- The only memory between processes. Every application role may look up the schema, for the two
-- grants at the end; the sync triggers count with the rights of their owner.
GRANT USAGE ON SCHEMA expandcontract TO PUBLIC;

CREATE TABLE expandcontract.versions (
    number integer PRIMARY KEY,
    name text NOT NULL,
    release text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE expandcontract.changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL,
    definition jsonb NOT NULL,
    -- schema.table.column of everything that it works on, for looking it up by column.
    objects text[] NOT NULL,
    plan jsonb NOT NULL,
    fingerprint text NOT NULL,
    -- The last phase that is over; 'planned' before the first.
    reached text NOT NULL DEFAULT 'planned'
        CHECK (reached IN ('planned', 'expand', 'backfill', 'switch', 'contract')),
    -- How it ended: null while it is open.
    outcome text CHECK (outcome IN ('closed', 'reverted')),
    owner text,
    contract_by date,
    created_at timestamptz NOT NULL DEFAULT now(),
    reached_at timestamptz NOT NULL DEFAULT now(),
    last_error text,
    last_error_at timestamptz
);

CREATE UNIQUE INDEX changes_one_open ON expandcontract.changes (name) WHERE outcome IS NULL;

-- At most one open change for a column.
CREATE TABLE expandcontract.claims (
    relation text NOT NULL,
    object text NOT NULL,
    change_id bigint NOT NULL REFERENCES expandcontract.changes ON DELETE CASCADE,
    PRIMARY KEY (relation, object)
);

CREATE INDEX claims_change ON expandcontract.claims (change_id);

CREATE TABLE expandcontract.steps (
    change_id bigint NOT NULL REFERENCES expandcontract.changes ON DELETE CASCADE,
    name text NOT NULL,
    phase text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'done', 'failed', 'reverted')),
    attempts integer NOT NULL DEFAULT 1,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    error text,
    PRIMARY KEY (change_id, name)
);

-- Who works on a change. Every transaction that changes something checks the token.
CREATE TABLE expandcontract.leases (
    change_id bigint PRIMARY KEY REFERENCES expandcontract.changes ON DELETE CASCADE,
    holder text NOT NULL,
    backend integer NOT NULL,
    token bigint NOT NULL,
    taken_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

-- Progress of a backfill or a verification: the rows up to position are done.
CREATE TABLE expandcontract.lanes (
    change_id bigint NOT NULL REFERENCES expandcontract.changes ON DELETE CASCADE,
    step text NOT NULL,
    lane integer NOT NULL,
    position jsonb,
    high jsonb,
    rows_estimated bigint,
    rows_seen bigint NOT NULL DEFAULT 0,
    rows_written bigint NOT NULL DEFAULT 0,
    chunks bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    held_by text,
    PRIMARY KEY (change_id, step, lane)
);

-- Phases that a revision asked for while their gate was closed.
CREATE TABLE expandcontract.due (
    change_id bigint NOT NULL REFERENCES expandcontract.changes ON DELETE CASCADE,
    phase text NOT NULL,
    revision text,
    reasons jsonb NOT NULL DEFAULT '[]',
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (change_id, phase)
);

-- How much of the application reads the new side.
CREATE TABLE expandcontract.switches (
    change_id bigint PRIMARY KEY REFERENCES expandcontract.changes ON DELETE CASCADE,
    percent integer NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- What a gate saw, and since when it saw the same.
CREATE TABLE expandcontract.observations (
    change_id bigint NOT NULL REFERENCES expandcontract.changes ON DELETE CASCADE,
    what text NOT NULL,
    value text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (change_id, what)
);

CREATE TABLE expandcontract.events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change_id bigint REFERENCES expandcontract.changes ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    what text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}'
);

CREATE INDEX events_change ON expandcontract.events (change_id, id);

-- Readiness checks and switched attributes of application roles look at these two.
GRANT SELECT (id, name, kind, objects, reached, outcome) ON expandcontract.changes TO PUBLIC;
GRANT SELECT ON expandcontract.switches TO PUBLIC;

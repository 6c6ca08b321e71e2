-- The standbys that streamed while a backfill worked: the next process waits for them too.
CREATE TABLE expandcontract.standbys (
    change_id bigint NOT NULL REFERENCES expandcontract.changes ON DELETE CASCADE,
    name text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (change_id, name)
);

-- How far and how fast a backfill was, now and then: a bounded number for each step, coarser the
-- longer it lasts.
CREATE TABLE expandcontract.samples (
    change_id bigint NOT NULL REFERENCES expandcontract.changes ON DELETE CASCADE,
    step text NOT NULL,
    at timestamptz NOT NULL,
    seconds float8 NOT NULL,
    rows_seen bigint NOT NULL,
    rows_written bigint NOT NULL,
    share float8 NOT NULL,
    reason text,
    lags jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (change_id, step, at)
);

-- What is watched while reads move, and how it went; rows are only added, the newest is the one.
CREATE TABLE expandcontract.soaks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change_id bigint NOT NULL REFERENCES expandcontract.changes ON DELETE CASCADE,
    percent integer NOT NULL CHECK (percent BETWEEN 0 AND 100),
    vitals jsonb NOT NULL,
    seconds double precision NOT NULL,
    every double precision NOT NULL,
    began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz,
    watched_by text,
    said text NOT NULL DEFAULT '',
    outcome text CHECK (outcome IN ('passed', 'returned', 'left')),
    ended_at timestamptz
);

CREATE INDEX soaks_change ON expandcontract.soaks (change_id, id DESC);

-- Privileges that were taken away for a moment, and what gives them back.
CREATE TABLE expandcontract.brown_outs (
    change_id bigint PRIMARY KEY REFERENCES expandcontract.changes ON DELETE CASCADE,
    holder text NOT NULL,
    began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    until timestamptz NOT NULL,
    give_back jsonb NOT NULL
);

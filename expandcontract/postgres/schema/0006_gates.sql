-- How the gate before a phase answered last, with what each probe saw.
CREATE TABLE expandcontract.gates (
    change_id bigint NOT NULL REFERENCES expandcontract.changes ON DELETE CASCADE,
    phase text NOT NULL,
    is_open boolean NOT NULL,
    looks jsonb NOT NULL,
    role text NOT NULL DEFAULT session_user,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (change_id, phase)
);

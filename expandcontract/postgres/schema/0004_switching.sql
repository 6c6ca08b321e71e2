-- Positions of a switch are only ever added, and the newest holds: whoever takes the reads back
-- to the old side waits for nobody who is in the middle of moving them.
ALTER TABLE expandcontract.switches RENAME TO positions;

ALTER TABLE expandcontract.positions
    DROP CONSTRAINT switches_pkey,
    ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ADD COLUMN killed boolean NOT NULL DEFAULT false,
    ADD COLUMN role text NOT NULL DEFAULT session_user;

ALTER TABLE expandcontract.positions RENAME COLUMN updated_at TO at;

CREATE INDEX positions_change ON expandcontract.positions (change_id, id DESC);

REVOKE ALL ON expandcontract.positions FROM PUBLIC;

-- All that an application reads. It reads with the rights of the owner, so that a role needs no
-- more than SELECT on this.
CREATE VIEW expandcontract.switches AS
SELECT c.id AS change_id, c.name, c.objects,
       coalesce(c.outcome, c.reached) AS state,
       CASE c.outcome WHEN 'closed' THEN 100 WHEN 'reverted' THEN 0
            ELSE coalesce(p.percent, 0) END AS percent,
       coalesce(p.killed AND c.outcome IS NULL, false) AS killed,
       -- A changed type keeps its name: code that uses the name alone is what contract wants.
       CASE WHEN c.outcome IS NULL
                 AND c.kind NOT IN ('change_type', 'widen_primary_key', 'replace_enum') THEN ARRAY(
           SELECT concat_ws('.', r -> 'table' ->> 0, r -> 'table' ->> 1, r ->> 'column')
           FROM jsonb_array_elements(c.plan -> 'retires') AS r) ELSE '{}' END AS retires,
       coalesce(p.at, c.created_at) AS updated_at
FROM expandcontract.changes c
LEFT JOIN LATERAL (
    SELECT * FROM expandcontract.positions p WHERE p.change_id = c.id ORDER BY p.id DESC LIMIT 1
) AS p ON true;

GRANT SELECT ON expandcontract.switches TO PUBLIC;

-- Which columns of which tables the code of a release maps, by the hash of it: many processes run
-- the same code.
CREATE TABLE expandcontract.mappings (
    fingerprint text PRIMARY KEY,
    columns jsonb NOT NULL
);

-- One row for each process of a release that lives, or has ended a short while ago.
CREATE TABLE expandcontract.releases (
    release text NOT NULL,
    instance text NOT NULL,
    role text NOT NULL,
    fingerprint text NOT NULL REFERENCES expandcontract.mappings,
    application_name text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (release, instance, role)
);

-- How often reads compared both sides, and how often they differed.
CREATE TABLE expandcontract.shadow_reads (
    change_id bigint NOT NULL REFERENCES expandcontract.changes ON DELETE CASCADE,
    release text NOT NULL,
    role text NOT NULL,
    compared bigint NOT NULL,
    differing bigint NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (change_id, release, role)
);

-- The functions by which an application tells of itself. They run with their owner's rights and
-- write under the name of the session's role: no role can speak for another one.
CREATE FUNCTION expandcontract.maps(fingerprint text, columns jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO expandcontract.mappings VALUES (left($1, 64), $2) ON CONFLICT DO NOTHING
$$;

-- A sign of life. It names the tables that live processes of the same release map in another way:
-- then one name stands for two releases, and nobody could tell when the older one is gone.
CREATE FUNCTION expandcontract.beat(release text, instance text, fingerprint text,
                                    seconds integer) RETURNS text[]
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM expandcontract.releases
    WHERE expires_at < clock_timestamp() - interval '1 day' AND role = session_user::text
; INSERT INTO expandcontract.releases AS r
        (release, instance, role, fingerprint, application_name, expires_at)
    VALUES (left($1, 63), left($2, 200), session_user, $3,
            coalesce(current_setting('application_name'), ''),
            clock_timestamp() + least(greatest($4, 0), 3600) * interval '1 second')
    ON CONFLICT ON CONSTRAINT releases_pkey DO UPDATE SET
        seen_at = clock_timestamp(), expires_at = excluded.expires_at,
        fingerprint = excluded.fingerprint, application_name = excluded.application_name
; SELECT coalesce(array_agg(DISTINCT ours.key ORDER BY ours.key), '{}')
    FROM expandcontract.mappings mine
    CROSS JOIN jsonb_each(mine.columns) AS ours
    JOIN expandcontract.releases r ON r.release = left($1, 63) AND r.fingerprint <> $3
        AND r.expires_at > clock_timestamp()
    JOIN expandcontract.mappings other ON other.fingerprint = r.fingerprint
    JOIN jsonb_each(other.columns) AS theirs ON theirs.key = ours.key
        AND theirs.value <> ours.value
    WHERE mine.fingerprint = $3
$$;

CREATE FUNCTION expandcontract.compared(change bigint, release text, compared bigint,
                                        differing bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO expandcontract.shadow_reads AS s (change_id, release, role, compared, differing)
    VALUES ($1, left($2, 63), session_user, greatest($3, 0), greatest($4, 0))
    ON CONFLICT ON CONSTRAINT shadow_reads_pkey DO UPDATE SET
        compared = s.compared + excluded.compared, differing = s.differing + excluded.differing,
        updated_at = clock_timestamp()
$$;

GRANT EXECUTE ON FUNCTION expandcontract.maps(text, jsonb),
    expandcontract.beat(text, text, text, integer),
    expandcontract.compared(bigint, text, bigint, bigint) TO PUBLIC;

"""What is asked of and told to the rows of lanes."""

from typing import LiteralString

_OF_STEP: LiteralString = "change_id = %(id)s::bigint AND step = %(step)s"
_THIS: LiteralString = _OF_STEP + " AND lane = %(lane)s::integer AND token = %(token)s::bigint"
_STATE: LiteralString = """
    lane, token, stage, walk::text, position::text, high::text, rows_seen, rows_written,
    rows_failed, chunks
"""
_TIMELINE: LiteralString = """
    ('x' || left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::bit(32)::bigint
"""
# To where the log is written; not every service has it, and those have no timeline to tell either.
_POSITION: LiteralString = "(pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::text"
_RENEWED: LiteralString = """
    expires_at = clock_timestamp() + %(seconds)s::integer * interval '1 second',
    backend = CASE WHEN %(pooled)s::boolean THEN NULL ELSE pg_catalog.pg_backend_pid() END
"""

START: LiteralString = """
    INSERT INTO expandcontract.lanes
        (change_id, step, lane, stage, walk, position, high, rows_estimated)
    VALUES (%(id)s::bigint, %(step)s, %(lane)s::integer, %(stage)s::integer, %(walk)s::jsonb,
            %(position)s::jsonb, %(high)s::jsonb, %(rows)s::bigint)
"""
# A lane whose holder's server process is gone is free whatever its expiry says; one whose row is
# locked is in the middle of a commit. Lanes of a later stage come when the others are over.
CLAIM: LiteralString = (
    """
    UPDATE expandcontract.lanes SET holder = %(holder)s, token = token + 1, """
    + _RENEWED
    + """
    WHERE """
    + _OF_STEP
    + """ AND lane = (
        SELECT lane FROM expandcontract.lanes l
        WHERE """
    + _OF_STEP
    + """ AND finished_at IS NULL
          AND stage = (SELECT min(stage) FROM expandcontract.lanes
                       WHERE """
    + _OF_STEP
    + """ AND finished_at IS NULL)
          AND (expires_at < clock_timestamp()
               OR (backend IS NOT NULL
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a
                                   WHERE a.pid = l.backend)))
        ORDER BY lane LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING """
    + _STATE
)
# After a lost connection: as the ledger holds it, if nobody else has taken it meanwhile. Waits for
# a commit of ours whose answer was lost.
RECLAIM: LiteralString = (
    "UPDATE expandcontract.lanes SET "
    + _RENEWED
    + " WHERE "
    + _THIS
    + " AND finished_at IS NULL RETURNING "
    + _STATE
)
SAVE: LiteralString = (
    """
    UPDATE expandcontract.lanes
    SET position = %(position)s::jsonb, rows_seen = %(seen)s::bigint,
        rows_written = %(written)s::bigint, rows_failed = %(failed)s::bigint,
        chunks = %(chunks)s::bigint, updated_at = clock_timestamp(), held_by = NULL,
        finished_at = CASE WHEN %(over)s::boolean THEN clock_timestamp() END,
        """
    + _RENEWED
    + " WHERE "
    + _THIS
    + """ AND position IS NOT DISTINCT FROM %(before)s::jsonb
        AND CASE WHEN %(timeline)s::bigint IS NULL THEN true ELSE %(timeline)s::bigint = """
    + _TIMELINE
    + " END RETURNING CASE WHEN %(timeline)s::bigint IS NOT NULL THEN "
    + _POSITION
    + " END"
)
FIRST_OF_STAGE: LiteralString = (
    "SELECT min(lane) = %(lane)s::integer FROM expandcontract.lanes WHERE "
    + _OF_STEP
    + " AND stage = %(stage)s::integer"
)
# A lane that somebody else holds is left to them.
FINISH_STAGE: LiteralString = (
    """
    UPDATE expandcontract.lanes
    SET finished_at = clock_timestamp(), updated_at = clock_timestamp(), held_by = NULL
    WHERE """
    + _OF_STEP
    + """ AND stage = %(stage)s::integer AND finished_at IS NULL
      AND (expires_at < clock_timestamp()
           OR (lane = %(lane)s::integer AND token = %(token)s::bigint))
    RETURNING lane
"""
)
RELEASE: LiteralString = "UPDATE expandcontract.lanes SET expires_at = '-infinity' WHERE " + _THIS
HELD: LiteralString = (
    "UPDATE expandcontract.lanes SET held_by = %(reasons)s, updated_at = clock_timestamp(), "
    + _RENEWED
    + " WHERE "
    + _THIS
)
TOTALS: LiteralString = (
    """
    SELECT count(*), count(*) FILTER (WHERE finished_at IS NULL),
           CASE WHEN bool_and(rows_estimated IS NOT NULL OR stage > 0)
                THEN sum(rows_estimated)::bigint END,
           coalesce(sum(rows_seen), 0)::bigint, coalesce(sum(rows_written), 0)::bigint,
           coalesce(sum(rows_failed), 0)::bigint, coalesce(sum(chunks), 0)::bigint,
           min(stage) FILTER (WHERE finished_at IS NULL),
           coalesce(sum(rows_written) FILTER (WHERE stage > 0), 0)::bigint,
           json_object_agg(lane, ARRAY[rows_seen, rows_written, rows_failed, chunks])::text
    FROM expandcontract.lanes WHERE """
    + _OF_STEP
)
UNFINISHED: LiteralString = """
    SELECT DISTINCT step FROM expandcontract.lanes
    WHERE change_id = %(id)s::bigint AND finished_at IS NULL
"""
# Whoever has a lane works on it, whether the leader lives or not.
WORKERS: LiteralString = """
    SELECT l.change_id, string_agg(DISTINCT l.holder, '; ')
    FROM expandcontract.lanes l
    WHERE l.finished_at IS NULL AND l.expires_at > clock_timestamp()
      AND (l.backend IS NULL
           OR EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.pid = l.backend))
    GROUP BY l.change_id
"""
FIRST_OPEN: LiteralString = (
    "SELECT walk::text, position::text, high::text FROM expandcontract.lanes WHERE "
    + _OF_STEP
    + " AND finished_at IS NULL ORDER BY stage, lane LIMIT 1"
)
FORGET_STAGE: LiteralString = (
    "DELETE FROM expandcontract.lanes WHERE " + _OF_STEP + " AND stage = %(stage)s::integer"
)


def position(timeline: int | None) -> LiteralString:
    """An expression for where the log stands, for a server that has told its timeline."""
    return "NULL" if timeline is None else _POSITION

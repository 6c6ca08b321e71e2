"""How a writer of one of two tables comes by the row of the other.

Two releases that write one entity at once lock its two rows in opposite orders, which no order of
locks can mend: a trigger begins when its statement has locked a row already. So one of them gives
way, always the source's writer. The target's writer announces itself with an advisory lock on the
key before it waits for the source's row; the source's writer, who holds that row, looks for the
target's without waiting in the server's queue, and leaves it once it is announced: who announced
himself will find the source's values and take over those that he has not changed.

Whoever only looks is unseen by the server's search for deadlocks. So he searches himself: after a
second he shows for whom he waits (an advisory lock on that process, as long as he sleeps) and ends
as a deadlock does if the way from there, over locks and over others who look, leads back to him.
"""

from dataclasses import dataclass

from expandcontract.ddl.crossed import Crossing, nextval

LOOKS = 200
"""How often the source's writer looks again, 5 ms apart, before he searches for a deadlock."""

PACE = 0.1
"""Seconds between two looks after that."""

WAITS_FOR = 0x6563
"""The first half of the advisory locks by which one who looks shows for whom."""

VARIABLES = """
    looks integer := 0;
    free boolean;
    held xid;
    holders integer[];"""
"""What a function with `target_locked` declares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What the source's writer does when he has the target's row, or when there is none."""

    record: str  #: NEW or OLD
    lock: str
    found: str
    missing: str


def _announced(crossing: Crossing, record: str, *, of_source: bool) -> str:
    keys = ", ".join(f"{record}.{name}" for name in crossing.keys(of_source=of_source))
    return f"pg_catalog.hash_record_extended(ROW({keys}), {int(crossing.key, 16)})"


def target_locked(crossing: Crossing, meeting: Meeting) -> str:
    """Commands of the source's writer; the lock is tried and let go in one expression.

    Between two commands he may be cancelled, and would keep a lock of the session.
    """
    row = f"{crossing.target} AS x WHERE {crossing.at_target(meeting.record)}"
    key = _announced(crossing, meeting.record, of_source=True)
    return f"""
    LOOP
        PERFORM FROM {row} FOR {meeting.lock} SKIP LOCKED;
        IF FOUND THEN
{meeting.found}
            EXIT;
        END IF;
        free := CASE WHEN pg_catalog.pg_try_advisory_lock_shared({key})
            THEN pg_catalog.pg_advisory_unlock_shared({key}) ELSE false END;
        IF NOT free THEN
            {nextval(crossing.conflicts)}
            EXIT;
        END IF;
        SELECT x.xmax INTO held FROM {row};
        IF NOT FOUND THEN
{meeting.missing}
            EXIT;
        END IF;
        looks := looks + 1;
        IF looks < {LOOKS} THEN
            PERFORM pg_catalog.pg_sleep(0.005);
            CONTINUE;
        END IF;
{_HOLDERS}
{_searched(key)}
        BEGIN
            PERFORM pg_catalog.pg_advisory_xact_lock_shared({WAITS_FOR}, p) FROM
                pg_catalog.unnest(holders) AS p;
            PERFORM pg_catalog.pg_sleep({PACE});
            RAISE SQLSTATE 'EC000';
        EXCEPTION WHEN SQLSTATE 'EC000' THEN  -- and the locks are gone
        END;
    END LOOP;"""


_HOLDERS = """
        SELECT pg_catalog.array_agg(l.pid) INTO holders FROM pg_catalog.pg_locks AS l
        WHERE l.locktype = 'transactionid' AND l.granted AND l.transactionid = held;
        IF holders IS NULL THEN
            BEGIN
                SELECT pg_catalog.array_agg(l.pid) INTO holders
                FROM pg_catalog.pg_get_multixact_members(held) AS m, pg_catalog.pg_locks AS l
                WHERE l.locktype = 'transactionid' AND l.granted AND l.transactionid = m.xid;
            EXCEPTION WHEN OTHERS THEN  -- it is no such number, but a transaction that has ended
            END;
        END IF;"""


def _searched(key: str) -> str:
    """An end as the server's, unless the target's writer has announced himself meanwhile."""
    return f"""
        PERFORM FROM (
            WITH RECURSIVE chain (pid) AS (
                SELECT pg_catalog.unnest(holders)
                UNION
                SELECT further.pid FROM chain CROSS JOIN LATERAL (
                    SELECT pg_catalog.unnest(pg_catalog.pg_blocking_pids(chain.pid))
                    UNION ALL
                    SELECT l.objid::integer FROM pg_catalog.pg_locks AS l
                    WHERE l.locktype = 'advisory' AND l.classid = {WAITS_FOR} AND l.objsubid = 2
                    AND l.granted AND l.pid = chain.pid AND l.database = (
                        SELECT d.oid FROM pg_catalog.pg_database AS d
                        WHERE d.datname = pg_catalog.current_database())
                ) AS further (pid)
            ) SELECT FROM chain WHERE chain.pid = pg_catalog.pg_backend_pid()
        ) AS cycle;
        IF FOUND THEN
            free := CASE WHEN pg_catalog.pg_try_advisory_lock_shared({key})
                THEN pg_catalog.pg_advisory_unlock_shared({key}) ELSE false END;
            IF free THEN
                RAISE EXCEPTION USING ERRCODE = 'deadlock_detected',
                    MESSAGE = 'deadlock detected',
                    DETAIL = pg_catalog.format(
                        'Process %s holds the row of the other table, and waits for process %s.',
                        pg_catalog.array_to_string(holders, ', '), pg_catalog.pg_backend_pid()),
                    HINT = 'Try the transaction again.';
            END IF;
            CONTINUE;
        END IF;"""


def source_locked(crossing: Crossing, record: str, values: str = "") -> str:
    """Commands of the target's writer: `there` and, if so, `here` with the row's values.

    `went` says that it was deleted while he waited: its writer had left the target's row to him.
    """
    row = f"{crossing.source} AS s WHERE {crossing.at_source(record)}"
    get = f"SELECT {values} INTO here FROM {row}" if values else f"PERFORM FROM {row}"
    key = _announced(crossing, record, of_source=False)
    return f"""
    {get} FOR NO KEY UPDATE SKIP LOCKED;
    there := FOUND;
    IF NOT there THEN
        PERFORM FROM {row};
        IF FOUND THEN
            PERFORM pg_catalog.pg_advisory_xact_lock({key});
            {get} FOR NO KEY UPDATE;
            there := FOUND;
            went := went OR NOT there;
        END IF;
    END IF;"""

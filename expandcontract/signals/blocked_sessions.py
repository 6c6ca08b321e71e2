"""Sessions that wait for a lock of ours: what the backfill does to the application."""

from typing import LiteralString

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

# Names of sessions are visible to every role. Our own lanes may wait for each other.
QUERY: LiteralString = """
    WITH ours AS (
        SELECT array_agg(pid) AS pids FROM pg_catalog.pg_stat_activity
        WHERE application_name = current_setting('application_name')
          AND datid = (SELECT oid FROM pg_catalog.pg_database
                       WHERE datname = pg_catalog.current_database())
    ), waiting AS MATERIALIZED (
        SELECT DISTINCT l.pid FROM pg_catalog.pg_locks l, ours
        WHERE NOT l.granted AND l.pid <> ALL (ours.pids)
    )
    SELECT count(*) FROM waiting, ours
    WHERE pg_catalog.pg_blocking_pids(waiting.pid) && ours.pids
"""


def start(watch: Watch) -> Reader:
    """Count those of other names that a session of our name keeps waiting."""

    def read(session: Session) -> list[Reading]:
        return [watch.reading(session.rows(QUERY)[0][0])]

    return read


SIGNAL = Signal(
    name="blocked_sessions",
    unit=Unit.COUNT,
    default=10.0,
    summary="sessions that wait for a lock which the backfill holds",
    every=0.5,
    start=start,
)

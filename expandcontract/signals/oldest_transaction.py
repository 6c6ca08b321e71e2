"""Seconds that the oldest transaction of the database is open."""

from typing import LiteralString

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

# A session without a state is one that this role may not look at.
QUERY: LiteralString = """
    SELECT pid::text, application_name,
           extract(epoch FROM clock_timestamp() - xact_start)::float8, state IS NULL
    FROM pg_catalog.pg_stat_activity
    WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
      AND (xact_start IS NOT NULL OR state IS NULL AND backend_type IS NULL)
      AND application_name <> current_setting('application_name')
    ORDER BY xact_start NULLS FIRST LIMIT 1
"""
NOT_PERMITTED = "not permitted to see the sessions of other roles; GRANT pg_monitor to this role"


def start(watch: Watch) -> Reader:
    """Watch the transactions of others, autovacuum's included."""

    def read(session: Session) -> list[Reading]:
        rows = session.rows(QUERY)
        if not rows:
            return [watch.reading(0.0)]
        [(pid, application, age, is_hidden)] = rows
        if is_hidden:
            return [watch.unknown(NOT_PERMITTED)]
        return [watch.reading(max(0.0, age), note=f"process {pid}, {application or 'no name'}")]

    return read


SIGNAL = Signal(
    name="oldest_transaction",
    unit=Unit.SECONDS,
    default=None,
    summary="age of the oldest transaction of the database",
    needs="pg_monitor",
    start=start,
)

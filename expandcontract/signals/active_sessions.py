"""Sessions that are running something."""

from typing import LiteralString

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

# The state of other roles' sessions is NULL without pg_monitor; a session always has one.
QUERY: LiteralString = """
    SELECT count(*) FILTER (WHERE state = 'active'), count(*) FILTER (WHERE state IS NULL)
    FROM pg_catalog.pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()
      AND application_name <> current_setting('application_name')
       OR backend_type IS NULL
"""
NOT_PERMITTED = "not permitted to see {} sessions of other roles; GRANT pg_monitor to this role"


def start(watch: Watch) -> Reader:
    """Count other sessions on the whole server."""

    def read(session: Session) -> list[Reading]:
        [(active, hidden)] = session.rows(QUERY)
        return [watch.unknown(NOT_PERMITTED.format(hidden)) if hidden else watch.reading(active)]

    return read


SIGNAL = Signal(
    name="active_sessions",
    unit=Unit.COUNT,
    default=None,
    summary="other sessions of the server that run something",
    needs="pg_monitor",
    every=0.5,
    start=start,
)

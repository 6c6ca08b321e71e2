"""Sessions that wait for a lock, whoever holds it."""

from typing import LiteralString

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

# pg_locks is visible to every role; a wait for a row is one for its writer's transaction.
QUERY: LiteralString = """
    SELECT count(DISTINCT l.pid) FROM pg_catalog.pg_locks l
    WHERE NOT l.granted AND l.pid <> pg_catalog.pg_backend_pid()
"""


def start(watch: Watch) -> Reader:
    """Count them on the whole server."""

    def read(session: Session) -> list[Reading]:
        return [watch.reading(session.rows(QUERY)[0][0])]

    return read


SIGNAL = Signal(
    name="lock_waiters",
    unit=Unit.COUNT,
    default=None,
    summary="sessions of the server that wait for a lock",
    every=0.5,
    start=start,
)

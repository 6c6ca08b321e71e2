"""Seconds that a commit takes, synchronous standbys included."""

from typing import LiteralString

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

COMMIT: LiteralString = "SELECT pg_catalog.pg_logical_emit_message(true, 'expandcontract', '')"
NOTHING: LiteralString = "SELECT"


def start(watch: Watch) -> Reader:
    """Commit a few bytes, and take off what a question alone takes."""

    def timed(session: Session, sql: LiteralString) -> float:
        begun = watch.clock()
        session.rows(sql)
        return watch.clock() - begun

    def read(session: Session) -> list[Reading]:
        trip = timed(session, NOTHING)
        return [watch.reading(max(0.0, timed(session, COMMIT) - trip))]

    return read


SIGNAL = Signal(
    name="commit_latency",
    unit=Unit.SECONDS,
    default=None,
    summary="seconds that a commit of a few bytes takes",
    start=start,
)

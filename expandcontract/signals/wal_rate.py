"""Bytes of the log that the server writes in a second, by whomever."""

from collections import deque
from typing import LiteralString

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

QUERY: LiteralString = """
    SELECT (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::text
"""
WINDOW = 2.0


def start(watch: Watch) -> Reader:
    """Measure over the last two seconds."""
    looks: deque[tuple[float, int]] = deque()

    def read(session: Session) -> list[Reading]:
        looks.append((watch.clock(), int(session.rows(QUERY)[0][0])))
        while looks[-1][0] - looks[0][0] > WINDOW and len(looks) > 2:  # noqa: PLR2004  # a span
            looks.popleft()
        (begun, first), (now, last) = looks[0], looks[-1]
        return [watch.reading((last - first) / (now - begun) if now > begun else 0.0)]

    return read


SIGNAL = Signal(
    name="wal_rate",
    unit=Unit.RATE,
    default=None,
    summary="bytes of the log that the server writes in a second",
    every=0.25,
    start=start,
)

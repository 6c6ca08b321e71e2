"""Bytes of the log that each standby has still to replay."""

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals._standbys import Standby, Standbys
from expandcontract.signals.base import Reader, Signal, Watch


def start(watch: Watch) -> Reader:
    """Watch the standbys that are named, and any that was seen once."""
    standbys = Standbys(watch)

    def read(session: Session) -> list[Reading]:
        return [
            watch.reading(max(0, standbys.position - one.replayed), one.name)
            if isinstance(one, Standby)
            else one
            for one in standbys.look(session)
        ]

    return read


SIGNAL = Signal(
    name="replication_lag_bytes",
    unit=Unit.BYTES,
    default=None,
    summary="bytes of the log that a standby has not replayed",
    needs="pg_monitor, or the standby's own DSN",
    every=0.25,
    start=start,
)

"""Bytes of the log that each replication slot keeps the primary from removing."""

from typing import LiteralString

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

# A slot that has lost its log retains nothing any more. Visible to every role.
QUERY: LiteralString = """
    SELECT slot_name, active, (pg_catalog.pg_current_wal_lsn() - restart_lsn)::float8
    FROM pg_catalog.pg_replication_slots
    WHERE restart_lsn IS NOT NULL AND wal_status IS DISTINCT FROM 'lost'
"""
INACTIVE = "nobody reads it; drop the slot if nobody will"


def start(watch: Watch) -> Reader:
    """Watch every slot, physical and logical."""

    def read(session: Session) -> list[Reading]:
        return [
            watch.reading(max(0.0, retained), name, note="" if is_active else INACTIVE)
            for name, is_active, retained in session.rows(QUERY)
        ]

    return read


SIGNAL = Signal(
    name="slot_retention",
    unit=Unit.BYTES,
    default=10 * 1024.0**3,
    summary="bytes of the log that a replication slot retains",
    start=start,
)

"""Vacuums that are running on the table that is worked on."""

from typing import LiteralString

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

# A vacuum holds SHARE UPDATE EXCLUSIVE on its table, and locks are visible to every role; what
# else takes that lock (ANALYZE, a concurrent index) is as little to be disturbed.
QUERY: LiteralString = """
    SELECT count(DISTINCT pid) FROM pg_catalog.pg_locks
    WHERE locktype = 'relation' AND mode = 'ShareUpdateExclusiveLock' AND granted
      AND relation IN (
          SELECT pg_catalog.to_regclass(%(table)s)
          UNION SELECT relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass(%(table)s)))
      AND database = (SELECT oid FROM pg_catalog.pg_database
                      WHERE datname = pg_catalog.current_database())
"""


def start(watch: Watch) -> Reader:
    """Watch the table and its partitions."""

    def read(session: Session) -> list[Reading]:
        if not watch.table:
            return []
        return [watch.reading(session.rows(QUERY, {"table": watch.table})[0][0], watch.table)]

    return read


SIGNAL = Signal(
    name="vacuums",
    unit=Unit.COUNT,
    default=None,
    summary="vacuums (or the like) that are running on the table",
    start=start,
)

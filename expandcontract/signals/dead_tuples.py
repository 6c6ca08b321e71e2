"""The share of dead rows in the table that is worked on."""

from typing import LiteralString

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

# The partitions of a partitioned table count for it; the counters are some seconds old.
QUERY: LiteralString = """
    SELECT sum(n_dead_tup)::float8, sum(n_live_tup)::float8
    FROM pg_catalog.pg_stat_all_tables
    WHERE relid IN (SELECT pg_catalog.to_regclass(%(table)s) UNION SELECT relid
                    FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass(%(table)s)))
"""
GONE = "the server keeps no statistics of the table; is it there, and is track_counts on?"


def start(watch: Watch) -> Reader:
    """Watch the statistics of the table."""

    def read(session: Session) -> list[Reading]:
        if not watch.table:
            return []
        [(dead, live)] = session.rows(QUERY, {"table": watch.table})
        if dead is None:
            return [watch.unknown(GONE, watch.table)]
        return [watch.reading(100 * dead / max(1.0, dead + live), watch.table)]

    return read


SIGNAL = Signal(
    name="dead_tuples",
    unit=Unit.PERCENT,
    default=None,
    summary="share of dead rows in the table, until vacuum has removed them",
    start=start,
)

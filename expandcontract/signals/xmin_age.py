"""Transactions since the oldest snapshot that anybody keeps: what vacuum cannot clean up behind."""

from typing import LiteralString

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

# Snapshots of sessions, of slots, of prepared transactions, of standbys that send feedback.
QUERY: LiteralString = """
    SELECT of, age FROM (
        SELECT 'process ' || pid AS of, pg_catalog.age(backend_xmin) AS age
        FROM pg_catalog.pg_stat_activity
        WHERE backend_xmin IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()
      UNION ALL
        SELECT 'slot ' || slot_name, greatest(pg_catalog.age(xmin), pg_catalog.age(catalog_xmin))
        FROM pg_catalog.pg_replication_slots WHERE xmin IS NOT NULL
      UNION ALL
        SELECT 'prepared transaction ' || gid, pg_catalog.age(transaction)
        FROM pg_catalog.pg_prepared_xacts
    ) AS horizons ORDER BY age DESC LIMIT 1
"""
HIDDEN: LiteralString = """
    SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type IS NULL
"""
NOT_PERMITTED = "not permitted to see {} sessions of other roles; GRANT pg_monitor to this role"


def start(watch: Watch) -> Reader:
    """Watch the oldest of them."""

    def read(session: Session) -> list[Reading]:
        [(hidden,)] = session.rows(HIDDEN)
        if hidden:
            return [watch.unknown(NOT_PERMITTED.format(hidden))]
        rows = session.rows(QUERY)
        return [watch.reading(rows[0][1], rows[0][0])] if rows else [watch.reading(0)]

    return read


SIGNAL = Signal(
    name="xmin_age",
    unit=Unit.COUNT,
    default=None,
    summary="transactions since the oldest snapshot that keeps vacuum from cleaning up",
    needs="pg_monitor",
    start=start,
)

"""Bytes of the log that wait for the archiver."""

from typing import LiteralString

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

# Visible to every role, unlike the archiver's own folder. The name of a segment tells where it
# ends; before the first one after a reset of the statistics nothing is known.
QUERY: LiteralString = """
    WITH segment AS (
        SELECT setting::numeric AS bytes FROM pg_catalog.pg_settings
        WHERE name = 'wal_segment_size'
    )
    SELECT current_setting('archive_mode'), a.failed_count, a.last_failed_wal,
           a.last_failed_time > coalesce(a.last_archived_time, '-infinity'),
           CASE WHEN a.last_archived_wal ~ '^[0-9A-F]{24}$' THEN
               ((pg_catalog.pg_current_wal_lsn() - '0/0'::pg_lsn)
                - (('x' || substr(a.last_archived_wal, 9, 8))::bit(32)::bigint * 4294967296::numeric
                   + (('x' || substr(a.last_archived_wal, 17, 8))::bit(32)::bigint + 1)
                     * segment.bytes))::float8
           END
    FROM pg_catalog.pg_stat_archiver a, segment
"""
FAILING = "the archiver fails at {} and has archived nothing yet; see archive_command and the log"


def start(watch: Watch) -> Reader:
    """Watch the archiver, if there is one."""

    def read(session: Session) -> list[Reading]:
        [(mode, _, failed, is_failing, backlog)] = session.rows(QUERY)
        if mode == "off":
            return []
        if backlog is None:
            return [watch.unknown(FAILING.format(failed))] if is_failing else []
        note = f"the archiver fails at {failed}" if is_failing else ""
        return [watch.reading(max(0.0, backlog), note=note)]

    return read


SIGNAL = Signal(
    name="archive_backlog",
    unit=Unit.BYTES,
    default=2 * 1024.0**3,
    summary="bytes of the log that the archiver has still to archive",
    start=start,
)

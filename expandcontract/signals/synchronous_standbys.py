"""Synchronous standbys that are missing: the next commit would wait for them, with its locks."""

import re
from typing import LiteralString

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

QUERY: LiteralString = """
    SELECT current_setting('synchronous_standby_names'), current_setting('synchronous_commit'),
           count(r.pid) FILTER (WHERE r.sync_state IN ('sync', 'quorum')),
           count(r.pid) FILTER (WHERE r.sync_state IS NULL)
    FROM (SELECT) AS one LEFT JOIN pg_catalog.pg_stat_replication r ON true
"""
NOT_PERMITTED = "not permitted; GRANT pg_monitor to this role"
NUMBER = re.compile(r"\s*(?:FIRST\s+|ANY\s+)?(\d+)\s*\(", re.IGNORECASE)


def required(names: str) -> int:
    """How many standbys a commit waits for.

    >>> [required(names) for names in ("", "a, b", "*", "2 (a, b, c)", "ANY 1 (a, b)")]
    [0, 1, 1, 2, 1]
    """
    if not names.strip():
        return 0
    match = NUMBER.match(names)
    return 1 if match is None else int(match[1])


def start(watch: Watch) -> Reader:
    """Count those that a commit waits for and that are not there."""

    def read(session: Session) -> list[Reading]:
        [(names, commit, present, hidden)] = session.rows(QUERY)
        wanted = required(names)
        if not wanted or commit in {"off", "local"}:
            return []
        if present < wanted and hidden:
            return [watch.unknown(NOT_PERMITTED)]
        return [watch.reading(max(0, wanted - present), note=f"{present} of {wanted} are there")]

    return read


SIGNAL = Signal(
    name="synchronous_standbys",
    unit=Unit.COUNT,
    default=1.0,
    summary="synchronous standbys that a commit waits for and that are missing",
    needs="pg_monitor, where synchronous_standby_names is set",
    every=0.5,
    start=start,
)

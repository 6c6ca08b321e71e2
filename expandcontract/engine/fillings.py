"""How far the backfills are, who works on them, and what they wait for."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from expandcontract.postgres.installation import installed
from expandcontract.postgres.session import Session

STEERED = 2
"""The ledger's version from which lanes have holders; reading does not bring it up to date."""

# What a lane of somebody who is gone waited for counts only where nobody goes on with another.
# A COMMIT that waits for a synchronous standby cannot say so itself.
LANES: LiteralString = """
    SELECT l.change_id, l.step,
           CASE WHEN bool_and(l.rows_estimated IS NOT NULL OR l.stage > 0)
                THEN sum(l.rows_estimated)::bigint END, sum(l.rows_seen)::bigint,
           sum(l.rows_written)::bigint, bool_and(l.finished_at IS NOT NULL),
           coalesce(string_agg(DISTINCT h.reasons, '; ') FILTER (WHERE h.is_live),
                    CASE WHEN bool_or(h.is_live) THEN NULL
                         ELSE string_agg(DISTINCT h.reasons, '; ') END),
           to_json(max(l.updated_at)) #>> '{}',
           (SELECT count(*) FROM expandcontract.quarantine q
            WHERE q.change_id = l.change_id AND q.step = l.step),
           string_agg(DISTINCT l.holder, '; ') FILTER (WHERE h.is_live)
    FROM expandcontract.lanes l
    LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.backend
    CROSS JOIN LATERAL (SELECT
        CASE WHEN l.finished_at IS NOT NULL THEN NULL
             WHEN a.wait_event = 'SyncRep' THEN 'its COMMIT waits for a synchronous standby'
             ELSE l.held_by END AS reasons,
        l.finished_at IS NULL AND l.expires_at > clock_timestamp()
            AND (l.backend IS NULL OR a.pid IS NOT NULL) AS is_live) h
    GROUP BY l.change_id, l.step
"""
LANES_BEFORE: LiteralString = """
    SELECT change_id, step, sum(rows_estimated)::bigint, sum(rows_seen)::bigint,
           sum(rows_written)::bigint, bool_and(finished_at IS NOT NULL),
           string_agg(held_by, '; '), to_json(max(updated_at)) #>> '{}', 0, NULL
    FROM expandcontract.lanes GROUP BY change_id, step
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """How far a backfill has come."""

    step: str
    rows_estimated: int | None
    rows_seen: int
    rows_written: int
    is_over: bool
    held_by: str | None
    updated_at: datetime
    rows_failed: int = 0  #: that are in quarantine
    workers: tuple[str, ...] = ()  #: processes that have a lane


def fillings(session: Session) -> dict[int, tuple[Filling, ...]]:
    """Those of every change, by its number."""
    found: dict[int, tuple[Filling, ...]] = {}
    query = LANES if installed(session) >= STEERED else LANES_BEFORE
    for change_id, *row in session.rows(query):
        step, estimated, seen, written, is_over, held_by, updated, failed, holders = row
        filling = Filling(
            step=step,
            rows_estimated=estimated,
            rows_seen=seen,
            rows_written=written,
            is_over=is_over,
            held_by=held_by,
            updated_at=datetime.fromisoformat(updated),
            rows_failed=failed,
            workers=tuple(holders.split("; ")) if holders else (),
        )
        found[change_id] = (*found.get(change_id, ()), filling)
    return found

"""A few rows of a backfill, read at random, written and rolled back: what they cost."""

import json
from dataclasses import dataclass
from typing import LiteralString

from expandcontract.model.backfill import Backfill
from expandcontract.postgres import chunks, copying
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.relations import Leaf
from expandcontract.postgres.session import Session

PAGES = 48
MOST_ROWS = 400

PATIENT = {**chunks.EVERY_ROW, "lock_timeout": "50ms", "statement_timeout": "5s"}

HOT: LiteralString = """
    SELECT pg_catalog.pg_stat_get_xact_tuples_updated(t),
           pg_catalog.pg_stat_get_xact_tuples_hot_updated(t)
    FROM pg_catalog.to_regclass(%(table)s) AS t
"""
# Triggers that are not a key's and not ours fire for what is written.
TRIGGERS: LiteralString = r"""
    SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger
                   WHERE tgrelid = pg_catalog.to_regclass(%(table)s) AND NOT tgisinternal
                     AND tgenabled <> 'D' AND NOT pg_catalog.starts_with(tgname, 'zz_ec_'))
"""
INDEXES: LiteralString = """
    SELECT coalesce(sum(pg_catalog.pg_relation_size(c.oid)
                        / coalesce(nullif(greatest(c.reltuples, 0), 0), %(rows)s::float8)),
                    0)::float8
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = pg_catalog.to_regclass(%(table)s)
"""
SLOTS: LiteralString = """
    SELECT slot_name, safe_wal_size::float8 FROM pg_catalog.pg_replication_slots
    WHERE safe_wal_size < %(bytes)s::float8
"""
# By moments where they can be seen, and by the horizon for prepared transactions and slots.
SNAPSHOTS: LiteralString = """
    SELECT of, seconds FROM (
        SELECT 'process ' || pid || coalesce(' (' || nullif(application_name, '') || ')', '') AS of,
               extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds
        FROM pg_catalog.pg_stat_activity
        WHERE backend_xmin IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()
          AND backend_type <> 'walsender'
      UNION ALL
        SELECT 'prepared transaction ' || gid,
               extract(epoch FROM clock_timestamp() - prepared)::float8
        FROM pg_catalog.pg_prepared_xacts
    ) AS horizons WHERE seconds > %(seconds)s::float8 ORDER BY seconds DESC LIMIT 3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What reading some pages told."""

    rows: int
    differing: int
    places: tuple[str, ...]  #: of rows to write


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What writing some rows cost."""

    rows: int
    wal_bytes: int
    seconds: float
    hot: float  #: share of updates that needed no new index entries


def look(session: Session, lane: Lane, leaf: Leaf) -> Looked:
    """Read some pages at random."""
    percent = min(100.0, 100.0 * PAGES / max(1, leaf.blocks))
    sampled = lane.sampled(percent)
    alias = lane.alias
    [(rows, differing, places)] = session.rows(
        f"SELECT count(*), count(*) FILTER (WHERE wrong),"
        f" ((array_agg(place) FILTER (WHERE wrong))[1:{MOST_ROWS}])::text[]"
        f" FROM (SELECT {alias}.ctid AS place, ({_wanted(lane)}) AS wrong FROM {sampled}) AS ec",
        {},
    )
    return Looked(rows=rows, differing=differing, places=tuple(places or ()))


def _wanted(lane: Lane) -> str:
    """A copy into another table, or a function's values, is of every row that is meant."""
    if lane.backfill.into is None and not lane.backfill.reads:
        return lane.differs
    return (lane.backfill.where or "true").replace("%", "%%")


def try_to_write(session: Session, lane: Lane, places: tuple[str, ...]) -> Tried | None:
    """Write them by the chunk's command; the caller's transaction takes it back."""
    found = session.rows(
        f"SELECT {lane.alias}.ctid::text FROM {lane.table}"
        f" WHERE {lane.alias}.ctid = ANY (%(places)s::tid[]) FOR NO KEY UPDATE SKIP LOCKED",
        {"places": _array(places)},
    )
    if not found:
        return None
    condition = f"{lane.alias}.ctid = ANY (%(places)s::tid[])"
    into = lane.backfill.into
    command = (
        f"UPDATE {lane.table} SET {lane.assignments} WHERE {condition}"
        if into is None
        else copying.command(lane, into, condition)
    )
    table = str(into.table if into else lane.part or lane.backfill.table)
    [(before, before_hot)] = session.rows(HOT, {"table": table})
    [(said,)] = session.rows(
        f"EXPLAIN (ANALYZE, WAL, TIMING off, FORMAT json) {command}",
        {"places": _array([place for (place,) in found])},
    )
    [(after, after_hot)] = session.rows(HOT, {"table": table})
    document = json.loads(said) if isinstance(said, str) else said
    updated = after - before
    return Tried(
        rows=len(found),
        wal_bytes=int(document[0]["Plan"]["WAL Bytes"]),
        seconds=float(document[0]["Execution Time"]) / 1000,
        hot=(after_hot - before_hot) / updated if updated else 0.0,
    )


def _array(places: "tuple[str, ...] | list[str]") -> str:
    quoted = ",".join(f'"{place}"' for place in places)
    return f"{{{quoted}}}"


def has_triggers(session: Session, table: str) -> bool:
    """Whether the application has triggers there that would fire."""
    return bool(session.rows(TRIGGERS, {"table": table})[0][0])


def index_entry_bytes(session: Session, leaf: Leaf) -> float:
    """What one new entry in each index takes together; an index nobody has counted has all rows."""
    rows = str(max(1, leaf.rows or 0))
    return float(session.rows(INDEXES, {"table": str(leaf.name), "rows": rows})[0][0])


def narrow_slots(session: Session, wal_bytes: float) -> list[tuple[str, float]]:
    """Slots that would be lost by so much log, and what they have left."""
    return [(name, left) for name, left in session.rows(SLOTS, {"bytes": str(wal_bytes)})]


def old_snapshots(session: Session, seconds: float) -> list[tuple[str, float]]:
    """Who has held a snapshot for longer."""
    return [(of, age) for of, age in session.rows(SNAPSHOTS, {"seconds": str(seconds)})]


def settings(backfill: Backfill, *, silence: bool) -> dict[str, str]:
    """What the sample's transaction sets: as a chunk, but nobody's trigger fires."""
    made = {**chunks.settings(backfill, silence=silence), **PATIENT}
    if silence:
        made["session_replication_role"] = "replica"
    return made

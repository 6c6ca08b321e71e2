"""The rows of a chunk in SQL: where it ends, writing it, comparing it."""

from typing import LiteralString

from expandcontract.ddl.sync import BACKFILL_SETTING
from expandcontract.model.backfill import Backfill, BlockChunk, Chunk, Key, OneRow
from expandcontract.postgres import marking
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.session import Session

MAY_SILENCE_TRIGGERS: LiteralString = """
    SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user
"""
MAY_SILENCE_TRIGGERS_15: LiteralString = """
    SELECT pg_catalog.has_parameter_privilege('session_replication_role', 'SET')
"""

EVERY_ROW = {"row_security": "off", "statement_timeout": "0"}
"""For whoever has to see every row: a policy that would hide some raises an error instead."""


_DUE, _DONE = '"ec due"', '"ec done"'
_WRONG = '"ec differs"'
"""No column of a key has that name."""


def last_key(session: Session, lane: Lane) -> Key | None:
    """The highest key; read after the trigger stands, it bounds the backfill for good."""
    rows = session.rows(
        f"SELECT {lane.texts} FROM {lane.table} ORDER BY {lane.keys(' DESC')} LIMIT 1", {}
    )
    return tuple(rows[0]) if rows else None


def boundary(session: Session, lane: Lane, low: Key | None, high: Key, size: int) -> Key:
    """The key of the row that ends a chunk of `size` rows; `high` where fewer are left."""
    return boundary_in(session, lane, Chunk(low, high), size)


def boundary_in(session: Session, lane: Lane, chunk: Chunk, size: int) -> Key:
    """The key of that row of the chunk, counting those whose turn it is; its last where none is."""
    return _key_in(session, lane, chunk, size - 1) or chunk.high


def first_in(session: Session, lane: Lane, chunk: Chunk) -> Key | None:
    """The key of the chunk's first row whose turn it is."""
    return _key_in(session, lane, chunk, 0)


def _key_in(session: Session, lane: Lane, chunk: Chunk, skip: int) -> Key | None:
    condition, params = lane.in_turn(chunk)
    rows = session.rows(
        f"SELECT {lane.texts} FROM {lane.table} WHERE {condition}"
        f" ORDER BY {lane.keys()} OFFSET %(skip)s::bigint LIMIT 1",
        {**params, "skip": str(skip)},
    )
    return tuple(rows[0]) if rows else None


def lying(session: Session, lane: Lane, chunk: Chunk, sample: int) -> tuple[float, float]:
    """How many of the chunk's first rows, in the order of the key, are on one page together.

    And how many of those are meant. Nothing is computed, since that may fail for a row.
    """
    condition, params = lane.within(chunk)
    rows = session.rows(
        "SELECT count(*), count(DISTINCT (part, pg_catalog.substring(place, 1, 4))),"
        " count(*) FILTER (WHERE meant)"
        f" FROM (SELECT {lane.alias}.tableoid, pg_catalog.tidsend({lane.alias}.ctid), {lane.meant}"
        f" FROM {lane.table} WHERE {condition} ORDER BY {lane.keys()} LIMIT %(sample)s::bigint)"
        " AS met (part, place, meant)",
        {**params, "sample": str(sample)},
    )
    met, pages, meant = map(int, rows[0])
    return met / max(1, pages), meant / max(1, pages)


def count(session: Session, lane: Lane, chunk: Chunk) -> int:
    """How many rows there are in the range of keys."""
    condition, params = lane.within(chunk)
    rows = session.rows(f"SELECT count(*) FROM {lane.table} WHERE {condition}", params)
    return int(rows[0][0])


def write(session: Session, lane: Lane, chunk: Chunk | BlockChunk | OneRow) -> int:
    """Write the rows of the chunk that differ; within the caller's transaction."""
    condition, params = lane.within(chunk)
    return session.run(
        f"UPDATE {marking.OURS} {lane.table} SET {lane.assignments}"
        f" WHERE {condition} AND {lane.due(chunk)}",
        params,
    )


def write_told(session: Session, lane: Lane, chunk: Chunk) -> tuple[int, list[Key]]:
    """As `write`; and the keys of rows that it was to write, as it saw them, and did not.

    The application has changed those meanwhile, or a trigger has kept them back.
    """
    condition, params = lane.within(chunk)
    due = f"{condition} AND {lane.due(chunk)}"
    keys = ", ".join(f"{_DONE}.{name}" for name in lane.key_names)
    rows = session.rows(
        f"WITH {_DUE} AS MATERIALIZED (SELECT {lane.keys()} FROM {lane.table} WHERE {due}),"
        f" {_DONE} AS (UPDATE {marking.OURS} {lane.table} SET {lane.assignments} WHERE {due}"
        f" RETURNING {lane.keys()})"
        f" SELECT * FROM (SELECT count(*) FROM {_DONE}) AS n LEFT JOIN (SELECT {lane.texts}"
        f" FROM {_DUE} AS {lane.alias} WHERE NOT EXISTS"
        f" (SELECT FROM {_DONE} WHERE ({keys}) = ({lane.keys()}))) AS kept ON true",
        params,
    )
    return int(rows[0][0]), [tuple(key) for _, *key in rows if key[0] is not None]


def lock_due(session: Session, lane: Lane, key: Key) -> bool:
    """Whether the row is there and to be written; nobody else changes it then."""
    condition, params = lane.within(OneRow(key))
    asked = f"SELECT true FROM {lane.table} WHERE {condition} AND ({lane.differs})"
    return bool(session.rows(f"{asked} FOR NO KEY UPDATE OF {lane.alias}", params))


def compare(session: Session, lane: Lane, chunk: Chunk) -> tuple[int, int, tuple[str, ...]]:
    """Rows of the chunk, rows that differ, and the keys of some that do."""
    condition, params = lane.within(chunk)
    rows = session.rows(
        f"SELECT {marking.OURS} count(*), count(*) FILTER (WHERE {lane.differs}),"
        f" (array_agg({lane.shown_key}) FILTER (WHERE {lane.differs}))[1:5]::text[]"
        f" FROM {lane.table} WHERE {condition}",
        params,
    )
    seen, wrong, samples = rows[0]
    return seen, wrong, tuple(samples or ())


def some_differ(session: Session, lane: Lane) -> bool:
    """Whether any row differs, as one query sees them."""
    found = session.rows(f"SELECT EXISTS (SELECT FROM {lane.table} WHERE {lane.differs})", {})
    return bool(found[0][0])


def count_differing(session: Session, lane: Lane) -> int:
    """Rows of the whole table that differ, as one query sees them: none can hide by moving."""
    rows = session.rows(f"SELECT count(*) FROM {lane.table} WHERE {lane.differs}", {})
    return int(rows[0][0])


def some_differing(session: Session, lane: Lane, limit: int) -> list[Key]:
    """The keys of some rows that differ."""
    rows = session.rows(
        f"SELECT {lane.texts} FROM {lane.table} WHERE {lane.differs} LIMIT %(limit)s::bigint",
        {"limit": str(limit)},
    )
    return [tuple(row) for row in rows]


def differs_at(session: Session, lane: Lane, key: Key) -> bool:
    """Whether the row of the key is there, and differs."""
    condition, params = lane.within(OneRow(key))
    asked = f"SELECT EXISTS (SELECT FROM {lane.table} WHERE {condition} AND ({lane.differs}))"
    return bool(session.rows(asked, params)[0][0])


def looked(
    session: Session, lane: Lane, low: Key | None, high: Key, size: int, most: int
) -> tuple[Key, bool]:
    """Up to where `size` rows were looked at, and whether any of them is to be written.

    Where more than `most` are, up to the one that is so many. One scan, for a walk that expects to
    find nothing; only a last key becomes a text.
    """
    condition, params = lane.within(Chunk(low, high))
    rows = session.rows(
        f"WITH met AS MATERIALIZED (SELECT {lane.keys()}, ({lane.differs}) AS {_WRONG}"
        f" FROM {lane.table} WHERE {condition} ORDER BY {lane.keys()} LIMIT %(size)s::bigint)"
        f" (SELECT {lane.texts}, NULL::bigint, true FROM met AS {lane.alias} WHERE {_WRONG}"
        f" ORDER BY {lane.keys()} OFFSET %(most)s::bigint LIMIT 1) UNION ALL"
        f" (SELECT {lane.texts}, (SELECT count(*) FROM met), (SELECT bool_or({_WRONG}) FROM met)"
        f" FROM met AS {lane.alias} ORDER BY {lane.keys(' DESC')} LIMIT 1)",
        {**params, "size": str(size), "most": str(most - 1)},
    )
    *key, count, differs = min(rows, key=lambda row: row[-2] is not None, default=(0, False))
    if count is not None and count < size:
        return high, bool(differs)
    return tuple(key), bool(differs)


def may_silence_triggers(session: Session, major: int) -> bool:
    """Whether this role may let the application's own triggers sleep during a chunk."""
    query = MAY_SILENCE_TRIGGERS_15 if major >= 15 else MAY_SILENCE_TRIGGERS  # noqa: PLR2004
    return bool(session.rows(query)[0][0])


def settings(backfill: Backfill, *, silence: bool) -> dict[str, str]:
    """What a chunk's transaction sets with SET LOCAL."""
    made = {**EVERY_ROW, BACKFILL_SETTING.replace(".", "__"): backfill.sync_key}
    if silence and not backfill.wakes_triggers:
        made["session_replication_role"] = "replica"
    return made

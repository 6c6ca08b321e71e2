"""One lane of a backfill: its bounds, its saved progress, and one chunk in one transaction."""

import json
from dataclasses import dataclass
from typing import LiteralString

from expandcontract.ddl.sync import BACKFILL_SETTING, differs
from expandcontract.model.backfill import Backfill, Chunk, Key
from expandcontract.model.names import quoted
from expandcontract.pacing.progress import Progress
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Params, Session

LANE: LiteralString = """
    SELECT position::text, high::text, rows_estimated, rows_seen, rows_written, chunks,
           finished_at IS NOT NULL
    FROM expandcontract.lanes
    WHERE change_id = %(id)s::bigint AND step = %(step)s AND lane = 0
"""
START: LiteralString = """
    INSERT INTO expandcontract.lanes (change_id, step, lane, high, rows_estimated)
    VALUES (%(id)s::bigint, %(step)s, 0, %(high)s::jsonb, %(rows)s::bigint)
"""
SAVE: LiteralString = """
    UPDATE expandcontract.lanes
    SET position = %(position)s::jsonb, rows_seen = %(seen)s::bigint,
        rows_written = %(written)s::bigint, chunks = %(chunks)s::bigint,
        updated_at = clock_timestamp(), held_by = NULL
    WHERE change_id = %(id)s::bigint AND step = %(step)s AND lane = 0
      AND position IS NOT DISTINCT FROM %(before)s::jsonb
"""
FINISH: LiteralString = """
    UPDATE expandcontract.lanes SET finished_at = clock_timestamp(), held_by = NULL
    WHERE change_id = %(id)s::bigint AND step = %(step)s AND lane = 0
"""
HELD: LiteralString = """
    UPDATE expandcontract.lanes SET held_by = %(reasons)s, updated_at = clock_timestamp()
    WHERE change_id = %(id)s::bigint AND step = %(step)s AND lane = 0
"""
ESTIMATE: LiteralString = """
    SELECT nullif(reltuples, -1)::bigint FROM pg_catalog.pg_class
    WHERE oid = pg_catalog.to_regclass(%(table)s)
"""
MAY_SILENCE_TRIGGERS: LiteralString = """
    SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user
"""
MAY_SILENCE_TRIGGERS_15: LiteralString = """
    SELECT pg_catalog.has_parameter_privilege('session_replication_role', 'SET')
"""

EVERY_ROW = {"row_security": "off", "statement_timeout": "0"}
"""For whoever has to see every row: a policy that would hide some raises an error instead."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The pieces of a backfill's queries; a `%` in a name or a value is doubled for the driver."""

    backfill: Backfill

    @property
    def table(self) -> str:
        """The table under the name `t`, for a query with parameters."""
        return f"{_escaped(str(self.backfill.table))} AS t"

    def keys(self, order: str = "") -> str:
        """The key columns, each with an order where one is given.

        Always qualified: ORDER BY takes a bare name for the text of the same name in the list.
        """
        return _escaped(", ".join(f"t.{quoted(column)}{order}" for column in self.backfill.key))

    def bound(self, name: str) -> str:
        """A bound as a row of parameters, each cast to its column's type."""
        casts = enumerate(self.backfill.key_types)
        return ", ".join(f"%({name}{at})s::{_escaped(type_)}" for at, type_ in casts)

    def within(self, chunk: Chunk) -> tuple[str, dict[str, str]]:
        """The condition that a row is in the chunk, and its parameters."""
        row = f"({self.keys()})"
        condition, params = f"{row} <= ({self.bound('high')})", named("high", chunk.high)
        if chunk.low is not None:
            condition = f"{row} > ({self.bound('low')}) AND {condition}"
            params |= named("low", chunk.low)
        return condition, params

    @property
    def texts(self) -> str:
        """The key columns as texts that every session reads back as the same values.

        Dates as text follow the session's DateStyle and TimeZone, and `IST` is many zones; as
        JSON they are always ISO 8601 with an offset.
        """
        columns = zip(self.backfill.key, self.backfill.key_types, strict=True)
        return _escaped(
            ", ".join(
                f"to_json(t.{quoted(column)}) #>> '{{}}'"
                if type_.startswith(("date", "timestamp"))
                else f"t.{quoted(column)}::text"
                for column, type_ in columns
            )
        )

    @property
    def assignments(self) -> str:
        """What the chunk's UPDATE sets."""
        pairs = self.backfill.assignments
        return _escaped(", ".join(f"{quoted(column)} = {value}" for column, value in pairs))

    @property
    def differs(self) -> str:
        """Whether the row is not yet as the backfill makes it."""
        compared = " OR ".join(
            differs(
                quoted(column),
                value,
                equality_is_identity=column not in self.backfill.compare_as_text,
            )
            for column, value in self.backfill.assignments
        )
        return _escaped(compared)


def _escaped(sql: str) -> str:
    return sql.replace("%", "%%")


def named(name: str, key: Key) -> dict[str, str]:
    """The parameters of a bound."""
    return {f"{name}{at}": part for at, part in enumerate(key)}


def last_key(session: Session, lane: Lane) -> Key | None:
    """The highest key; read after the trigger stands, it bounds the backfill for good."""
    rows = session.rows(
        f"SELECT {lane.texts} FROM {lane.table} ORDER BY {lane.keys(' DESC')} LIMIT 1", {}
    )
    return tuple(rows[0]) if rows else None


def boundary(session: Session, lane: Lane, low: Key | None, high: Key, size: int) -> Key:
    """The key of the row that ends a chunk of `size` rows; `high` where fewer are left."""
    condition, params = lane.within(Chunk(low, high))
    rows = session.rows(
        f"SELECT {lane.texts} FROM {lane.table} WHERE {condition}"
        f" ORDER BY {lane.keys()} OFFSET %(skip)s::bigint LIMIT 1",
        {**params, "skip": str(size - 1)},
    )
    return tuple(rows[0]) if rows else high


def load(session: Session, record: Record, step: str, size: int) -> tuple[Progress, bool] | None:
    """The saved progress, and whether the lane is finished; None where nothing began."""
    rows = session.rows(LANE, {**record.key, "step": step})
    if not rows:
        return None
    position, high, estimated, seen, written, chunks, is_over = rows[0]
    progress = Progress(
        high=_key(high),
        position=_key(position),
        size=size,
        rows_estimated=estimated,
        rows_seen=seen,
        rows_written=written,
        chunks=chunks,
    )
    return progress, is_over


def begin(session: Session, record: Record, step: str, lane: Lane) -> None:
    """Fix the upper bound and save the empty progress."""
    high = last_key(session, lane)
    estimate = session.rows(ESTIMATE, {"table": str(lane.backfill.table)})[0][0]
    params = {
        "step": step,
        "high": _json(high),
        "rows": None if estimate is None else str(estimate),
    }
    session.run(START, {**record.key, **params})


def save(session: Session, record: Record, step: str, before: Progress, after: Progress) -> bool:
    """Advance the saved progress from where we thought it was; false where it was elsewhere."""
    params: Params = {
        **record.key,
        "step": step,
        "before": _json(before.position),
        "position": _json(after.position),
        "seen": str(after.rows_seen),
        "written": str(after.rows_written),
        "chunks": str(after.chunks),
    }
    return session.run(SAVE, params) == 1


def finish(session: Session, record: Record, step: str) -> None:
    """Note that the lane is done."""
    session.run(FINISH, {**record.key, "step": step})


def hold(session: Session, record: Record, step: str, reasons: tuple[str, ...]) -> None:
    """Note why nothing is being done, for whoever asks for the status."""
    session.run(HELD, {**record.key, "step": step, "reasons": "; ".join(reasons)})


def write(session: Session, lane: Lane, chunk: Chunk) -> int:
    """Write the rows of the chunk that differ; within the caller's transaction."""
    condition, params = lane.within(chunk)
    return session.run(
        f"UPDATE {lane.table} SET {lane.assignments} WHERE {condition} AND ({lane.differs})",
        params,
    )


def compare(session: Session, lane: Lane, chunk: Chunk) -> tuple[int, int, tuple[str, ...]]:
    """Rows of the chunk, rows that differ, and the keys of some that do."""
    condition, params = lane.within(chunk)
    keys = f"concat_ws(', ', {lane.texts})"
    rows = session.rows(
        f"SELECT count(*), count(*) FILTER (WHERE {lane.differs}),"
        f" (array_agg({keys}) FILTER (WHERE {lane.differs}))[1:5]::text[]"
        f" FROM {lane.table} WHERE {condition}",
        params,
    )
    seen, wrong, samples = rows[0]
    return seen, wrong, tuple(samples or ())


def may_silence_triggers(session: Session, major: int) -> bool:
    """Whether this role may let the application's own triggers sleep during a chunk."""
    query = MAY_SILENCE_TRIGGERS_15 if major >= 15 else MAY_SILENCE_TRIGGERS  # noqa: PLR2004
    return bool(session.rows(query)[0][0])


def settings(backfill: Backfill, *, silence: bool) -> dict[str, str]:
    """What a chunk's transaction sets with SET LOCAL."""
    made = {**EVERY_ROW, BACKFILL_SETTING.replace(".", "__"): backfill.sync_key}
    return {**made, "session_replication_role": "replica"} if silence else made


def _key(text: str | None) -> Key | None:
    return None if text is None else tuple(json.loads(text))


def _json(key: Key | None) -> str | None:
    return None if key is None else json.dumps(list(key))

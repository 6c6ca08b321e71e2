"""The rows of a chunk in SQL: where it ends, writing it, comparing it."""

from dataclasses import dataclass
from typing import LiteralString

from expandcontract.ddl.sync import BACKFILL_SETTING, differs
from expandcontract.model.backfill import Backfill, BlockChunk, Chunk, Key, OneRow
from expandcontract.model.names import TableName, quoted
from expandcontract.postgres import marking
from expandcontract.postgres.session import Session

MAY_SILENCE_TRIGGERS: LiteralString = """
    SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user
"""
MAY_SILENCE_TRIGGERS_15: LiteralString = """
    SELECT pg_catalog.has_parameter_privilege('session_replication_role', 'SET')
"""

EVERY_ROW = {"row_security": "off", "statement_timeout": "0"}
"""For whoever has to see every row: a policy that would hide some raises an error instead."""


_INTEGERS = {("smallint",), ("integer",), ("bigint",)}
_POSITIVE = 2**31 - 1
_WRONG = '"ec differs"'
"""No column of a key has that name."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The pieces of a backfill's queries; a `%` in a name or a value is doubled for the driver.

    The table goes by its own name, so that an expression may say `users.email`; where `part` is
    given, only that partition is looked at, under the same name.
    """

    backfill: Backfill
    part: TableName | None = None
    fleeting: bool = False
    """The expression gives another value each time: no row is asked whether it has it already."""

    @property
    def alias(self) -> str:
        """The name by which the queries know the table."""
        return _escaped(quoted(self.backfill.table.name))

    @property
    def table(self) -> str:
        """What is walked, under its alias, for a query with parameters."""
        return f"{_escaped(str(self.part or self.backfill.table))} AS {self.alias}"

    def sampled(self, percent: float) -> str:
        """So much of the table's pages, taken at random."""
        return f"{self.table} TABLESAMPLE SYSTEM ({percent:.4f}) REPEATABLE (1)"

    def keys(self, order: str = "") -> str:
        """The key columns, each with an order where one is given.

        Always qualified: ORDER BY takes a bare name for the text of the same name in the list.
        """
        columns = self.backfill.key
        return ", ".join(f"{self.alias}.{_escaped(quoted(column))}{order}" for column in columns)

    def bound(self, name: str) -> str:
        """A bound as a row of parameters, each cast to its column's type."""
        casts = enumerate(self.backfill.key_types)
        return ", ".join(f"%({name}{at})s::{_escaped(type_)}" for at, type_ in casts)

    def within(self, chunk: Chunk | BlockChunk | OneRow) -> tuple[str, dict[str, str]]:
        """The condition that a row is in the chunk, and its parameters."""
        if isinstance(chunk, BlockChunk):
            return self._within_blocks(chunk)
        row = f"({self.keys()})"
        if isinstance(chunk, OneRow):
            return f"{row} = ({self.bound('key')})", named("key", chunk.key)
        condition, params = f"{row} <= ({self.bound('high')})", named("high", chunk.high)
        if chunk.low is not None:
            condition = f"{row} > ({self.bound('low')}) AND {condition}"
            params |= named("low", chunk.low)
        return condition, params

    def in_turn(self, chunk: Chunk | OneRow) -> tuple[str, dict[str, str]]:
        """The condition that a row is in the chunk and that it is its turn, and its parameters."""
        condition, params = self.within(chunk)
        turn = self.turn(chunk)
        return (f"{condition} AND {turn}" if turn else condition), params

    def _within_blocks(self, chunk: BlockChunk) -> tuple[str, dict[str, str]]:
        """A TID range scan (14+), of the rows of every turn."""
        place = f"{self.alias}.ctid"
        condition = f"{place} >= %(low)s::tid AND {place} < %(high)s::tid"
        return condition, {"low": f"({chunk.low},0)", "high": f"({chunk.high},0)"}

    def due(self, chunk: Chunk | BlockChunk | OneRow) -> str:
        """The condition that a row of the chunk is to be written, now that it is its turn.

        CASE has the turn asked first; of two conditions joined by AND the server asks the cheaper
        one first, and would compute the expression for every row in every turn.
        """
        turn = self.turn(chunk)
        return (
            f"CASE WHEN {turn} THEN ({self.differs}) ELSE false END"
            if turn
            else f"({self.differs})"
        )

    def turn(self, chunk: Chunk | BlockChunk | OneRow) -> str:
        """The condition that it is a row's turn; empty where all have the same.

        In a walk by blocks it is told by the row's place on the page: `tidsend` is the block in
        four bytes and the place in two, of which the last is enough. Along the key, by the key.
        """
        if isinstance(chunk, OneRow) or chunk.passes == 1:
            return ""
        if isinstance(chunk, BlockChunk):
            rest = (
                f"pg_catalog.get_byte(pg_catalog.tidsend({self.alias}.ctid), 5) %% {chunk.passes:d}"
            )
        elif self.backfill.key_types in _INTEGERS:
            rest = f"pg_catalog.abs({self.keys()} %% {chunk.passes:d})"
        else:
            rest = f"(pg_catalog.hash_record(ROW({self.keys()})) & {_POSITIVE}) %% {chunk.passes:d}"
        return f"{rest} = {chunk.turn:d}"

    @property
    def texts(self) -> str:
        """The key columns as texts that every session reads back as the same values."""
        return ", ".join(self.text_list)

    @property
    def shown_key(self) -> str:
        """The key as people read it: one of several columns in parentheses."""
        joined = f"concat_ws(', ', {self.texts})"
        return joined if len(self.text_list) == 1 else f"'(' || {joined} || ')'"

    @property
    def text_list(self) -> tuple[str, ...]:
        """One for each column of the key.

        Dates as text follow the session's DateStyle and TimeZone, and `IST` is many zones; as
        JSON they are always ISO 8601 with an offset.
        """
        columns = zip(self.backfill.key, self.backfill.key_types, strict=True)
        spelled = ((f"{self.alias}.{_escaped(quoted(column))}", kind) for column, kind in columns)
        return tuple(
            f"to_json({column}) #>> '{{}}'"
            if kind.startswith(("date", "timestamp"))
            else f"{column}::text"
            for column, kind in spelled
        )

    @property
    def assignments(self) -> str:
        """What the chunk's UPDATE sets."""
        pairs = self.backfill.assignments
        return _escaped(", ".join(f"{quoted(column)} = {value}" for column, value in pairs))

    @property
    def differs(self) -> str:
        """Whether the row is one to write: it is meant, and not yet as the backfill makes it."""
        meant = [f"({_escaped(self.backfill.where)}\n)"] if self.backfill.where else []
        if self.fleeting:
            return " AND ".join(meant) or "true"
        compared = " OR ".join(
            differs(
                f"{quoted(self.backfill.table.name)}.{quoted(column)}",
                value,
                equality_is_identity=column not in self.backfill.compare_as_text,
            )
            for column, value in self.backfill.assignments
        )
        return " AND ".join([*meant, f"({_escaped(compared)})"])


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
    return boundary_in(session, lane, Chunk(low, high), size)


def boundary_in(session: Session, lane: Lane, chunk: Chunk, size: int) -> Key:
    """The key of that row of the chunk, counting those whose turn it is; its last where none is."""
    condition, params = lane.in_turn(chunk)
    rows = session.rows(
        f"SELECT {lane.texts} FROM {lane.table} WHERE {condition}"
        f" ORDER BY {lane.keys()} OFFSET %(skip)s::bigint LIMIT 1",
        {**params, "skip": str(size - 1)},
    )
    return tuple(rows[0]) if rows else chunk.high


def rows_on_a_page(session: Session, lane: Lane, chunk: Chunk, sample: int) -> float:
    """How many of the chunk's first rows, in the order of the key, are on one page together."""
    condition, params = lane.within(chunk)
    rows = session.rows(
        "SELECT count(*), count(DISTINCT (part, pg_catalog.substring(place, 1, 4)))"
        f" FROM (SELECT {lane.alias}.tableoid, pg_catalog.tidsend({lane.alias}.ctid)"
        f" FROM {lane.table} WHERE {condition} ORDER BY {lane.keys()} LIMIT %(sample)s::bigint)"
        " AS met (part, place)",
        {**params, "sample": str(sample)},
    )
    met, pages = rows[0]
    return int(met) / max(1, int(pages))


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

"""What the queries of a lane are made of: its table, key, bounds and turns, and what is set."""

from dataclasses import dataclass

from expandcontract.ddl.sync import differs
from expandcontract.model.backfill import Backfill, BlockChunk, Chunk, Key, OneRow
from expandcontract.model.names import TableName, quoted

_INTEGERS = {("smallint",), ("integer",), ("bigint",)}
_POSITIVE = 2**31 - 1


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

    @property
    def key_names(self) -> tuple[str, ...]:
        """The key columns by themselves."""
        return tuple(_escaped(quoted(column)) for column in self.backfill.key)

    def keys(self, order: str = "") -> str:
        """The key columns, each with an order where one is given.

        Always qualified: ORDER BY takes a bare name for the text of the same name in the list.
        """
        return ", ".join(f"{self.alias}.{name}{order}" for name in self.key_names)

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
    def meant(self) -> str:
        """Whether the backfill is about the row."""
        return f"({_escaped(self.backfill.where)}\n)" if self.backfill.where else "true"

    @property
    def differs(self) -> str:
        """Whether the row is one to write: it is meant, and not yet as the backfill makes it."""
        if self.fleeting:
            return self.meant
        compared = " OR ".join(
            differs(
                f"{quoted(self.backfill.table.name)}.{quoted(column)}",
                value,
                equality_is_identity=column not in self.backfill.compare_as_text,
            )
            for column, value in self.backfill.assignments
        )
        meant = f"{self.meant} AND " if self.backfill.where else ""
        return f"{meant}({_escaped(compared)})"


def _escaped(sql: str) -> str:
    return sql.replace("%", "%%")


def named(name: str, key: Key) -> dict[str, str]:
    """The parameters of a bound."""
    return {f"{name}{at}": part for at, part in enumerate(key)}

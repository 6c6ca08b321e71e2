"""Which rows get which values, and the key ranges in which that is done."""

from dataclasses import dataclass
from typing import Any, Self

from expandcontract.model.names import TableName

Key = tuple[str, ...]
"""A position in the table's key: one text for each key column, cast by the SQL that uses it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Into:
    """Another table that gets the values: its row is the one whose `match` columns agree.

    `match` maps a column of that table to an expression of the walked row; a unique index holds
    the columns. Rows that are missing there are made, unless only rows that exist are meant.
    """

    table: TableName
    match: tuple[tuple[str, str], ...]
    inserts: bool = True
    sparse: bool = False  #: a missing row is the same as one whose values are all null

    def document(self) -> dict[str, Any]:
        """The target as JSON keeps it."""
        return {
            "table": [self.table.schema, self.table.name],
            "match": [list(pair) for pair in self.match],
            "inserts": self.inserts,
            "sparse": self.sparse,
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read what `document` wrote."""
        schema, name = document["table"]
        return cls(
            table=TableName(name, schema),
            match=tuple((column, value) for column, value in document["match"]),
            inserts=document["inserts"],
            sparse=document["sparse"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """An assignment to every row that differs from it, walked along a unique key.

    `assignments` maps a column to the SQL expression of the row that it must equal; the
    expressions read the row's columns by their quoted names.
    """

    table: TableName
    key: tuple[str, ...]
    key_types: tuple[str, ...]
    assignments: tuple[tuple[str, str], ...]
    compare_as_text: tuple[str, ...] = ()  #: columns whose `=` is not identity
    sync_key: str = ""  #: the sync trigger that sleeps while a chunk writes
    into: Into | None = None  #: the values go to another table than the one that is walked
    where: str = ""  #: a condition of the row; others are left alone
    wakes_triggers: bool = False  #: the application's triggers fire, as for any other UPDATE
    reads: tuple[str, ...] = ()  #: a function computes the assigned columns from these

    def document(self) -> dict[str, Any]:
        """The backfill as JSON keeps it."""
        return {
            "table": [self.table.schema, self.table.name],
            "key": list(self.key),
            "key_types": list(self.key_types),
            "assignments": [list(pair) for pair in self.assignments],
            "compare_as_text": list(self.compare_as_text),
            "sync_key": self.sync_key,
            **({"into": self.into.document()} if self.into else {}),
            **({"where": self.where} if self.where else {}),
            **({"wakes_triggers": True} if self.wakes_triggers else {}),
            **({"reads": list(self.reads)} if self.reads else {}),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read what `document` wrote."""
        schema, name = document["table"]
        return cls(
            table=TableName(name, schema),
            key=tuple(document["key"]),
            key_types=tuple(document["key_types"]),
            assignments=tuple((column, value) for column, value in document["assignments"]),
            compare_as_text=tuple(document["compare_as_text"]),
            sync_key=document["sync_key"],
            into=Into.from_document(into) if (into := document.get("into")) else None,
            where=document.get("where", ""),
            wakes_triggers=document.get("wakes_triggers", False),
            reads=tuple(document.get("reads", ())),
        )


@dataclass(frozen=True, slots=True)
class Chunk:
    """The rows with `low < key <= high`; a missing low means from the first row.

    Where there are several passes, those of them whose turn it is.
    """

    low: Key | None
    high: Key
    turn: int = 0
    passes: int = 1


@dataclass(frozen=True, slots=True)
class OneRow:
    """The row with that key."""

    key: Key


@dataclass(frozen=True, slots=True)
class BlockChunk:
    """Blocks `low` up to `high`, excluded: of each page every row whose turn it is."""

    low: int
    high: int
    turn: int = 0
    passes: int = 1

"""A column allows nulls from now on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes._carrying import helper
from expandcontract.changes._nullable import nullable_steps
from expandcontract.changes._refusing import WITH_PARTITIONS, other_kind, refuse
from expandcontract.changes._trees import inherited, spread, tree_refusals
from expandcontract.changes.base import Labels
from expandcontract.model.catalog import Catalog, Column, Table
from expandcontract.model.names import TableName, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class DropNotNull(Labels):
    """Allow nulls in a column: one command, which looks at no row.

    Its revert proves the absence of nulls while everybody works, and fails where one was written
    meanwhile, with the rows named.

    >>> DropNotNull(table="users", column="email").name
    'users.email-nullable'
    """

    kind: ClassVar[str] = "drop_not_null"

    table: str
    column: str

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        if not self.name:
            table = TableName.parse(self.table)
            object.__setattr__(self, "name", slug(f"{table.plain}.{self.column}-nullable"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table of the column."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """One command, and the way back from it."""
        table = catalog.table(self.tables[0])
        column = table.column(self.column)
        what = f"allowing nulls in {table.name.plain}.{column.name}"
        refuse(what, refusals(table, column))
        check = helper(short_hash(self.name, table.name.plain), "nn")
        plan = Plan(
            steps=nullable_steps(table, Phase.EXPAND, column.name, check, catalog.major),
            claims=((table.name.plain, column.name),),
            notes=(f"old code that reads {column.name} has to expect a null from expand on",),
        )
        return spread(plan, table)


def refusals(table: Table, column: Column) -> Iterator[str]:
    """Why the column cannot lose its NOT NULL."""
    yield from other_kind(table, WITH_PARTITIONS, parts=True)
    yield from tree_refusals(table)
    yield from inherited(table, column)
    name = f"{table.name.plain}.{column.name}"
    if not column.not_null:
        yield f"{name} allows nulls already"
    if column.identity:
        yield f"{name} is an identity column, which is always NOT NULL"
    yield from _keys(table, column)


def _keys(table: Table, column: Column) -> Iterator[str]:
    """What the column is part of, and could not be any more."""
    name = f"{table.name.plain}.{column.name}"
    for one in table.parts:
        for index in one.indexes:
            if index.primary and any(key.column == column.name for key in index.keys):
                yield f"{name} is part of the primary key of {one.name.plain}, a part of it"
    for index in table.indexes:
        if any(key.column == column.name for key in index.keys):
            if index.primary:
                yield f"{name} is part of the primary key, which is always NOT NULL"
            elif "REPLICA IDENTITY" in index.roles:
                yield f"{index.name} is the replica identity of {table.name.plain} and needs it"


KIND = DropNotNull

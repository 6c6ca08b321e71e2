"""An index goes while its table is in use, and comes back the same way."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes._index_tree import attached_names, index_steps
from expandcontract.changes._refusing import WITH_PARTITIONS, index_of, other_kind, refuse
from expandcontract.changes._steps import dropped_index_step
from expandcontract.changes._trees import spread, tree_refusals
from expandcontract.changes.base import Labels
from expandcontract.ddl import indexes, probes
from expandcontract.errors import IndexNotFoundError
from expandcontract.model.catalog import Catalog, Index, Table
from expandcontract.model.names import TableName, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIndex(Labels):
    """Drop an index concurrently, at contract; its revert builds it again, concurrently too.

    >>> DropIndex(table="users", index_name="users_age").name
    'users.drop-index-users_age'
    """

    kind: ClassVar[str] = "drop_index"

    table: str
    index_name: str

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        if not self.name:
            table = TableName.parse(self.table)
            object.__setattr__(self, "name", slug(f"{table.plain}.drop-index-{self.index_name}"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table of the index."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """The index gone, and the way back."""
        table = catalog.table(self.tables[0])
        index = found(table, self.index_name)
        refuse(f"dropping the index {index.name}", refusals(table, index))
        plan = Plan(
            steps=(dropped_index_step(table, Phase.CONTRACT, index.name),),
            comeback=tuple(again(table, index)),
            claims=((table.name.plain, f"index {index.name}"),),
            notes=tuple(notes(table, index)),
        )
        return spread(plan, table)


def found(table: Table, name: str) -> Index:
    """The index, or an error that names its nearest relatives."""
    index = index_of(table, name)
    if index is None:
        raise IndexNotFoundError(table.name.plain, name, tuple(i.name for i in table.indexes))
    return index


def refusals(table: Table, index: Index) -> Iterator[str]:
    """Why the index cannot go by itself."""
    yield from other_kind(table, WITH_PARTITIONS, parts=True)
    if table.is_partitioned:
        yield from tree_refusals(table)
    if index.parent is not None:
        yield f"it is the part of {index.parent.plain} on {table.name.plain}, and goes with that"
    if index.constraint is not None:
        yield f"it stands behind the constraint {index.constraint}, and goes with it"
    for role in index.roles:
        if role != "SET STATISTICS":
            yield f"the table was given {role} on it; give it to another index first"


def notes(table: Table, index: Index) -> Iterator[str]:
    """What it costs to drop the index."""
    if table.is_partitioned:
        yield (
            f"PostgreSQL drops {index.name} from all partitions at once, and stops readers and "
            "writers of all of them for that moment"
        )


def again(table: Table, index: Index) -> Iterator[Step]:
    """Build it as it was."""
    names = attached_names(table, index)
    yield from index_steps(table, Phase.CONTRACT, replace(index, valid=True), names=names)
    if index.comment is not None:
        yield Step(
            name=f"comment {index.name}",
            phase=Phase.CONTRACT,
            summary=f"the index {index.name} has its comment",
            done=probes.index_is_described(table.name, index.name, index.comment),
            statements=(indexes.comment(table.name, index.name, index.comment),),
        )


KIND = DropIndex

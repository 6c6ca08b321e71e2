"""The tables of a tree, each with what hangs on one of its columns there and nowhere else.

What the root hands on (columns, checks, attached indexes, cloned triggers) belongs to the root.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from expandcontract.changes._carrying import (
    CarriedIndex,
    carried_indexes,
    refusals,
    twin_refusals,
)
from expandcontract.changes._hung import Hung, To, hung
from expandcontract.changes._refusing import WITH_PARTITIONS, other_kind
from expandcontract.changes._restoring import restorable
from expandcontract.changes._trees import (
    column_refusals,
    for_part,
    is_gone,
    localized,
    taken_in_parts,
    tree_refusals,
    unfillable_parts,
)
from expandcontract.changes._twin import Twin
from expandcontract.ddl import grants
from expandcontract.model.catalog import Column, Dependent, Table
from expandcontract.model.names import TableName
from expandcontract.model.plan import Step
from expandcontract.model.statement import Statement


@dataclass(frozen=True)
class Member:
    """One table of the tree; the first is the root."""

    root: TableName
    table: Table  #: with what is below it, and without what it has from its parents
    column: Column  #: NOT NULL only where its parents' is not
    here: Column  #: as it is
    hung: Hung
    handed_on: tuple[str, ...] = ()  #: names of indexes and constraints from its parents
    attached: tuple[CarriedIndex, ...] = ()  #: its share in indexes of the root
    retyped: bool = False

    @property
    def is_root(self) -> bool:
        """Whether the change names it."""
        return self.table.name == self.root

    @cached_property
    def readers(self) -> tuple[Dependent, ...]:
        """Views, policies and triggers that read the column in this table."""
        return restorable(self.table, self.column, retyped=self.retyped)

    @property
    def names(self) -> tuple[str, ...]:
        """What hangs on the column in this table, handed on or not."""
        return (*self.hung.names, *self.handed_on)

    @property
    def properties(self) -> dict[str, str]:
        """What the column has in this table."""
        return self.here.properties

    @property
    def roles(self) -> tuple[CarriedIndex, ...]:
        """Indexes that may be more to the table than others."""
        return (*self.hung.indexes, *self.attached)

    def twin(self, twin: Twin) -> Twin:
        """The twin in this table; once the table is gone there is nothing to do."""
        if self.is_root:
            return twin
        gone = is_gone(self.root, self.table.name)
        return replace(twin, table=self.table.name, finished=twin.finished | gone)

    def steps(self, made: Iterable[Step]) -> Iterator[Step]:
        """Steps under names that say whose they are."""
        for step in made:
            of = "" if self.is_root else f" of {self.table.name.plain}"
            yield replace(step, name=f"{step.name}{of}")

    def statements(self, made: Iterable[Statement]) -> Iterator[Statement]:
        """Statements, left out once the table is no part of the tree."""
        return for_part(self.root, self.table.name, made)

    def granted(self, name: str) -> Iterator[Statement]:
        """What roles may do with the column, on another one."""
        return self.statements(grants.on_column(self.column, self.table.name, name))


def members(
    table: Table,
    column: Column,
    to: To,
    *,
    retyped: bool = False,
    but: frozenset[str] = frozenset(),
) -> tuple[Member, ...]:
    """The root, and every part that has the column."""
    carried = hung(table, column, to, but=but)
    found = [
        Member(
            root=table.name, table=table, column=column, here=column, hung=carried, retyped=retyped
        )
    ]
    for part in table.parts:
        here = part.find(column.name)
        if here is None:
            continue
        alone = localized(table, part)
        # NOT NULL of the root is the parts' too, and proved with it.
        own = replace(here, not_null=here.not_null and not column.not_null)
        shares = carried_indexes(part, column.name, to.new, to.key, to.adapt, at=part.name.plain)
        handed_on = [index.name for index in part.indexes if column.name in index.columns]
        handed_on += [one.name for one in part.constraints if column.name in one.columns]
        found.append(
            Member(
                root=table.name,
                table=alone,
                column=own,
                here=here,
                hung=hung(alone, own, to, but=but, at=part.name.plain),
                handed_on=tuple(handed_on),
                attached=tuple(one for one in shares if one.original.parent is not None),
                retyped=retyped,
            )
        )
    return tuple(found)


def member_refusals(
    table: Table,
    column: Column,
    new: str,
    leave: tuple[str, ...] | None = (),
    *,
    retyped: bool = False,
) -> Iterator[str]:
    """Why the column cannot have a twin of that name in every table of the tree."""
    yield from other_kind(table, WITH_PARTITIONS, parts=True)
    yield from tree_refusals(table)
    yield from column_refusals(table, column)
    yield from unfillable_parts(table)
    yield from refusals(table, column, leave, retyped=retyped)
    yield from twin_refusals(table, new)
    yield from taken_in_parts(table, new)
    for part in table.parts:
        own = part.find(column.name)
        if own is None:
            continue
        yield from refusals(localized(table, part), own, leave, retyped=retyped)
        if own.default != column.default:
            yield (
                f"{part.name.plain}.{column.name} has another default than {table.name.plain}: "
                f"{own.default or 'none'}; make them the same first"
            )

"""A column goes: first it becomes optional, then it is out of sight, and in the end it is gone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes import _left_out
from expandcontract.changes._carrying import helper
from expandcontract.changes._claiming import claims, is_of_another
from expandcontract.changes._hung import To
from expandcontract.changes._members import members
from expandcontract.changes._named_in_triggers import named_in_triggers
from expandcontract.changes._notes import PREPARED_ANEW, by_position, published
from expandcontract.changes._nullable import nullable_steps
from expandcontract.changes._refusing import WITH_PARTITIONS, other_kind, refuse
from expandcontract.changes._steps import dropped_index_step
from expandcontract.changes._texts import as_tuples
from expandcontract.changes._tree_columns import added, dropped, properties
from expandcontract.changes._trees import column_refusals, spread, tree_refusals
from expandcontract.changes._twin import Twin
from expandcontract.changes.base import Labels
from expandcontract.ddl import columns, probes
from expandcontract.model.catalog import Catalog, Column, ConstraintKind, Table
from expandcontract.model.names import TableName, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Retired, Step
from expandcontract.model.probe import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class DropColumn(Labels):
    """Drop a column, with a week in which it can be had back.

    Expand lets new code leave it out; contract puts it out of sight under a helper's name, with all
    its values; closing drops its indexes one by one, and then it. Indexes and constraints that it
    shares with other columns go with it, so each has to be named in `also`.

    >>> DropColumn(table="users", column="fax").name
    'users.drop-fax'
    """

    kind: ClassVar[str] = "drop_column"

    table: str
    column: str
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        as_tuples(self, "also")
        if not self.name:
            table = TableName.parse(self.table)
            object.__setattr__(self, "name", slug(f"{table.plain}.drop-{self.column}"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table of the column."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """Optional, out of sight, gone."""
        table = catalog.table(self.tables[0])
        column = table.column(self.column)
        what = f"dropping {table.name.plain}.{column.name}"
        refuse(what, self._refusals(table, column))
        return _Drop(self.name, table, column, catalog.major).plan()

    def _refusals(self, table: Table, column: Column) -> Iterator[str]:
        name = f"{table.name.plain}.{column.name}"
        yield from other_kind(table, WITH_PARTITIONS, parts=True)
        yield from tree_refusals(table)
        yield from column_refusals(table, column)
        for one in (table, *table.parts):
            for dependent in one.dependents_of(column.name):
                yield f"{dependent.description} reads {name}; drop it or change it first"
            yield from _needed(one, column.name)
        yield from _left_out.refusals(table, column)
        whole = [name for one in (table, *table.parts) for name in _shared(one, column.name)]
        for shared in dict.fromkeys(whole):
            if shared not in self.also:
                yield (
                    f"{shared} is on other columns too, and would be dropped with {name}; say so "
                    f"with also=({shared!r},), or drop it first"
                )


def _needed(table: Table, column: str) -> Iterator[str]:
    """What the table needs the column for."""
    for index in table.indexes:
        if column in index.columns:
            yield from (
                f"{index.name} was given {role}; give it to another" for role in index.roles
            )
    for constraint in table.constraints:
        if column in constraint.columns and constraint.kind is ConstraintKind.PRIMARY_KEY:
            yield f"{column} is part of the primary key {constraint.name}"


def _shared(table: Table, column: str) -> Iterator[str]:
    """Indexes and constraints on the column and on others."""
    names = [
        index.name
        for index in table.indexes
        if column in index.columns and {*index.columns} != {column} and index.parent is None
    ]
    names += [
        one.name
        for one in table.constraints
        if column in one.columns and {*one.columns} != {column} and not one.inherited
    ]
    yield from (name for name in dict.fromkeys(names) if not is_of_another(name))


class _Drop:
    """One column of one table: the values from which the steps are made."""

    def __init__(self, change: str, table: Table, column: Column, major: int) -> None:
        self.table, self.column, self.major, self.name = table, column, major, table.name
        self.key = short_hash(change, table.name.plain)
        self.tombstone = helper(self.key, "gone")
        self.gone = ~probes.column_exists(self.name, column.name)

    def plan(self) -> Plan:
        column = self.column
        optional = self._optional()
        now = replace(column, not_null=False) if optional else column
        names = [i.name for i in self.table.indexes if column.name in i.columns]
        names += [c.name for c in self.table.constraints if column.name in c.columns]
        plan = Plan(
            steps=(*(replace(s, done=self.gone | s.done) for s in optional), self._out_of_sight()),
            comeback=(self._in_sight(),),
            close=tuple(self._close()),
            remake=tuple(self._remake(nullable=bool(optional))),
            retires=(
                Retired(
                    table=self.name,
                    column=column.name,
                    carried=tuple(dict.fromkeys(names)),
                    properties=now.properties,
                ),
            ),
            claims=claims(self.table, (column.name,)),
            notes=(
                (
                    f"a prepared SELECT * on {self.name.plain} fails in every connection once the "
                    f"column goes out of sight, {PREPARED_ANEW}"
                ),
                *by_position(self.name),
                *published(self.table, (), (self.tombstone,)),
            ),
            trials=(
                *_left_out.trials(self.table, column),
                *named_in_triggers(self.table, column.name),
            ),
        )
        return spread(plan, self.table)

    def _optional(self) -> tuple[Step, ...]:
        """New code leaves the column out: a null has to be allowed, unless a default stands in."""
        column = self.column
        is_unique = any(
            index.unique and [key.column for key in index.keys] == [column.name]
            for index in self.table.indexes
        )
        has_value = column.default is not None and not (is_unique and column.default_is_constant)
        if not column.not_null or has_value or column.identity or column.generated:
            return ()
        check = helper(self.key, "nn")
        return nullable_steps(self.table, Phase.EXPAND, column.name, check, self.major)

    def _out_of_sight(self) -> Step:
        return Step(
            name="out of sight",
            phase=Phase.CONTRACT,
            summary=f"{self.column.name} is out of sight, with all its values",
            done=self.gone,
            statements=(columns.rename(self.name, self.column.name, self.tombstone),),
        )

    def _in_sight(self) -> Step:
        return Step(
            name="in sight again",
            phase=Phase.CONTRACT,
            summary=f"{self.column.name} is there again, with its values",
            done=~self.gone,
            statements=(columns.rename(self.name, self.tombstone, self.column.name),),
        )

    def _close(self) -> Iterator[Step]:
        for index in self.table.indexes:
            if self.column.name in index.columns and index.constraint is None and self._is_plain:
                yield dropped_index_step(self.table, Phase.CONTRACT, index.name)
        yield Step(
            name="gone",
            phase=Phase.CONTRACT,
            summary=f"{self.column.name} and its values are gone",
            done=~probes.column_exists(self.name, self.tombstone) & self.gone,
            statements=tuple(dropped(self.table, self.tombstone, like=self.column.name)),
        )

    @property
    def _is_plain(self) -> bool:
        """Whether an index of it can be dropped concurrently; else it goes with the column."""
        return self.table.kind == "ordinary"

    def _remake(self, *, nullable: bool) -> Iterator[Step]:
        """The column without its values, and what hung on it."""
        column, name, phase = self.column, self.column.name, Phase.CONTRACT
        twin = Twin(
            table=self.name,
            source=name,
            target=name,
            column=column,
            key=(),
            key_types=(),
            helper_key=self.key,
            finished=NEVER,
            is_original=True,
        )
        yield Step(
            name="column again",
            phase=phase,
            summary=f"{self.name.plain} has a column {name} again, without values",
            done=~self.gone,
            statements=(
                *added(self.table, name, column, like=name),
                *properties(self.table, name, column, like=name),
                *([columns.set_default(self.name, name, column.default)] if column.default else []),
            ),
        )
        to = To(new=name, key=self.key, major=self.major)
        for member in members(self.table, column, to):
            hung, there = member.hung, member.twin(twin)
            if member.is_root and nullable:
                hung = replace(hung, column=replace(column, not_null=False))
            yield from member.steps(hung.built(there, phase))
            yield from member.steps(hung.held(there, phase))


KIND = DropColumn

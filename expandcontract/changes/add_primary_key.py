"""A table gets a primary key while it is read and written."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes._carrying import helper
from expandcontract.changes._offenders import duplicates, rows_where
from expandcontract.changes._refusing import refuse
from expandcontract.changes._steps import not_null_steps, nulls_refused_step
from expandcontract.changes._texts import as_tuples
from expandcontract.changes._trees import spread
from expandcontract.changes._trying_made import constraint_trials
from expandcontract.changes._unique import (
    definition,
    held_steps,
    looked_for_step,
    name_is_free,
    refusals,
)
from expandcontract.changes.base import Labels
from expandcontract.ddl import columns, probes
from expandcontract.model.catalog import Catalog, Index, IndexKey, Table
from expandcontract.model.names import TableName, quoted, refuse_too_long, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.probe import ALWAYS, any_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPrimaryKey(Labels):
    """Add a primary key, through a unique index that is built concurrently.

    Columns that allow nulls are made NOT NULL first, without a scan that anybody waits for.
    Duplicates and nulls are looked for before, and some are named.

    >>> AddPrimaryKey(table="visits", columns=("day", "page")).constraint
    'visits_pkey'
    """

    kind: ClassVar[str] = "add_primary_key"

    table: str
    columns: tuple[str, ...]
    constraint: str = ""

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        as_tuples(self, "columns")
        table = TableName.parse(self.table)
        if not self.columns:
            refuse(f"a primary key of {table.plain}", ("it names no column",))
        if not self.constraint:
            object.__setattr__(self, "constraint", self.name or f"{table.name}_pkey")
        refuse_too_long(self.constraint)
        if not self.name:
            object.__setattr__(self, "name", slug(f"{table.plain}.primary-key"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table that gets the key."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """No nulls, no duplicates, the index, and the key that takes it over."""
        table = catalog.table(self.tables[0])
        refuse(f"the primary key of {table.name.plain}", self._refusals(table))
        sample = duplicates(table, self.columns)
        index = Index(
            name=self.constraint,
            keys=tuple(IndexKey(column=column) for column in self.columns),
            unique=True,
        )
        plan = Plan(
            steps=(
                *self._not_null(table, catalog.major),
                looked_for_step(table.name, Phase.EXPAND, self.constraint, sample),
                *held_steps(table, index, "PRIMARY KEY", offenders=sample),
            ),
            assumptions=(name_is_free(table, self.constraint),),
            claims=tuple((table.name.plain, name) for name in ("primary key", *self.columns)),
            notes=("from expand on, old code too gets an error for a duplicate and for a null",),
            trials=tuple(
                constraint_trials(table, self.constraint, definition("PRIMARY KEY", index))
            ),
        )
        return spread(plan, table) if table.is_partitioned else plan

    def _not_null(self, table: Table, major: int) -> Iterator[Step]:
        key = short_hash(self.name, table.name.plain)
        for name in self.columns:
            if not table.column(name).not_null:
                yield from _nullable_again(table, name)
                check, sample = (
                    helper(key, "nn", name),
                    rows_where(table, f"{quoted(name)} IS NULL"),
                )
                yield nulls_refused_step(table, Phase.EXPAND, name, check, major)
                for step in not_null_steps(table, Phase.EXPAND, name, check, major):
                    yield replace(step, offenders=sample)

    def _refusals(self, table: Table) -> Iterator[str]:
        yield from refusals(table, self.columns, self.constraint)
        for name in self.columns:
            table.column(name)
        for index in table.indexes:
            if index.primary:
                yield f"{table.name.plain} has the primary key {index.name} already"


def _nullable_again(table: Table, column: str) -> Iterator[Step]:
    """From 18 on a partition's key gives it a NOT NULL of its own, which the parent's leaves."""
    parts = [p.name for p in table.parts if not p.column(column).not_null]
    if table.is_partitioned and parts:
        refused = [probes.nulls_are_refused(part, column) for part in parts]
        dropped = (columns.drop_not_null(part, column) for part in parts)
        yield Step(
            name=f"way back {column}",
            phase=Phase.EXPAND,
            summary=f"its revert allows nulls in {column} of every partition",
            done=ALWAYS,
            revert=tuple(
                replace(statement, only_when=probe)
                for statement, probe in zip(dropped, refused, strict=True)
            ),
            reverted=~any_of(refused),
        )


KIND = AddPrimaryKey

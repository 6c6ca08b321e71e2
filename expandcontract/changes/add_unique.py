"""A table gets a unique constraint while it is read and written."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes._offenders import duplicates
from expandcontract.changes._refusing import refuse
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
from expandcontract.model.catalog import Catalog, Index, IndexKey, Table
from expandcontract.model.names import TableName, refuse_too_long, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan

NULLS_SINCE = 15
"""The first major with NULLS NOT DISTINCT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUnique(Labels):
    """Add a unique constraint, through an index that is built concurrently.

    Duplicates are looked for before the build begins, and some are named: a build that meets one
    ends with an error after hours, and makes writers fail until then. `constraint` is the
    constraint's name, by default that of the change, or the one that PostgreSQL would give.

    >>> AddUnique(table="users", columns="email").constraint
    'users_email_key'
    """

    kind: ClassVar[str] = "add_unique"

    table: str
    columns: tuple[str, ...]
    constraint: str = ""
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    deferrable: bool = False
    initially_deferred: bool = False

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        as_tuples(self, "columns", "include")
        table = TableName.parse(self.table)
        if not self.columns:
            refuse(f"a unique constraint on {table.plain}", ("it names no column",))
        if not self.constraint:
            name = self.name or f"{table.name}_{'_'.join(self.columns)}_key"
            object.__setattr__(self, "constraint", name)
        refuse_too_long(self.constraint)
        if not self.name:
            object.__setattr__(self, "name", slug(f"{table.plain}.unique-{self.constraint}"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table that gets the constraint."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """No duplicates, the index, and the constraint that takes it over."""
        table = catalog.table(self.tables[0])
        what = f"the unique constraint {self.constraint} on {table.name.plain}"
        refuse(what, self._refusals(table, catalog.major))
        sample = duplicates(table, self.columns, nulls_too=self.nulls_not_distinct)
        timing = "DEFERRABLE" * (self.deferrable or self.initially_deferred)
        timing += " INITIALLY DEFERRED" * self.initially_deferred
        index = Index(
            name=self.constraint,
            keys=tuple(IndexKey(column=column) for column in self.columns),
            unique=True,
            include=self.include,
            nulls_not_distinct=self.nulls_not_distinct,
        )
        plan = Plan(
            steps=(
                looked_for_step(table.name, Phase.EXPAND, self.constraint, sample),
                *held_steps(table, index, "UNIQUE", offenders=sample, timing=timing),
            ),
            assumptions=(name_is_free(table, self.constraint),),
            claims=((table.name.plain, f"constraint {self.constraint}"),),
            notes=("from expand on, old code too gets an error for a duplicate",),
            trials=tuple(
                constraint_trials(
                    table, self.constraint, f"{definition('UNIQUE', index)} {timing}".rstrip()
                )
            ),
        )
        return spread(plan, table) if table.is_partitioned else plan

    def _refusals(self, table: Table, major: int) -> Iterator[str]:
        yield from refusals(table, self.columns, self.constraint)
        for name in (*self.columns, *self.include):
            table.column(name)
        if self.nulls_not_distinct and major < NULLS_SINCE:
            yield f"NULLS NOT DISTINCT came with PostgreSQL {NULLS_SINCE}"


KIND = AddUnique

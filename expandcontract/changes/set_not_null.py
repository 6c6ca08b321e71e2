"""A column refuses nulls from now on, and the rows that have one are filled or named."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes._carrying import helper
from expandcontract.changes._filling import (
    fill_step,
    filler_again_step,
    filler_step,
    unfillable,
    unfiller_step,
)
from expandcontract.changes._notes import unproven
from expandcontract.changes._offenders import rows_where
from expandcontract.changes._one_expression import more_than_one
from expandcontract.changes._refusing import WITH_PARTITIONS, other_kind, refuse
from expandcontract.changes._steps import not_null_steps, nulls_refused_step
from expandcontract.changes._trees import (
    inherited,
    inheriting,
    spread,
    tree_refusals,
    unfillable_parts,
)
from expandcontract.changes._trying_filled import fill_trials
from expandcontract.changes.base import Labels
from expandcontract.ddl.filling import Filler
from expandcontract.model.catalog import Catalog, Column, Table
from expandcontract.model.names import TableName, quoted, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNotNull(Labels):
    """Make a column NOT NULL, without a scan that anybody waits for.

    With `fill`, an SQL expression of the row, rows that have a null get its value, and so do the
    writes of old code until contract. Without it, a null is refused from expand on.

    >>> SetNotNull(table="users", column="email").name
    'users.email-not-null'
    """

    kind: ClassVar[str] = "set_not_null"

    table: str
    column: str
    fill: str = ""

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        if not self.name:
            table = TableName.parse(self.table)
            object.__setattr__(self, "name", slug(f"{table.plain}.{self.column}-not-null"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table of the column."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """Nulls refused in new rows, filled in old ones, and the absence of nulls proved."""
        table = catalog.table(self.tables[0])
        column = table.column(self.column)
        refuse(f"NOT NULL on {table.name.plain}.{column.name}", self._refusals(table, column))
        key = short_hash(self.name, table.name.plain)
        check, major = helper(key, "nn"), catalog.major
        filler = Filler(
            table=table.name,
            key=key,
            column=column.name,
            value=self.fill,
            search_path=catalog.search_path,
            others=inheriting(table),
        )
        sample = rows_where(table, f"{quoted(column.name)} IS NULL")
        refused = nulls_refused_step(table, Phase.EXPAND, column.name, check, major)
        proved = not_null_steps(table, Phase.SWITCH, column.name, check, major)
        proved = tuple(replace(step, offenders=sample) for step in proved)
        claims = ((table.name.plain, column.name),)
        if not self.fill:
            note = (
                f"from expand on, a write that leaves {column.name} null is refused: every update "
                "of a row that has one already, too; give fill=, or fill them before"
            )
            plan = Plan(steps=(refused, *proved), claims=claims, notes=(note,))
            return spread(plan, table)
        contracted = unfiller_step(filler)
        filled = filler_step(filler)
        is_over = contracted.done & proved[-1].done
        plan = Plan(
            steps=(
                replace(filled, done=is_over | filled.done),
                refused,
                fill_step(table, column.name, column.type, self.fill),
                *proved,
                contracted,
            ),
            comeback=(filler_again_step(filler),),
            claims=claims,
            counters={"old_writes": filler.counter},
            notes=(
                (
                    f"contract drops the trigger; from then on a write that leaves {column.name} "
                    "null is refused"
                ),
                *unproven(table),
            ),
            trials=tuple(fill_trials(table, catalog.search_path, quoted(column.name), self.fill)),
        )
        return spread(plan, table)

    def _refusals(self, table: Table, column: Column) -> Iterator[str]:
        yield from other_kind(table, WITH_PARTITIONS, parts=True)
        yield from tree_refusals(table)
        yield from inherited(table, column)
        if column.not_null:
            yield f"{table.name.plain}.{column.name} is NOT NULL already"
        if column.generated and self.fill:
            yield f"{column.name} is generated, so that nothing can fill it; change its expression"
        if self.fill:
            yield from more_than_one(self.fill)
            yield from unfillable(table)
            yield from unfillable_parts(table)


KIND = SetNotNull

"""A table gets a check: for new rows at once, for the others after a look at them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes._offenders import rows_where
from expandcontract.changes._one_expression import more_than_one
from expandcontract.changes._refusing import WITH_PARTITIONS, other_kind, refuse, taken
from expandcontract.changes._steps import unproved_step, validate_step
from expandcontract.changes._trees import spread, tree_refusals
from expandcontract.changes._trying import along, policed
from expandcontract.changes.base import Labels
from expandcontract.errors import ArgumentError
from expandcontract.model.catalog import Catalog, Table
from expandcontract.model.names import TableName, refuse_too_long, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan
from expandcontract.model.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheck(Labels):
    """Add a check of that name; `condition` is an SQL expression of the row.

    New rows are held to it from expand on; the switch looks at the others while reads and writes
    go on, and names some that break it. `constraint` is for one that is not named as the change.

    >>> AddCheck(table="users", name="age_positive", condition="age > 0").constraint
    'age_positive'
    """

    kind: ClassVar[str] = "add_check"

    table: str
    condition: str
    constraint: str = ""

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        if not self.constraint and not self.name:
            raise ArgumentError("ec.AddCheck", "constraint", "", "what the check is to be called")
        if not self.constraint:
            object.__setattr__(self, "constraint", self.name)
        refuse_too_long(self.constraint)
        table = TableName.parse(self.table)
        if not self.condition.strip():
            refuse(f"the check {self.constraint} on {table.plain}", ("it has no condition",))
        if not self.name:
            object.__setattr__(self, "name", slug(f"{table.plain}.check-{self.constraint}"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table that is checked."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """The check for new rows, and its proof for the others."""
        table = catalog.table(self.tables[0])
        refuse(f"the check {self.constraint} on {table.name.plain}", self._refusals(table))
        held = unproved_step(table.name, Phase.EXPAND, self.constraint, f"CHECK ({self.condition})")
        proved = validate_step(table.name, Phase.SWITCH, self.constraint)
        sample = rows_where(table, f"NOT ({self.condition})")
        plan = Plan(
            steps=(held, replace(proved, offenders=sample)),
            claims=((table.name.plain, f"constraint {self.constraint}"),),
            notes=("from expand on, old code too is held to it; it must not write other rows",),
            trials=(
                along(catalog.search_path),
                policed(),
                Trial(
                    text=f"the condition of {self.constraint}",
                    sql=f"SELECT FROM {table.name} WHERE ({self.condition}\n) LIMIT 0",
                ),
            ),
        )
        return spread(plan, table)

    def _refusals(self, table: Table) -> Iterator[str]:
        yield from more_than_one(self.condition)
        yield from other_kind(table, WITH_PARTITIONS, parts=True)
        yield from tree_refusals(table)
        for one in (table, *table.parts):
            yield from taken(one, self.constraint)


KIND = AddCheck

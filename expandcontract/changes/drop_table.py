"""A table goes: first out of sight, and in the end for good."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes._carrying import helper
from expandcontract.changes._refusing import WITH_PARTITIONS, other_kind, refuse
from expandcontract.changes.base import Labels
from expandcontract.ddl import constraints, probes, relation_probes, tables
from expandcontract.model.catalog import Catalog, ConstraintKind, Table
from expandcontract.model.names import TableName, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import WHOLE, Plan, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTable(Labels):
    """Drop a table, with a week in which it can be had back.

    Contract puts it out of sight under a helper's name, with all its rows; closing drops its
    foreign keys one by one, so that no other table is locked for long, and then it.

    >>> DropTable(table="faxes").name
    'faxes.drop'
    """

    kind: ClassVar[str] = "drop_table"

    table: str

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        if not self.name:
            object.__setattr__(self, "name", slug(f"{TableName.parse(self.table).plain}.drop"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table that goes."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """Out of sight, gone."""
        table = catalog.table(self.tables[0])
        name = table.name
        refuse(f"dropping {name.plain}", _refusals(table))
        tombstone = TableName(helper(short_hash(self.name, name.plain), "gone"), name.schema)
        stands = relation_probes.is_table(name)
        hidden = relation_probes.is_table(tombstone)
        return Plan(
            steps=(
                Step(
                    name="out of sight",
                    phase=Phase.CONTRACT,
                    summary=f"{name.plain} is out of sight, with all its rows",
                    done=~stands,
                    statements=(tables.rename(name, tombstone.name),),
                ),
            ),
            comeback=(
                Step(
                    name="in sight again",
                    phase=Phase.CONTRACT,
                    summary=f"{name.plain} is there again, with its rows",
                    done=~hidden & stands,
                    statements=(tables.rename(tombstone, name.name),),
                ),
            ),
            close=tuple(_close(table, tombstone)),
            claims=((name.plain, WHOLE),),
            notes=("its rows stay on disk until it is closed: ec contract NAME --close",),
        )


def _refusals(table: Table) -> Iterator[str]:
    yield from other_kind(table, WITH_PARTITIONS)
    readers = dict.fromkeys(d.description for d in table.dependents if _is_outside(d.kind))
    for description in readers:
        yield f"{description} needs it; drop that or change it first"


def _is_outside(kind: str) -> bool:
    """Whether something would be left without the table: its own policies and triggers go too."""
    return kind not in {"policy", "trigger", "publication", "statistics", "statistics object"}


def _close(table: Table, tombstone: TableName) -> Iterator[Step]:
    for constraint in table.constraints:
        if constraint.kind is ConstraintKind.FOREIGN_KEY:
            yield Step(
                name=f"drop {constraint.name}",
                phase=Phase.CONTRACT,
                summary=f"{constraint.name} refers to nothing any more",
                done=~probes.constraint_exists(tombstone, constraint.name),
                statements=(constraints.drop(tombstone, constraint.name),),
            )
    yield Step(
        name="gone",
        phase=Phase.CONTRACT,
        summary=f"{table.name.plain} and its rows are gone",
        done=~relation_probes.is_table(tombstone),
        statements=(tables.drop(tombstone),),
    )


KIND = DropTable

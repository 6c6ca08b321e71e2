"""A table gets partitions while it is read and written."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes import _parting, _partitions
from expandcontract.changes._index_roles import index_refusals
from expandcontract.changes._parted import Swap
from expandcontract.changes._partitions import METHODS, Parting
from expandcontract.changes.base import Labels
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.catalog import Catalog, ConstraintKind, Table, TableKind
from expandcontract.model.names import TableName, refuse_too_long, short_hash, slug
from expandcontract.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionTable(Labels):
    """Turn a table into a partitioned one of the same name.

    `method` is range, list or hash, `columns` the partition key, which every unique index has to
    hold, and `partitions` name and bound as in SQL. A trigger keeps a partitioned copy equal; the
    switch gives it the name, and keeps the old table equal until contract drops it.

    >>> PartitionTable(
    ...     table="events",
    ...     method="range",
    ...     columns=("day",),
    ...     partitions=(
    ...         "events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    ...         "events_rest DEFAULT",
    ...     ),
    ... ).name
    'events.partitioned'
    """

    kind: ClassVar[str] = "partition_table"
    reads_referencing: ClassVar[bool] = True

    table: str
    method: str
    columns: tuple[str, ...]
    partitions: tuple[str, ...]

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        for field in ("columns", "partitions"):
            value = getattr(self, field)
            object.__setattr__(self, field, (value,) if isinstance(value, str) else tuple(value))
        table = TableName.parse(self.table)
        for column in self.columns:
            refuse_too_long(column)
        if reasons := tuple(self._misread()):
            raise ChangeRefusedError(f"the partitioning of {table.plain}", reasons)
        if not self.name:
            object.__setattr__(self, "name", slug(f"{table.plain}.partitioned"))

    def _misread(self) -> Iterator[str]:
        if self.method not in METHODS:
            yield f"{self.method!r} is no method; use one of {', '.join(METHODS)}"
        if not self.columns:
            yield "no column is named"
        try:
            parting = self._parting()
        except ValueError as error:
            yield (
                f"the partition {str(error)!r} is not understood; write its name and FOR VALUES … "
                "or DEFAULT"
            )
            return
        yield from _partitions.gaps(parting)

    def _parting(self) -> Parting:
        return _partitions.read(self.method, self.columns, self.partitions)

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table; those that refer to it keep it from being done."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """Partitioned copy, mirror, fill, and one swap that can be taken back until contract."""
        table = catalog.table(self.tables[0])
        if reasons := tuple(_refusals(table, self.columns)):
            raise ChangeRefusedError(f"the partitioning of {table.name.plain}", reasons)
        key = short_hash(self.name, table.name.plain)
        return _parting.plan(Swap(table=table, parting=self._parting(), key=key))


def _refusals(table: Table, columns: tuple[str, ...]) -> Iterator[str]:
    name = table.name.plain
    if table.kind is not TableKind.ORDINARY or table.inherits:
        yield f"{name} is not a plain table of its own; only such ones can be done"
    if table.key() is None:
        yield (
            f"{name} has no primary key and no unique index over NOT NULL columns, by which a row "
            "could be found in both tables; add one first"
        )
    if table.referring is None:
        yield "a history of revisions does not tell what refers to the table; use a database"
    for reference in table.referring or ():
        yield (
            f"the foreign key {reference.constraint} of {reference.table.plain} refers to {name}; "
            "drop it first, and add it again after contract"
        )
    if table.row_security:
        yield f"{name} has row security, whose policies would stay with the old table"
    if table.publications:
        names = ", ".join(table.publications)
        yield f"{name} is published ({names}); take it out first, and add it again after contract"
    for trigger in table.triggers:
        yield f"the trigger {trigger} would stay with the old table; drop it, or make it a rule"
    yield from _hanging(table)
    yield from _index_refusals(table, tuple(table.column(column).name for column in columns))


def _hanging(table: Table) -> Iterator[str]:
    """What would stay with the old table, or cannot stand on a partitioned one."""
    # LIKE copies generated columns, which read others of the same table (columns before 15).
    kinds = {"foreign key", "default value", "table column"}
    known = {item.description for item in table.dependents if item.kind in kinds}
    for description in dict.fromkeys(item.description for item in table.dependents):
        if description not in known:
            yield f"{description} would stay with the old table; drop it, and make it again"
    yield from _constraint_refusals(table)


def _constraint_refusals(table: Table) -> Iterator[str]:
    for constraint in table.constraints:
        name = f"the {constraint.kind} constraint {constraint.name}"
        if constraint.kind is ConstraintKind.EXCLUSION:
            yield f"{name} cannot stand on every version's partitioned tables"
        if constraint.definition.endswith("NO INHERIT"):
            yield f"{name} is NO INHERIT, which a partitioned table cannot hold"
        if constraint.kind is ConstraintKind.FOREIGN_KEY and not constraint.valid:
            yield f"{name} is not valid; validate it first"


def _index_refusals(table: Table, columns: tuple[str, ...]) -> Iterator[str]:
    for index in table.indexes:
        yield from index_refusals(index, table.name.plain)
        plain = {key.column for key in index.keys}
        if index.unique and not plain >= set(columns):
            yield (
                f"the unique index {index.name} does not hold ({', '.join(columns)}), which "
                "PostgreSQL demands of a partitioned table's; make the partition key a part of it"
            )


KIND = PartitionTable

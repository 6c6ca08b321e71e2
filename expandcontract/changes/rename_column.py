"""A column gets another name while old code still uses the old one."""

from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes._exchange import comeback, retire_step
from expandcontract.changes._members import member_refusals
from expandcontract.changes._named_in_triggers import named_in_triggers
from expandcontract.changes._notes import by_position, deferrable, notes, published, unproven
from expandcontract.changes._pair import Pair
from expandcontract.changes._pair_words import assumptions, retired
from expandcontract.changes._trees import spread
from expandcontract.changes._twin import newcomers_step
from expandcontract.changes._values import Copy
from expandcontract.changes._written_anew import never_null, written_anew
from expandcontract.changes.base import Labels
from expandcontract.ddl import probes
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.catalog import Catalog, Column, Table
from expandcontract.model.names import TableName, refuse_too_long, short_hash, slug
from expandcontract.model.plan import Plan
from expandcontract.model.types import read


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameColumn(Labels):
    """Rename `old` to `new`, through a second column that a trigger keeps equal.

    >>> RenameColumn(table="users", old="email", new="email_address").name
    'users.email-to-email_address'
    """

    kind: ClassVar[str] = "rename_column"

    table: str
    old: str
    new: str
    leave: tuple[str, ...] = ()  #: what hangs on the column and is not carried: your word
    strict: bool = False  #: refuse a write of both columns that gives different values

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        object.__setattr__(self, "leave", tuple(self.leave))
        for column in (self.old, self.new):
            refuse_too_long(column)
        table = TableName.parse(self.table)
        if self.old == self.new:
            raise ChangeRefusedError(
                f"the rename of {table.plain}.{self.old}", ("old and new name are the same",)
            )
        if not self.name:
            object.__setattr__(self, "name", slug(f"{table.plain}.{self.old}-to-{self.new}"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table of the column."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """New column, trigger, copy, carried constraints, authority, and one final transaction."""
        table = catalog.table(self.tables[0])
        column = table.column(self.old)
        self._refuse(table, column)
        return spread(_plan(self, table, column, catalog.major), table)

    def _refuse(self, table: Table, column: Column) -> None:
        reasons = tuple(member_refusals(table, column, self.new, self.leave))
        if reasons:
            raise ChangeRefusedError(f"the rename of {table.name.plain}.{self.old}", reasons)


def _plan(change: RenameColumn, table: Table, column: Column, major: int) -> Plan:
    name, type_ = table.name, read(column.type)
    gone = ~probes.column_exists(name, change.old) & probes.column_exists(name, change.new)
    pair = Pair(
        table=table,
        old=column,
        new=replace(column, name=change.new),
        key=short_hash(change.name, name.plain),
        up=Copy(change.new, change.old, type_),
        down=Copy(change.old, change.new, type_),
        # Nothing of the old shape is left, and the new one stands: true for ever after contract.
        finished=gone,
        strict=change.name if change.strict else "",
        major=major,
    )
    return Plan(
        steps=(
            pair.expand(),
            *pair.fill(),
            *pair.prove(),
            pair.lead(),
            *newcomers_step(table, pair.forward),
            retire_step(pair),
        ),
        comeback=comeback(pair),
        assumptions=tuple(assumptions(pair)),
        retires=retired(pair),
        claims=pair.claims,
        counters={"old_writes": pair.sync.old_writes, "conflicts": pair.sync.conflicts},
        notes=(
            *notes(pair.sync, name),
            *by_position(name),
            *deferrable(pair),
            *published(table, (change.new,)),
            *unproven(table),
        ),
        trials=(
            *never_null(column.type),
            *written_anew(table, column.type),
            *named_in_triggers(table, change.old, change.leave),
        ),
    )


KIND = RenameColumn

"""A column gets another name while old code still uses the old one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes import _twin
from expandcontract.changes._carrying import (
    CarriedCheck,
    carried_checks,
    carried_indexes,
    carried_not_null,
    refusals,
    twin_refusals,
)
from expandcontract.changes._names import give_names_back, take_names
from expandcontract.changes._twin import Twin
from expandcontract.changes.base import Labels
from expandcontract.ddl import columns, probes, sync, tables
from expandcontract.ddl.sync import Side, Sync
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.catalog import Catalog, Column, Table, TableKind
from expandcontract.model.names import TableName, refuse_too_long, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Assumption, Plan, Retired, Step
from expandcontract.model.probe import NEVER, Probe
from expandcontract.model.statement import Statement


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

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
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
        return _Rename(self, table, column).plan()

    def _refuse(self, table: Table, column: Column) -> None:
        reasons = list(refusals(table, column))
        if table.kind is not TableKind.ORDINARY or table.inherits:
            kind = "part of an inheritance tree" if table.inherits else f"a {table.kind} table"
            reasons.insert(0, f"{table.name.plain} is {kind}; only plain tables can be done")
        reasons += twin_refusals(table, self.new)
        if reasons:
            raise ChangeRefusedError(f"the rename of {table.name.plain}.{self.old}", tuple(reasons))


class _Rename:
    """One rename on one table: the values from which its steps are made."""

    def __init__(self, change: RenameColumn, table: Table, column: Column) -> None:
        self.old, self.new = change.old, change.new
        self.table, self.column, self.name = table, column, table.name
        self.key = short_hash(change.name, table.name.plain)
        # Nothing of the old shape is left, and the new one stands: true for ever after contract.
        self.finished: Probe = ~probes.column_exists(self.name, self.old) & probes.column_exists(
            self.name, self.new
        )
        self.sync = self._sync()
        self.indexes = carried_indexes(table, self.old, self.new, self.key)
        self.checks = carried_checks(table, self.old, self.new, self.key)
        self.not_null = carried_not_null(table, self.old, self.key)

    def plan(self) -> Plan:
        forward = self._twin(self.old, self.new)
        return Plan(
            steps=(
                self._expand(),
                _twin.copy_step(forward, Phase.BACKFILL),
                *(_twin.index_step(forward, Phase.BACKFILL, c.twin) for c in self.indexes),
                *self._uniques(forward, Phase.BACKFILL),
                _twin.verify_step(forward, Phase.SWITCH),
                *self._held(forward, Phase.SWITCH),
                self._authority(),
                self._contract(),
            ),
            comeback=self._comeback(),
            assumptions=(
                Assumption(
                    text=f"{self.name.plain}.{self.old} is of type {self.column.type}",
                    probe=self.finished | probes.column_is(self.name, self.old, self.column.type),
                ),
            ),
            retires=(
                Retired(
                    table=self.name,
                    column=self.old,
                    carried=self._carried_names(),
                    properties=self.column.properties,
                ),
            ),
            claims=((self.name.plain, self.old), (self.name.plain, self.new)),
            counters={"old_writes": self.sync.old_writes, "conflicts": self.sync.conflicts},
            notes=(
                (
                    "an INSERT that gives both columns, with different values, is counted as "
                    "a conflict; the side with authority wins"
                ),
                (
                    f"a prepared SELECT * on {self.name.plain} fails once in every connection when "
                    "the column is added or dropped"
                ),
            ),
        )

    def _sync(self) -> Sync:
        def side(name: str, other: str, default: str | None = None) -> Side:
            return Side(
                column=name,
                value=sync.field("NEW", other),
                default=default,
                equality_is_identity=self.column.equality_is_identity,
            )

        return Sync(
            table=self.name,
            key=self.key,
            old=(side(self.old, self.new, self.column.default),),
            new=(side(self.new, self.old),),
        )

    def _twin(self, source: str, target: str) -> Twin:
        key = self.table.key()
        if key is None:
            raise AssertionError
        key_columns = tuple(k.column or "" for k in key.keys)
        return Twin(
            table=self.name,
            source=source,
            target=target,
            column=self.column,
            # Where the column is part of the key, the side that is full is walked along.
            key=tuple(source if name == self.old else name for name in key_columns),
            key_types=tuple(self.table.column(name).type for name in key_columns),
            helper_key=self.key,
            finished=self.finished,
        )

    def _expand(self) -> Step:
        stands = probes.column_exists(self.name, self.new) & probes.sync_stands(self.sync)
        return Step(
            name="twin",
            phase=Phase.EXPAND,
            summary=f"{self.new} stands beside {self.old}, and a trigger keeps both equal",
            done=self.finished | stands,
            statements=(
                columns.add(self.name, self.new, self.column),
                *columns.properties(self.name, self.new, self.column),
                *sync.create(self.sync, new_leads=False),
            ),
            revert=(*sync.drop(self.sync), columns.drop(self.name, self.new)),
            reverted=~probes.column_exists(self.name, self.new) & probes.sync_is_gone(self.sync),
        )

    def _uniques(self, twin: Twin, phase: Phase) -> Iterator[Step]:
        """The unique constraints, in the phase of their indexes: they go and come as one."""
        back = twin.is_original
        for index in self.indexes:
            if index.constraint is not None:
                built = index.original.name if back else index.twin.name
                name = index.constraint.name if back else index.twin.name
                yield _twin.unique_step(twin, phase, index, built, name)

    def _held(self, twin: Twin, phase: Phase) -> tuple[Step, ...]:
        """Checks and NOT NULL of the column, on its twin under helpers' names."""
        back = twin.is_original
        steps: list[Step] = []
        for check in self.checks:
            name = check.original.name if back else check.twin.name
            steps += _twin.check_steps(twin, phase, self._facing(check, back=back), name)
        if self.column.not_null:
            steps += _twin.not_null_steps(twin, phase, self.not_null)
        return tuple(steps)

    def _facing(self, check: CarriedCheck, *, back: bool) -> CarriedCheck:
        """The check as the target of the copy must have it."""
        if not back:
            return check
        definition = check.original.definition.removesuffix(" NOT VALID")
        return replace(check, twin=replace(check.original, definition=definition))

    def _authority(self) -> Step:
        leads = probes.new_leads(self.sync)
        return Step(
            name="authority",
            phase=Phase.SWITCH,
            summary=f"{self.new} leads: it wins where both columns are written differently",
            done=self.finished | leads,
            statements=(sync.create_function(self.sync, new_leads=True),),
            revert=(sync.create_function(self.sync, new_leads=False),),
            reverted=~leads,
        )

    def _contract(self) -> Step:
        """Triggers first, column next, names last, in one transaction: nobody sees a half."""
        return Step(
            name="retire",
            phase=Phase.CONTRACT,
            summary=f"{self.old} and the trigger are gone; all that hung on it hangs on {self.new}",
            done=self.finished,
            statements=(
                tables.lock_exclusively(self.name),
                *sync.drop(self.sync),
                columns.drop(self.name, self.old),
                *take_names(self.name, self.indexes, self._named()),
                *self._take_default(self.new),
            ),
        )

    def _named(self) -> tuple[CarriedCheck, ...]:
        return self.checks if self.not_null is None else (*self.checks, self.not_null)

    def _take_default(self, column: str) -> tuple[Statement, ...]:
        if self.column.default is None:
            return ()
        return (columns.set_default(self.name, column, self.column.default),)

    def _comeback(self) -> tuple[Step, ...]:
        """The old column made again from the new one, which has lost nothing."""
        phase, backward = Phase.CONTRACT, self._twin(self.new, self.old)
        backward = replace(backward, finished=NEVER, is_original=True)
        undefault = (columns.drop_default(self.name, self.new),) if self.column.default else ()
        again = Step(
            name="old column again",
            phase=phase,
            summary=f"{self.old} stands beside {self.new} again, and a trigger keeps both equal",
            done=probes.column_exists(self.name, self.old) & probes.sync_stands(self.sync),
            statements=(
                tables.lock_exclusively(self.name),
                *give_names_back(self.name, self.indexes, self._named()),
                *undefault,
                columns.add(self.name, self.old, self.column),
                *self._take_default(self.old),
                *columns.properties(self.name, self.old, self.column),
                *sync.create(self.sync, new_leads=True),
            ),
        )
        return (
            again,
            _twin.copy_step(backward, phase, "copy back"),
            *(
                _twin.index_step(backward, phase, replace(c.original, constraint=None))
                for c in self.indexes
            ),
            *(
                step
                for c in self.indexes
                for step in _twin.index_comment_step(backward, phase, c.original)
            ),
            *self._uniques(backward, phase),
            *self._held(backward, phase),
            _twin.verify_step(backward, phase, "verify back"),
        )

    def _carried_names(self) -> tuple[str, ...]:
        names = [index.original.name for index in self.indexes]
        names += [index.constraint.name for index in self.indexes if index.constraint]
        names += [check.original.name for check in self._named()]
        return tuple(dict.fromkeys(names))


KIND = RenameColumn

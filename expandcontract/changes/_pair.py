"""A column and the one that takes its place, with all that hangs on it.

Of a rename the new column keeps its name, and the old one is dropped at contract. Of a change of
type the new column takes the old one's name at contract, and the old one is kept as a tombstone
until the change is closed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from expandcontract.changes import _twin
from expandcontract.changes._carrying import Adapt, as_it_is, helper
from expandcontract.changes._claiming import claims
from expandcontract.changes._hung import Hung, To
from expandcontract.changes._members import Member, members
from expandcontract.changes._pointing import Pointing, pointed, pointing
from expandcontract.changes._restoring import narrowed, widened
from expandcontract.changes._tree_columns import added, dropped, properties
from expandcontract.changes._trees import inheriting
from expandcontract.changes._twin import Twin
from expandcontract.changes._values import AnyValue, Copy, unlike
from expandcontract.ddl import columns, probes, sync
from expandcontract.ddl.sides import Side, Sync
from expandcontract.model.catalog import Column, Table
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.probe import NEVER, Probe
from expandcontract.model.statement import Statement


@dataclass(frozen=True)
class Pair:
    """The values from which the steps of one column are made."""

    table: Table
    old: Column
    new: Column  #: under the name that code may use from the backfill on
    key: str  #: makes the names of helpers
    up: AnyValue
    down: AnyValue
    finished: Probe  #: true for ever once the change is contracted
    takes_name: bool = False
    strict: str = ""
    counted: str = ""
    adapt: Adapt = as_it_is  #: writes definitions again for the new type
    major: int = 0  #: of the server; 0 where the plan is made without one
    label: str = ""  #: told in the names of steps, where a change has several pairs

    @property
    def name(self) -> TableName:
        """The table's name."""
        return self.table.name

    @property
    def final(self) -> str:
        """What the new column is called in the end."""
        return self.old.name if self.takes_name else self.new.name

    @property
    def tombstone(self) -> str:
        """What the old column is called while it is kept."""
        return helper(self.key, "t")

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """The table and its parts, each with what hangs on the column in it alone."""
        return members(
            self.table,
            self.old,
            To(new=self.new.name, key=self.key, major=self.major, adapt=self.adapt),
            retyped=self.is_retyped,
        )

    @property
    def hung(self) -> Hung:
        """Everything in the table itself that reads the old column."""
        return self.members[0].hung

    @property
    def default(self) -> str | None:
        """The new column's default, once it is alone."""
        return self.new.default

    @property
    def sync(self) -> Sync:
        """What the trigger keeps equal."""
        old, new = self.old, self.new
        return Sync(
            table=self.name,
            key=self.key,
            old=(
                Side(
                    column=old.name,
                    value=self.down.of_new,
                    # Of a number that the server gives nobody can tell whether it was given.
                    default="identity" if old.identity else old.default,
                    equality_is_identity=old.equality_is_identity,
                ),
            ),
            new=(
                Side(
                    column=new.name,
                    value=self.up.of_new,
                    equality_is_identity=new.equality_is_identity,
                ),
            ),
            watched=tuple(
                Side(
                    column=name,
                    value=None,
                    equality_is_identity=self.table.column(name).equality_is_identity,
                )
                for name in sorted(self.up.read - {old.name})
            ),
            strict=self.strict,
            counted=self.counted,
            others=inheriting(self.table),
        )

    @property
    def is_retyped(self) -> bool:
        """Whether the new column is of another type."""
        return not self.is_copy

    @property
    def has_readers(self) -> bool:
        """Whether views, policies, triggers and the like read the old column."""
        return any(member.readers for member in self.members)

    @cached_property
    def pointing(self) -> Pointing:
        """Foreign keys that point at the old column."""
        return pointing(self.table, self.old.name, self.new.name, self.key)

    def _key_of(self, source: Column) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What a backfill walks along; where the column is part of it, the side that is full."""
        key = self.table.key()
        if key is None:
            raise AssertionError
        names = [index_key.column or "" for index_key in key.keys]
        found = [
            (source.name, source.type)
            if name == self.old.name
            else (name, self.table.column(name).type)
            for name in names
        ]
        return tuple(name for name, _ in found), tuple(type_ for _, type_ in found)

    def not_from(self, up: AnyValue, old: str) -> str:
        """Where the new value is not what `up` makes of the old one, which stays otherwise.

        A null that the old column must not have says nothing: its row came after contract.
        """
        differs = unlike([(up, self.new.equality_is_identity)])
        return f"({differs}) OR {columns.is_null(old)}" if self.old.not_null else differs

    @property
    def _down_differs(self) -> str:
        return unlike([(self.down, self.old.equality_is_identity)])

    @property
    def is_copy(self) -> bool:
        """Whether both columns hold the same values."""
        return isinstance(self.up, Copy)

    @property
    def forward(self) -> Twin:
        """The new column, filled from the old one."""
        key, key_types = self._key_of(self.old)
        # A row that the new side wrote is right although `up` would make something else of it.
        written = f"({self._down_differs}) OR {columns.is_null(self.new.name)}"
        return Twin(
            table=self.name,
            source=self.old.name,
            target=self.new.name,
            column=self.new,
            key=key,
            key_types=key_types,
            helper_key=self.key,
            finished=self.finished,
            value=self.up.of_row,
            where="" if self.is_copy else written,
        )

    @property
    def backward(self) -> Twin:
        """The old column, made again from the new one."""
        key, key_types = self._key_of(self.new)
        return Twin(
            table=self.name,
            source=self.new.name,
            target=self.old.name,
            column=self.old,
            key=key,
            key_types=key_types,
            helper_key=self.key,
            finished=NEVER,
            is_original=True,
            value=self.down.of_row,
            where="" if self.is_copy else self.not_from(self.up, self.old.name),
        )

    @property
    def backward_check(self) -> Twin:
        """What a verification of the way back compares: one of both directions has to hold."""
        if self.is_copy:
            return self.backward
        checked = ((self.new.name, self.up.of_row),)
        return replace(self.backward, where=self._down_differs, checked=checked)

    def expand(self) -> Step:
        """The new column, and the trigger."""
        stands = probes.column_exists(self.name, self.new.name) & probes.sync_stands(self.sync)
        return Step(
            name=f"twin{self.label}",
            phase=Phase.EXPAND,
            summary=f"{self.new.name} stands beside {self.old.name}, and a trigger keeps both true",
            done=self.finished | stands,
            statements=(
                *added(self.table, self.new.name, self.new, like=self.old.name),
                *self.of_its_own(self.new, self.new.name),
                *self._each(lambda one: widened(one.readers, one.table, self.new.name)),
                *sync.create(self.sync, new_leads=False),
            ),
            revert=(
                *sync.drop(self.sync),
                *self._each(lambda one: narrowed(one.readers, one.table)),
                *dropped(self.table, self.new.name, like=self.old.name),
            ),
            reverted=~probes.column_exists(self.name, self.new.name)
            & probes.sync_is_gone(self.sync),
        )

    def of_its_own(self, column: Column, name: str) -> Iterator[Statement]:
        """What the column, under that name, has for itself: storage, statistics, privileges."""
        yield from properties(self.table, name, column, like=self.old.name)
        for member in self.members:
            yield from member.granted(name)

    def _each(self, made: Callable[[Member], Iterable[Statement]]) -> Iterator[Statement]:
        """Statements for every table of the tree."""
        for member in self.members:
            yield from member.statements(made(member))

    def fill(self) -> tuple[Step, ...]:
        """The copy, and the indexes that are built on it."""
        phase = Phase.BACKFILL
        copy = _twin.copy_step(self.forward, phase, f"copy{self.label}")
        return copy, *self.built(self.forward, phase)

    def built(self, twin: Twin, phase: Phase) -> Iterator[Step]:
        """Indexes of every table."""
        for member in self.members:
            yield from member.steps(member.hung.built(member.twin(twin), phase))

    def held(self, twin: Twin, phase: Phase) -> Iterator[Step]:
        """Checks and NOT NULL of every table."""
        for member in self.members:
            yield from member.steps(member.hung.held(member.twin(twin), phase))

    def prove(self) -> tuple[Step, ...]:
        """What has to hold before the new side leads."""
        phase = Phase.SWITCH
        verify = _twin.verify_step(self.forward, phase, f"verify{self.label}")
        held = self.held(self.forward, phase)
        return verify, *held, *pointed(self.pointing, self.forward, phase)

    def lead(self) -> Step:
        """The new side wins where both are written differently."""
        leads = probes.new_leads(self.sync)
        return Step(
            name=f"authority{self.label}",
            phase=Phase.SWITCH,
            summary=f"{self.new.name} leads: it wins where both columns are written differently",
            done=self.finished | leads,
            statements=(sync.create_function(self.sync, new_leads=True),),
            revert=(sync.create_function(self.sync, new_leads=False),),
            reverted=~leads,
        )

    def take_default(self, column: str, default: str | None) -> tuple[Statement, ...]:
        """A default for the column that is alone now."""
        return () if default is None else (columns.set_default(self.name, column, default),)

    @property
    def claims(self) -> tuple[tuple[str, str], ...]:
        """Both columns are taken, and what is carried from one to the other."""
        return claims(self.table, (self.old.name,), (self.new.name,))

"""Indexes, checks and NOT NULL of a column: on its twin, and on itself when it comes back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from expandcontract.changes import _twin
from expandcontract.changes._carrying import (
    Adapt,
    CarriedCheck,
    CarriedIndex,
    as_it_is,
    carried_checks,
    carried_indexes,
    carried_not_null,
)
from expandcontract.changes._foreign_keys import PARTITIONED_SINCE, part_by_part
from expandcontract.changes._twin import Twin
from expandcontract.ddl import columns, constraints, indexes
from expandcontract.model.catalog import Column, ConstraintKind, Table
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.statement import Statement


@dataclass(frozen=True, slots=True)
class Hung:
    """What hangs on the column in its own table, each with its twin."""

    table: Table
    column: Column
    indexes: tuple[CarriedIndex, ...]
    checks: tuple[CarriedCheck, ...]
    major: int  #: of the server
    not_null: CarriedCheck | None  #: the constraint behind NOT NULL, where it has a name

    @property
    def named_checks(self) -> tuple[CarriedCheck, ...]:
        """Checks, and NOT NULL where it has a name."""
        return self.checks if self.not_null is None else (*self.checks, self.not_null)

    @property
    def names(self) -> tuple[str, ...]:
        """What it is called on the original."""
        names = [index.original.name for index in self.indexes]
        names += [index.constraint.name for index in self.indexes if index.constraint]
        names += [check.original.name for check in self.named_checks]
        return tuple(dict.fromkeys(names))

    def built(self, twin: Twin, phase: Phase) -> Iterator[Step]:
        """The indexes, and the unique constraints that own some of them."""
        back = twin.is_original
        for carried in self.indexes:
            yield from _twin.index_steps(twin, phase, self.table, carried)
        if back:
            for carried in self.indexes:
                yield from _twin.index_comment_step(twin, phase, carried.original)
        for carried in self.indexes:
            if carried.constraint is not None and not self.table.is_partitioned:
                made = carried.original.name if back else carried.twin.name
                name = carried.constraint.name if back else carried.twin.name
                yield _twin.unique_step(twin, phase, carried, made, name)

    def held(self, twin: Twin, phase: Phase) -> Iterator[Step]:
        """Checks and NOT NULL; on a twin they have helpers' names."""
        back = twin.is_original
        for check in self.checks:
            name = check.original.name if back else check.twin.name
            facing = _facing(check, back=back)
            if self._is_held_part_by_part(check):
                definition = facing.twin.definition
                both = (phase, phase)
                yield from part_by_part(self.table, name, definition, both, twin.finished)
            else:
                yield from _twin.check_steps(twin, phase, facing, name)
        if self.column.not_null:
            yield from _twin.not_null_steps(twin, phase, self.not_null)

    def _is_held_part_by_part(self, check: CarriedCheck) -> bool:
        """A foreign key of a partitioned table, which cannot be NOT VALID before 18."""
        is_key = check.original.kind is ConstraintKind.FOREIGN_KEY
        return is_key and self.table.is_partitioned and self.major < PARTITIONED_SINCE

    def disarm(self) -> Iterator[Statement]:
        """Take from the column whatever could refuse a row that knows nothing of it."""
        table, column = self.table.name, self.column
        for index in self.indexes:
            if index.constraint is not None:
                yield constraints.drop(table, index.constraint.name)
            else:
                yield indexes.drop(table, index.original.name)
        for check in self.checks:
            yield constraints.drop(table, check.original.name)
        if column.not_null:
            yield columns.drop_not_null(table, column.name)
        if column.default is not None:
            yield columns.drop_default(table, column.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class To:
    """Where what hangs on a column is carried to."""

    new: str  #: the other column
    key: str  #: makes the names of helpers
    major: int  #: of the server
    adapt: Adapt = as_it_is  #: writes definitions again for the new type


def hung(
    table: Table, column: Column, to: To, *, but: frozenset[str] = frozenset(), at: str = ""
) -> Hung:
    """Everything in the table itself that reads the column, but for what has one of the names."""
    new, key, adapt = to.new, to.key, to.adapt
    return Hung(
        table,
        column,
        indexes=tuple(
            index
            for index in carried_indexes(table, column.name, new, key, adapt, at=at)
            if index.original.name not in but
        ),
        checks=tuple(
            check
            for check in carried_checks(table, column.name, new, key, adapt)
            if check.original.name not in but
        ),
        major=to.major,
        not_null=carried_not_null(table, column.name, key),
    )


def _facing(check: CarriedCheck, *, back: bool) -> CarriedCheck:
    """The check as the target of the copy must have it."""
    if not back:
        return check
    definition = check.original.definition.removesuffix(" NOT VALID")
    return replace(check, twin=replace(check.original, definition=definition))

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
from expandcontract.changes._twin import Twin
from expandcontract.ddl import columns, constraints, indexes
from expandcontract.model.catalog import Column, Table
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
            index = replace(carried.original, constraint=None) if back else carried.twin
            yield _twin.index_step(twin, phase, index)
        if back:
            for carried in self.indexes:
                yield from _twin.index_comment_step(twin, phase, carried.original)
        for carried in self.indexes:
            if carried.constraint is not None:
                made = carried.original.name if back else carried.twin.name
                name = carried.constraint.name if back else carried.twin.name
                yield _twin.unique_step(twin, phase, carried, made, name)

    def held(self, twin: Twin, phase: Phase) -> Iterator[Step]:
        """Checks and NOT NULL; on a twin they have helpers' names."""
        back = twin.is_original
        for check in self.checks:
            name = check.original.name if back else check.twin.name
            yield from _twin.check_steps(twin, phase, _facing(check, back=back), name)
        if self.column.not_null:
            yield from _twin.not_null_steps(twin, phase, self.not_null)

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


def hung(
    table: Table,
    column: Column,
    new: str,
    key: str,
    *,
    adapt: Adapt = as_it_is,
    but: frozenset[str] = frozenset(),
) -> Hung:
    """Everything in the table itself that reads the column, but for what has one of the names."""
    return Hung(
        table,
        column,
        indexes=tuple(
            index
            for index in carried_indexes(table, column.name, new, key, adapt)
            if index.original.name not in but
        ),
        checks=tuple(
            check
            for check in carried_checks(table, column.name, new, key, adapt)
            if check.original.name not in but
        ),
        not_null=carried_not_null(table, column.name, key),
    )


def _facing(check: CarriedCheck, *, back: bool) -> CarriedCheck:
    """The check as the target of the copy must have it."""
    if not back:
        return check
    definition = check.original.definition.removesuffix(" NOT VALID")
    return replace(check, twin=replace(check.original, definition=definition))

"""Foreign keys of other tables that point at a column, and then at its twin."""

from collections.abc import Iterator
from dataclasses import replace

from expandcontract.changes import _twin
from expandcontract.changes._carrying import CarriedCheck, helper
from expandcontract.changes._rewriting import renamed
from expandcontract.changes._twin import Twin
from expandcontract.ddl import constraints, tables
from expandcontract.model.catalog import Constraint, ConstraintKind, Reference, Table
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.statement import Statement

Pointing = tuple[tuple[Reference, CarriedCheck], ...]


def pointing(table: Table, old: str, new: str, key: str) -> Pointing:
    """Each foreign key that points at the column, with its twin."""
    return tuple(
        (reference, _carried(reference, old, new, key))
        for reference in table.references
        if old in reference.targets
    )


def _carried(reference: Reference, old: str, new: str, key: str) -> CarriedCheck:
    definition = reference.definition.removesuffix(" NOT VALID")
    original = Constraint(
        name=reference.name,
        kind=ConstraintKind.FOREIGN_KEY,
        columns=reference.columns,
        definition=definition,
        valid=reference.valid,
        comment=reference.comment,
    )
    # FOREIGN KEY (theirs) REFERENCES ours(ours) … ON DELETE SET NULL (theirs)
    theirs, word, ours = definition.partition(" REFERENCES ")
    target, action, listed = ours.partition(" ON DELETE SET ")
    twin = replace(
        original,
        name=helper(key, "f", reference.table.plain, reference.name),
        definition=theirs + word + renamed(target, old, new) + action + listed,
    )
    return CarriedCheck(original=original, twin=twin)


def pointed(found: Pointing, twin: Twin, phase: Phase) -> Iterator[Step]:
    """Hold the other tables to the twin: new rows first, then all."""
    for reference, carried in found:
        at = replace(twin, table=reference.table)
        name = carried.original.name if twin.is_original else carried.twin.name
        facing = replace(carried, twin=carried.original) if twin.is_original else carried
        for step in _twin.check_steps(at, phase, facing, name):
            yield replace(step, name=f"{step.name} of {reference.table.plain}")


def tables_of(found: Pointing, table: TableName) -> Iterator[Statement]:
    """Locks of the other tables, after that of the one they point at."""
    others = sorted({reference.table for reference, _ in found} - {table})
    yield from (tables.lock_exclusively(other) for other in others)


def point_on(found: Pointing) -> Iterator[Statement]:
    """At contract: what points at the old column goes, its twin takes the name."""
    for reference, carried in found:
        yield constraints.drop(reference.table, carried.original.name)
        yield constraints.rename(reference.table, carried.twin.name, carried.original.name)
        if carried.original.comment is not None:
            comment = carried.original.comment
            yield constraints.comment(reference.table, carried.original.name, comment)


def point_back(found: Pointing) -> Iterator[Statement]:
    """On the way back: the name is free for what points at the old column."""
    for reference, carried in found:
        yield constraints.rename(reference.table, carried.original.name, carried.twin.name)

"""A change of type that keeps every stored value: one transaction, which reads no row."""

from collections.abc import Iterator
from dataclasses import replace

from expandcontract.changes._claiming import claims
from expandcontract.changes._notes import PREPARED_ANEW
from expandcontract.changes._trees import for_part
from expandcontract.ddl import columns, constraints, probes
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.catalog import Column, Constraint, ConstraintKind, Table
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.statement import Statement
from expandcontract.model.types import Type


def in_place(table: Table, old: Column, type_: Type) -> Plan:
    """The plan; checks of the column are proved again afterwards, while nobody waits."""
    _refuse_dependents(table, old)
    name = table.name
    new = replace(old, type=type_.spelled, collation=old.collation if type_.is_collated else None)
    checks = tuple(
        constraint
        for constraint in table.constraints
        if constraint.kind is ConstraintKind.CHECK
        and old.name in constraint.columns
        and not constraint.definition.endswith("NOT ENFORCED")
    )
    is_new = probes.column_is(name, old.name, new.type)
    changed = Step(
        name="type",
        phase=Phase.EXPAND,
        summary=f"{old.name} is of type {new.type}",
        done=is_new,
        statements=tuple(_retype(table, old, new, checks)),
        revert=tuple(_retype_back(table, old, checks)),
        reverted=probes.column_is(name, old.name, old.type),
    )
    return Plan(
        steps=(changed, *(_prove(table, check) for check in checks if check.valid)),
        claims=claims(table, (old.name,)),
        notes=(
            (
                f"every value of {old.name} stays as it is stored: nothing is copied, and all "
                "phases after expand are empty"
            ),
            (
                "taking it back writes the table anew while everybody waits, and fails if a value "
                "no longer fits"
            ),
            f"a prepared SELECT of {old.name} fails in every connection, {PREPARED_ANEW}",
        ),
    )


def _refuse_dependents(table: Table, old: Column) -> None:
    name = f"{table.name.plain}.{old.name}"
    reasons = [
        f"{dependent.description} depends on {name}; drop it first, and make it again afterwards"
        for one in (table, *table.parts)
        for dependent in one.dependents_of(old.name)
    ]
    reasons += [
        f"{part.name.plain} has the check {check.name} on {old.name} for itself, which would be "
        "proved while everybody waits; drop it first, and add it again afterwards"
        for part in table.parts
        for check in part.constraints
        if check.kind is ConstraintKind.CHECK and old.name in check.columns and not check.inherited
    ]
    if old.generated:
        reasons.append(f"{name} is generated; add a new generated column and drop this one")
    if reasons:
        raise ChangeRefusedError(f"the change of type of {name}", tuple(reasons))


def _retype(
    table: Table, old: Column, new: Column, checks: tuple[Constraint, ...]
) -> Iterator[Statement]:
    """A check that stood would be proved again under the lock; this one holds new rows at once."""
    for check in checks:
        yield constraints.drop(table.name, check.name)
    yield columns.set_type(table.name, old.name, new.type, new.collation)
    yield from _kept(table, old)
    for check in checks:
        yield from _again(table, check)


def _retype_back(table: Table, old: Column, checks: tuple[Constraint, ...]) -> Iterator[Statement]:
    """The values are read and written again: they may not fit any more."""
    for check in checks:
        yield constraints.drop(table.name, check.name)
    yield columns.set_type_anew(table.name, old.name, old.type, old.collation)
    yield from _kept(table, old)
    for check in checks:
        yield from _again(table, check)
        if check.valid:
            yield constraints.validate(table.name, check.name)


def _kept(table: Table, old: Column) -> Iterator[Statement]:
    """What PostgreSQL resets together with the type."""
    kept = replace(old, statistics=None, options=(), comment=None, labels=())
    yield from columns.properties(table.name, old.name, kept, only=bool(table.parts))
    for part in table.parts:
        if (own := part.find(old.name)) is not None:
            kept = replace(own, statistics=None, options=(), comment=None, labels=())
            made = columns.properties(part.name, old.name, kept, only=True)
            yield from for_part(table.name, part.name, made)


def _again(table: Table, check: Constraint) -> Iterator[Statement]:
    definition = check.definition.removesuffix(" NOT VALID")
    yield constraints.add_not_valid(table.name, check.name, definition)
    if check.comment is not None:
        yield constraints.comment(table.name, check.name, check.comment)


def _prove(table: Table, check: Constraint) -> Step:
    return Step(
        name=f"validate {check.name}",
        phase=Phase.EXPAND,
        summary=f"{check.name} holds every row",
        done=probes.constraint_is_valid(table.name, check.name),
        statements=(constraints.validate(table.name, check.name),),
    )

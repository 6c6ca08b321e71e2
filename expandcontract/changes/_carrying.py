"""What hangs on a column: what a twin can carry, and what it cannot.

Everything that PostgreSQL knows to depend on the column is in one of the two lists; nothing is
lost because nobody thought of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from expandcontract.changes._rewriting import renamed
from expandcontract.ddl.sync import PREFIX
from expandcontract.model.catalog import Column, Constraint, ConstraintKind, Index, IndexKey, Table
from expandcontract.model.names import SYSTEM_COLUMNS, short_hash

Adapt = Callable[[str], str]
"""Writes a definition again for another type, after its column was renamed."""


def as_it_is(definition: str) -> str:
    """Leave a definition as it is: the type stays, or the server casts."""
    return definition


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedIndex:
    """An index of the column and its twin, which stands under a helper's name meanwhile."""

    original: Index
    twin: Index
    constraint: Constraint | None  #: the unique constraint that owns it


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedCheck:
    """A check or a NOT NULL of the column, and its twin."""

    original: Constraint
    twin: Constraint


def helper(key: str, kind: str, *what: str) -> str:
    """The name of an object that stands only while a change is open."""
    return f"{PREFIX}{key}_{kind}{short_hash(*what)[:6]}" if what else f"{PREFIX}{key}_{kind}"


def carried_not_null(table: Table, column: str, key: str) -> CarriedCheck | None:
    """The constraint behind NOT NULL, which has a name of its own from 18 on."""
    for constraint in table.constraints:
        if constraint.kind is ConstraintKind.NOT_NULL and column in constraint.columns:
            twin = replace(constraint, name=helper(key, "n", constraint.name))
            return CarriedCheck(original=constraint, twin=twin)
    return None


def carried_indexes(
    table: Table, old: str, new: str, key: str, adapt: Adapt = as_it_is
) -> tuple[CarriedIndex, ...]:
    """Twins of every index that reads the column."""
    by_name = {constraint.name: constraint for constraint in table.constraints}
    return tuple(
        CarriedIndex(
            original=index,
            twin=_twin_index(index, old, new, helper(key, "i", index.name), adapt),
            constraint=by_name.get(index.constraint) if index.constraint else None,
        )
        for index in table.indexes
        if old in index.columns
    )


def _twin_index(index: Index, old: str, new: str, name: str, adapt: Adapt) -> Index:
    def moved(key: IndexKey) -> IndexKey:
        if key.column is not None:
            return replace(key, column=new if key.column == old else key.column)
        return replace(key, expression=adapt(renamed(key.expression or "", old, new)))

    return replace(
        index,
        name=name,
        keys=tuple(moved(key) for key in index.keys),
        include=tuple(new if column == old else column for column in index.include),
        predicate=index.predicate and adapt(renamed(index.predicate, old, new)),
        columns=tuple(new if column == old else column for column in index.columns),
        constraint=None,
    )


def carried_checks(
    table: Table, old: str, new: str, key: str, adapt: Adapt = as_it_is
) -> tuple[CarriedCheck, ...]:
    """Twins of every check that reads the column."""
    return tuple(
        CarriedCheck(
            original=check,
            twin=replace(
                check,
                name=helper(key, "c", check.name),
                definition=adapt(renamed(check.definition.removesuffix(" NOT VALID"), old, new)),
            ),
        )
        for check in table.constraints
        if check.kind is ConstraintKind.CHECK and old in check.columns
    )


def refusals(table: Table, column: Column) -> tuple[str, ...]:
    """What hangs on the column and no twin can carry yet, each with what to do instead."""
    name = f"{table.name.plain}.{column.name}"
    found: list[str] = []
    if column.identity:
        found.append(f"{name} is an identity column, whose sequence cannot serve two columns")
    if column.generated:
        found.append(f"{name} is generated; add a new generated column and drop this one")
    if column.owned_sequence:
        found.append(f"{name} owns the sequence {column.owned_sequence} (serial)")
    if column.privileges:
        granted = ", ".join(column.privileges)
        found.append(f"{name} has privileges of its own ({granted}); grant them on the table")
    found += [
        f"{dependent.description} depends on {name}; drop it first, and make it again on the "
        "new column afterwards"
        for dependent in table.dependents_of(column.name)
    ]
    for index in table.indexes:
        if column.name in index.columns and not index.primary:
            found += _index_refusals(index, name)
    found += [
        f"the {constraint.kind} constraint {constraint.name} holds {name}"
        for constraint in table.constraints
        if _holds(constraint, column.name, table) and _not_carried(constraint)
    ]
    return (*found, *late_triggers(table, name))


def late_triggers(table: Table, name: str) -> Iterator[str]:
    """The application's triggers that would run behind ours."""
    for trigger in table.triggers:
        if trigger > PREFIX and not trigger.startswith(PREFIX):
            yield (
                f"the trigger {trigger} fires after the sync trigger, which would not see what it "
                f"makes of {name}; rename it first (ALTER TRIGGER … RENAME)"
            )


def twin_refusals(table: Table, new: str) -> Iterator[str]:
    """Why no second column of that name can stand in the table, or be filled."""
    if existing := table.find(new):
        yield (
            f"{table.name.plain}.{new} exists already (as {existing.type}); drop it, "
            "or choose another name"
        )
    if new in SYSTEM_COLUMNS:
        yield f"every table has a system column {new} already; choose another name"
    if table.key() is None:
        yield (
            f"{table.name.plain} has no primary key and no unique index over NOT NULL columns, "
            "which a backfill needs to walk along; add one first"
        )


def _holds(constraint: Constraint, column: str, table: Table) -> bool:
    """Whether the constraint reads the column: itself, or in its index (INCLUDE, expressions)."""
    if column in constraint.columns:
        return True
    return any(i.constraint == constraint.name and column in i.columns for i in table.indexes)


def _index_refusals(index: Index, name: str) -> Iterator[str]:
    if not index.valid:
        yield f"the index {index.name} on {name} is invalid; drop it or build it anew first"
    for role in index.roles:
        yield (
            f"the index {index.name} on {name} was given {role}, which another index does not get "
            "with its name; take it away first, and give it again afterwards"
        )


def _not_carried(constraint: Constraint) -> bool:
    match constraint.kind:
        case ConstraintKind.UNIQUE:
            return False
        case ConstraintKind.CHECK:
            return constraint.definition.endswith("NOT ENFORCED")
        case ConstraintKind.NOT_NULL:  # has words of its own from 18 on
            return constraint.definition.endswith(("NOT VALID", "NO INHERIT"))
        case _:
            return True

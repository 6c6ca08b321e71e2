"""What hangs on a column: what a twin can carry, and what it cannot.

Everything that PostgreSQL knows to depend on the column is in one of the two lists; nothing is
lost because nobody thought of it.
"""

from dataclasses import dataclass, replace

from expandcontract.changes._rewriting import renamed
from expandcontract.model.catalog import Column, Constraint, ConstraintKind, Index, IndexKey, Table
from expandcontract.model.names import short_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedIndex:
    """An index of the column and its twin, which stands under a helper's name meanwhile."""

    original: Index
    twin: Index
    constraint: Constraint | None  #: the unique constraint that owns it


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedCheck:
    """A check that reads the column, and its twin."""

    original: Constraint
    twin: Constraint


def helper(key: str, kind: str, *what: str) -> str:
    """The name of an object that stands only while a change is open."""
    return f"zz_ec_{key}_{kind}{short_hash(*what)[:6]}" if what else f"zz_ec_{key}_{kind}"


def carried_indexes(table: Table, old: str, new: str, key: str) -> tuple[CarriedIndex, ...]:
    """Twins of every index that reads the column."""
    by_name = {constraint.name: constraint for constraint in table.constraints}
    return tuple(
        CarriedIndex(
            original=index,
            twin=_twin_index(index, old, new, helper(key, "i", index.name)),
            constraint=by_name.get(index.constraint) if index.constraint else None,
        )
        for index in table.indexes
        if old in index.columns
    )


def _twin_index(index: Index, old: str, new: str, name: str) -> Index:
    def moved(key: IndexKey) -> IndexKey:
        if key.column is not None:
            return replace(key, column=new if key.column == old else key.column)
        return replace(key, expression=renamed(key.expression or "", old, new))

    return replace(
        index,
        name=name,
        keys=tuple(moved(key) for key in index.keys),
        include=tuple(new if column == old else column for column in index.include),
        predicate=None if index.predicate is None else renamed(index.predicate, old, new),
        columns=tuple(new if column == old else column for column in index.columns),
        constraint=None,
    )


def carried_checks(table: Table, old: str, new: str, key: str) -> tuple[CarriedCheck, ...]:
    """Twins of every check that reads the column."""
    return tuple(
        CarriedCheck(
            original=check,
            twin=replace(
                check,
                name=helper(key, "c", check.name),
                definition=renamed(check.definition.removesuffix(" NOT VALID"), old, new),
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
    found += [reason for index in table.indexes if (reason := _index_refusal(index, column, name))]
    found += [
        f"the {constraint.kind} constraint {constraint.name} holds {name}"
        for constraint in table.constraints
        if column.name in constraint.columns and _not_carried(constraint)
    ]
    return tuple(found)


def _index_refusal(index: Index, column: Column, name: str) -> str | None:
    if column.name not in index.columns or index.primary:
        return None  # a primary key is refused as the constraint it is
    if not index.valid:
        return f"the index {index.name} on {name} is invalid; drop it or build it anew first"
    return None


def _not_carried(constraint: Constraint) -> bool:
    if constraint.kind is ConstraintKind.CHECK:
        return constraint.definition.endswith("NOT ENFORCED")
    return constraint.kind not in {ConstraintKind.UNIQUE, ConstraintKind.NOT_NULL}

"""What hangs on a column: what a twin can carry, and what it cannot.

Everything that PostgreSQL knows to depend on the column is in one of the two lists; nothing is
lost because nobody thought of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from expandcontract.changes._index_tree import attached_names
from expandcontract.changes._leaving import essence, is_left
from expandcontract.changes._restoring import restorable
from expandcontract.changes._rewriting import renamed
from expandcontract.ddl.sync import PREFIX
from expandcontract.model.catalog import (
    Column,
    Constraint,
    ConstraintKind,
    Dependent,
    Index,
    IndexKey,
    Reference,
    Table,
)
from expandcontract.model.names import SYSTEM_COLUMNS, TableName, short_hash

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
    parts: tuple[tuple[TableName, str, str], ...] = ()
    """Of a partitioned table: partition, name of its index, and of that one's twin."""

    def names(self, *, back: bool) -> dict[TableName, str]:
        """What the partitions' indexes are called: the originals on the way back, or the twins."""
        return {part: original if back else twin for part, original, twin in self.parts}


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedCheck:
    """A check or a NOT NULL of the column, and its twin."""

    original: Constraint
    twin: Constraint
    is_on_parts: bool = False  #: a foreign key: partitions have it under a name of their own


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
    table: Table, old: str, new: str, key: str, adapt: Adapt = as_it_is, *, at: str = ""
) -> tuple[CarriedIndex, ...]:
    """Twins of every index that reads the column; `at` tells the table where it is a part."""
    by_name = {constraint.name: constraint for constraint in table.constraints}
    where = (at,) if at else ()
    return tuple(
        CarriedIndex(
            original=index,
            twin=_twin_index(index, old, new, helper(key, "i", *where, index.name), adapt),
            constraint=by_name.get(index.constraint) if index.constraint else None,
            parts=tuple(
                (part, name, helper(key, "i", part.plain, name))
                for part, name in attached_names(table, index).items()
            ),
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
        parent=None,
        keys=tuple(moved(key) for key in index.keys),
        include=tuple(new if column == old else column for column in index.include),
        predicate=index.predicate and adapt(renamed(index.predicate, old, new)),
        columns=tuple(new if column == old else column for column in index.columns),
        constraint=None,
    )


def carried_checks(
    table: Table, old: str, new: str, key: str, adapt: Adapt = as_it_is
) -> tuple[CarriedCheck, ...]:
    """Twins of every check that reads the column, and of its foreign keys."""
    return tuple(
        CarriedCheck(
            original=held,
            twin=replace(
                held,
                name=helper(key, "c", held.name),
                definition=_definition(held, old, new, adapt),
            ),
            is_on_parts=table.is_partitioned and held.kind is ConstraintKind.FOREIGN_KEY,
        )
        for held in table.constraints
        if old in held.columns and held.kind in {ConstraintKind.CHECK, ConstraintKind.FOREIGN_KEY}
    )


def _definition(held: Constraint, old: str, new: str, adapt: Adapt) -> str:
    text = held.definition.removesuffix(" NOT VALID")
    if held.kind is ConstraintKind.CHECK:
        return adapt(renamed(text, old, new))
    # FOREIGN KEY (ours) REFERENCES theirs(theirs) … ON DELETE SET NULL (ours)
    ours, word, theirs = text.partition(" REFERENCES ")
    target, action, listed = theirs.partition(" ON DELETE SET ")
    return renamed(ours, old, new) + word + target + action + renamed(listed, old, new)


def obstacles(
    table: Table, column: Column, *, retyped: bool, of_enum: bool = False
) -> Iterator[tuple[str, str]]:
    """What hangs on the column and no twin can carry: what it is, and what to do instead."""
    name = f"{table.name.plain}.{column.name}"
    can = {d.description for d in restorable(table, column, retyped=retyped)}
    can |= {r.description for r in table.references if r.is_plain and _is_other(r, table, column)}
    for dependent in table.dependents_of(column.name):
        what = dependent.description
        if what not in can:
            yield what, _instead(dependent, name)
    for constraint in table.constraints:
        if _holds(constraint, column.name, table) and _not_carried(constraint):
            what = f"constraint {constraint.name}"
            yield (
                what,
                f"the {constraint.kind} {what} holds {name}; {_cure(constraint, of_enum=of_enum)}",
            )


def _is_other(reference: Reference, table: Table, column: Column) -> bool:
    """Not a foreign key from the column to the column."""
    return not (reference.table == table.name and column.name in reference.columns)


def _instead(dependent: Dependent, name: str) -> str:
    what = f"{dependent.description} depends on {name}"
    if "column" in dependent.kind or dependent.kind == "default value":
        return f"{what}: it is generated; drop it, and add it again on the new column afterwards"
    return f"{what}; drop it first, and make it again on the new column afterwards"


def _cure(constraint: Constraint, *, of_enum: bool) -> str:
    match constraint.kind:
        case ConstraintKind.PRIMARY_KEY if of_enum:
            return "a column of a key is not replaced; make another key the primary key first"
        case ConstraintKind.PRIMARY_KEY:
            return "a wider type is done by ec.WidenPrimaryKey; keep the name of a key"
        case ConstraintKind.EXCLUSION | ConstraintKind.UNIQUE:
            return (
                "PostgreSQL builds such a constraint while everybody waits; drop it, or take a "
                "moment without load"
            )
        case _:
            return "drop it first, and add it again on the new column afterwards"


def refusals(
    table: Table, column: Column, leave: tuple[str, ...] | None = (), *, retyped: bool = False
) -> tuple[str, ...]:
    """Why the column cannot have a twin that carries everything but what is left on purpose.

    The kind for enums has no `leave`: there it is None, and not named.
    """
    name = f"{table.name.plain}.{column.name}"
    found: list[str] = []
    if column.generated:
        found.append(f"{name} is generated; add a new generated column and drop this one")
    for what, reason in obstacles(table, column, retyped=retyped, of_enum=leave is None):
        if leave is None:
            found.append(reason)
        elif not is_left(what, leave):
            found.append(f'{reason}; or see to it yourself, and say leave=("{essence(what)}",)')
    found += [
        f"the index {index.name} on {name} is invalid; drop it or build it anew first"
        for index in table.indexes
        if column.name in index.columns and not index.primary and not index.valid
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


def is_of_periods(constraint: Constraint) -> bool:
    """Whether a unique constraint lets no periods overlap (18 and later).

    Its index is one that excludes, which PostgreSQL never builds concurrently.
    """
    return constraint.definition.partition(")")[0].endswith(" WITHOUT OVERLAPS")


def _not_carried(constraint: Constraint) -> bool:
    match constraint.kind:
        case ConstraintKind.UNIQUE:
            return is_of_periods(constraint)
        case ConstraintKind.FOREIGN_KEY:
            return False
        case ConstraintKind.CHECK:
            return constraint.definition.endswith("NOT ENFORCED")
        case ConstraintKind.NOT_NULL:  # has words of its own from 18 on
            return constraint.definition.endswith(("NOT VALID", "NO INHERIT"))
        case _:
            return True

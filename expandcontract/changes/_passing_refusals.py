"""What keeps a column from passing to another table: nothing that hangs on it goes along."""

from collections.abc import Iterator

from expandcontract.changes._claiming import is_of_another
from expandcontract.changes._index_roles import index_refusals
from expandcontract.ddl.sync import PREFIX
from expandcontract.model.catalog import Column, Constraint, ConstraintKind, Table, TableKind


def passing_refusals(
    table: Table, moved: tuple[Column, ...], leaves: tuple[str, ...]
) -> Iterator[str]:
    """What stands in the way in the source."""
    if table.kind is not TableKind.ORDINARY or table.inherits:
        yield f"{table.name.plain} is not a plain table of its own; only such ones can be done"
    if table.key() is None:
        yield (
            f"{table.name.plain} has no primary key and no unique index over NOT NULL columns, by "
            "which a row could be found; add one first"
        )
    yield from late_triggers(table)
    for column in moved:
        yield from _own_refusals(table, column)
        yield from _hanging(table, column, leaves)


def late_triggers(table: Table) -> Iterator[str]:
    """The application's triggers that would change a row behind ours."""
    for trigger in table.triggers:
        if trigger > PREFIX and not trigger.startswith(PREFIX):
            yield (
                f"the trigger {trigger} of {table.name.plain} fires after ours, which would not "
                "see what it makes; rename it first (ALTER TRIGGER … RENAME)"
            )


def _own_refusals(table: Table, column: Column) -> Iterator[str]:
    name, key = f"{table.name.plain}.{column.name}", table.key()
    if key is not None and column.name in key.columns:
        yield f"{name} is part of the key, by which rows are found"
    if column.not_null:
        yield (
            f"{name} is NOT NULL, and the new release writes rows without it; drop that first "
            "(ec.DropNotNull), and set it where the column goes afterwards"
        )
    if column.identity or column.owned_sequence:
        yield f"{name} is numbered by a sequence of its own; give it another default first"
    if column.generated:
        yield f"{name} is generated; generate it where it goes instead"
    if column.privileges:
        granted = ", ".join(column.privileges)
        yield f"{name} has privileges of its own ({granted}); grant them on the table"


def _hanging(table: Table, column: Column, leaves: tuple[str, ...]) -> Iterator[str]:
    name = f"{table.name.plain}.{column.name}"
    for description in dict.fromkeys(d.description for d in table.dependents_of(column.name)):
        yield f"{description} depends on {name}; drop it first, and make it where the column goes"
    found = (i for i in table.indexes if column.name in i.columns and not is_of_another(i.name))
    for index in found:
        yield from index_refusals(index, name)
        if index.constraint is None and index.name not in leaves:
            yield (
                f"the index {index.name} reads {name} and would end with it; make one like it "
                f"where the column goes, and say leaves=({index.name!r},)"
            )
    for constraint in table.constraints:
        is_other = constraint.kind is ConstraintKind.NOT_NULL or is_of_another(constraint.name)
        if _holds(table, constraint, column) and not is_other:
            yield f"the {constraint.kind} constraint {constraint.name} holds {name}; drop it first"


def _holds(table: Table, constraint: Constraint, column: Column) -> bool:
    """Whether the constraint reads the column: itself, or in its index (INCLUDE, expressions)."""
    reads = {c for i in table.indexes if i.constraint == constraint.name for c in i.columns}
    return column.name in {*constraint.columns, *reads}

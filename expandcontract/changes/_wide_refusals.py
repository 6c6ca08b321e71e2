"""What keeps a key and the columns that refer to it from being widened."""

import re
from collections.abc import Iterator

from expandcontract.changes._index_roles import index_refusals
from expandcontract.changes._restoring import restorable
from expandcontract.changes._wide_part import WIDE
from expandcontract.ddl.sync import PREFIX
from expandcontract.model.catalog import Column, Constraint, ConstraintKind, Table, TableKind

NARROW = frozenset({"smallint", "integer"})


def table_refusals(
    table: Table, columns: tuple[Column, ...], *, key: Column | None, known: frozenset[str]
) -> Iterator[str]:
    """Everything on one of the tables that cannot be carried; `key` where it is the key's own.

    `known` names the foreign keys to the key, which are carried.
    """
    if table.kind is not TableKind.ORDINARY or table.inherits:
        yield f"{table.name.plain} is not a plain table of its own; only such ones can be done"
    if table.key() is None:
        yield (
            f"{table.name.plain} has no primary key and no unique index over NOT NULL columns, "
            "which a backfill needs to walk along; add one first"
        )
    for trigger in table.triggers:
        if trigger > PREFIX and not trigger.startswith(PREFIX):
            yield f"the trigger {trigger} fires after ours; ALTER TRIGGER … RENAME it first"
    for column in columns:
        yield from _column_refusals(table, column, is_key=column is key)
        if column.type != WIDE:
            yield from _led_elsewhere(table, column, known)


def _led_elsewhere(table: Table, column: Column, known: frozenset[str]) -> Iterator[str]:
    for constraint in table.constraints:
        leads = constraint.kind is ConstraintKind.FOREIGN_KEY and column.name in constraint.columns
        if leads and constraint.name not in known:
            yield (
                f"the foreign key {constraint.name} of {table.name.plain} leads from {column.name} "
                "to another key; drop it first, and add it again afterwards"
            )


def _column_refusals(table: Table, column: Column, *, is_key: bool) -> Iterator[str]:
    name = f"{table.name.plain}.{column.name}"
    if column.type not in {*NARROW, WIDE}:
        yield f"{name} is {column.type}; only integers can refer to a bigint"
    if column.type == WIDE:
        return  # keeps its place, and refers to the twin
    if column.generated or (not is_key and (column.identity or column.sequence)):
        yield f"{name} is generated, or has a sequence of its own"
    for description in _dependents(table, column, but_references=is_key):
        yield f"{description} depends on {name}; drop it first, and make it again afterwards"
    for index in (i for i in table.indexes if column.name in i.columns):
        yield from index_refusals(index, name)
    for constraint in (c for c in table.constraints if column.name in c.columns):
        yield from _constraint_refusals(table, constraint, name)


def _dependents(table: Table, column: Column, *, but_references: bool) -> Iterator[str]:
    """What reads the column; a foreign key to it may be listed under two kinds."""
    found = table.dependents_of(column.name)
    known = {item.description for item in found if item.kind == "foreign key" and but_references}
    known |= {item.description for item in restorable(table, column, retyped=True)}
    yield from dict.fromkeys(i.description for i in found if i.description not in known)


def _constraint_refusals(table: Table, constraint: Constraint, name: str) -> Iterator[str]:
    match constraint.kind:
        case ConstraintKind.EXCLUSION | ConstraintKind.OTHER:
            yield f"the {constraint.kind} constraint {constraint.name} holds {name}"
        case ConstraintKind.PRIMARY_KEY | ConstraintKind.UNIQUE if constraint.deferrable:
            yield (
                f"{constraint.name} of {table.name.plain} is DEFERRABLE, and the index that takes "
                "its place is not before contract: until then a statement that passes values from "
                "row to row would fail; drop it first, or make it NOT DEFERRABLE"
            )
        case ConstraintKind.FOREIGN_KEY if len(constraint.columns) > 1:
            yield (
                f"the foreign key {constraint.name} of {table.name.plain} has more than one column"
            )
        case ConstraintKind.FOREIGN_KEY if re.search(
            r" SET (NULL|DEFAULT) \(", constraint.definition
        ):
            yield f"the foreign key {constraint.name} of {table.name.plain} sets some columns only"
        case ConstraintKind.CHECK | ConstraintKind.FOREIGN_KEY | ConstraintKind.NOT_NULL:
            if constraint.definition.endswith(("NOT ENFORCED", "NO INHERIT")):
                yield f"{constraint.name} of {table.name.plain} cannot be made again as it is"
        case _:
            pass

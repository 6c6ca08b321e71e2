"""What an author should know before a change of columns starts."""

from collections.abc import Iterator

from expandcontract.ddl.sides import PREFIX, Sync
from expandcontract.model.catalog import ConstraintKind, Table
from expandcontract.model.names import TableName, quoted


def notes(sync: Sync, table: TableName) -> tuple[str, ...]:
    """In the order in which they matter."""
    return tuple(_notes(sync, table))


def _notes(sync: Sync, table: TableName) -> Iterator[str]:
    if sync.strict:
        yield (
            "strict: a write that gives both sides, with different values, is refused and counted "
            "as a conflict"
        )
    else:
        yield (
            "an INSERT that gives both columns, with different values, is counted as a conflict; "
            "the side with authority wins"
        )
    yield (
        f"a prepared SELECT * on {table.plain} fails once in every connection when the column is "
        "added or dropped"
    )


def unproven(table: Table) -> Iterator[str]:
    """What rows may break: PostgreSQL looks at it at every UPDATE, a backfill's too."""
    for held in table.constraints:
        if held.valid or held.kind not in {ConstraintKind.CHECK, ConstraintKind.NOT_NULL}:
            continue
        condition = held.definition.removesuffix(" NOT VALID").removeprefix("CHECK ")
        if held.kind is ConstraintKind.NOT_NULL:
            condition = f"({' AND '.join(f'{quoted(c)} IS NOT NULL' for c in held.columns)})"
        ours = held.name.startswith(PREFIX)
        whose = f"{held.name}, of a change that is not switched yet," if ours else held.name
        first = "switch that change first, or look" if ours else "look first"
        yield (
            f"the {held.kind} {whose} is NOT VALID: a row that breaks it stops the backfill; "
            f"{first}: SELECT * FROM {table.name} WHERE NOT {condition}"
        )

"""What an author should know before a change of columns starts."""

from collections.abc import Iterator

from expandcontract.ddl.sides import Sync
from expandcontract.model.catalog import ConstraintKind, Table
from expandcontract.model.names import TableName


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
    """Checks that rows may break: PostgreSQL looks at them at every UPDATE, a backfill's too."""
    for check in table.constraints:
        if check.kind is ConstraintKind.CHECK and not check.valid:
            condition = check.definition.removesuffix(" NOT VALID").removeprefix("CHECK ")
            yield (
                f"the check {check.name} is NOT VALID: a row that breaks it stops the backfill; "
                f"look first: SELECT * FROM {table.name} WHERE NOT {condition}"
            )

"""In which sessions a trigger of ours fires, and how it goes."""

from collections.abc import Iterator

from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, quoted
from expandcontract.model.statement import Statement


def fire_always(table: TableName, names: tuple[str, ...]) -> Statement:
    """Where the application's triggers sleep, too: under a backfill, and in a subscriber."""
    actions = ", ".join(f"ENABLE ALWAYS TRIGGER {quoted(name)}" for name in names)
    return Statement(
        sql=f"ALTER TABLE {table} {actions}", table=table, lock=Lock.SHARE_ROW_EXCLUSIVE
    )


def drop(table: TableName, names: tuple[str, ...], function: TableName) -> Iterator[Statement]:
    """Triggers first, then what they call; what somebody has dropped already is no obstacle."""
    for name in names:
        yield Statement(
            sql=f"DROP TRIGGER IF EXISTS {quoted(name)} ON {table}",
            table=table,
            lock=Lock.ACCESS_EXCLUSIVE,
        )
    yield Statement(sql=f"DROP FUNCTION IF EXISTS {function}()")

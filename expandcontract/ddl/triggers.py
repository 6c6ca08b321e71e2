"""In which sessions a trigger of ours fires."""

from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, quoted
from expandcontract.model.statement import Statement


def fire_always(table: TableName, names: tuple[str, ...]) -> Statement:
    """Where the application's triggers sleep, too: under a backfill, and in a subscriber."""
    actions = ", ".join(f"ENABLE ALWAYS TRIGGER {quoted(name)}" for name in names)
    return Statement(
        sql=f"ALTER TABLE {table} {actions}", table=table, lock=Lock.SHARE_ROW_EXCLUSIVE
    )

"""Whole tables."""

from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, quoted
from expandcontract.model.statement import Statement


def lock_exclusively(table: TableName) -> Statement:
    """Take the strongest lock first, so that what follows in the transaction never waits."""
    return Statement(
        sql=f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
        table=table,
        lock=Lock.ACCESS_EXCLUSIVE,
    )


def rename(table: TableName, to: str) -> Statement:
    """Rename a table; what hangs on it stays, under its own names."""
    return Statement(
        sql=f"ALTER TABLE {table} RENAME TO {quoted(to)}",
        table=table,
        lock=Lock.ACCESS_EXCLUSIVE,
    )

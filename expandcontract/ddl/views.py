"""Views that show a whole table under another name, and can be written through."""

from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, quoted
from expandcontract.model.statement import Statement


def create(
    view: TableName, table: TableName, columns: tuple[str, ...], *, security_invoker: bool
) -> Statement:
    """Show every column of a table; simple enough that PostgreSQL lets writers through.

    `security_invoker` (15 and later) reads the table with the caller's privileges and policies.
    """
    options = " WITH (security_invoker = true)" if security_invoker else ""
    shown = ", ".join(quoted(column) for column in columns)
    return Statement(
        sql=f"CREATE VIEW {view}{options} AS SELECT {shown} FROM {table}",
        table=table,
        lock=Lock.ACCESS_SHARE,
    )


def drop(view: TableName) -> Statement:
    """Drop a view; refused by the server while something reads it."""
    return Statement(sql=f"DROP VIEW IF EXISTS {view}")


def rename(view: TableName, to: str) -> Statement:
    """Rename a view, with its owner, grants and options."""
    return Statement(sql=f"ALTER VIEW {view} RENAME TO {quoted(to)}")


def lock_with_table(view: TableName, table: TableName) -> Statement:
    """Lock a view and then the table behind it: the order of those who write through it."""
    return Statement(
        sql=f"LOCK TABLE {view} IN ACCESS EXCLUSIVE MODE",
        table=table,
        lock=Lock.ACCESS_EXCLUSIVE,
    )

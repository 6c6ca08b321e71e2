"""Whole tables."""

from expandcontract.model.catalog import Column
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, literal, quoted
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


def create(table: TableName, key: tuple[Column, ...], others: tuple[Column, ...]) -> Statement:
    """Create an empty table of columns like those of another one, with a primary key."""
    made = [_column(column) for column in (*key, *others)]
    names = ", ".join(quoted(column.name) for column in key)
    return Statement(sql=f"CREATE TABLE {table} ({', '.join(made)}, PRIMARY KEY ({names}))")


def _column(column: Column) -> str:
    collate = f" COLLATE {column.collation}" if column.collation else ""
    return f"{quoted(column.name)} {column.type}{collate}"


def give_to(table: TableName, role: str) -> Statement:
    """Make a role the owner of a table."""
    return Statement(
        sql=f"ALTER TABLE {table} OWNER TO {quoted(role)}",
        table=table,
        lock=Lock.ACCESS_EXCLUSIVE,
    )


def drop(table: TableName) -> Statement:
    """Drop a table; refused by the server while something reads it."""
    return Statement(sql=f"DROP TABLE IF EXISTS {table}", table=table, lock=Lock.ACCESS_EXCLUSIVE)


def create_partitioned(table: TableName, like: TableName, clause: str) -> Statement:
    """Create an empty partitioned table with the columns, defaults and checks of another."""
    including = "INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY EXCLUDING STATISTICS"
    return Statement(
        sql=f"CREATE TABLE {table} (LIKE {like} {including}) PARTITION BY {clause}",
        table=like,
        lock=Lock.ACCESS_SHARE,
    )


def create_partition(
    partition: TableName,
    table: TableName,
    bound: str,
    *,
    options: tuple[str, ...] = (),
    tablespace: str | None = None,
) -> Statement:
    """Create an empty partition of a table that has no default partition with rows."""
    stored = f" WITH ({', '.join(options)})" if options else ""
    placed = "" if tablespace is None else f" TABLESPACE {quoted(tablespace)}"
    return Statement(
        sql=f"CREATE TABLE {partition} PARTITION OF {table} {bound}{stored}{placed}",
        table=table,
        lock=Lock.ACCESS_EXCLUSIVE,
    )


def comment(table: TableName, text: str) -> Statement:
    """Describe a table."""
    return Statement(
        sql=f"COMMENT ON TABLE {table} IS {literal(text)}",
        table=table,
        lock=Lock.SHARE_UPDATE_EXCLUSIVE,
    )

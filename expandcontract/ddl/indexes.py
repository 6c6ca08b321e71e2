"""Indexes: built and dropped while reads and writes go on."""

from dataclasses import replace

from expandcontract.model.catalog import Index, IndexKey
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, literal, quoted
from expandcontract.model.statement import Statement


def create(table: TableName, index: Index) -> Statement:
    """Build an index while writers wait: for a table that nobody else sees."""
    sql = create_concurrently(table, replace(index, tablespace=None)).sql
    return Statement(
        sql=sql.replace(" INDEX CONCURRENTLY ", " INDEX ", 1),
        table=table,
        lock=Lock.SHARE,
        scans=True,
        builds_index=True,
    )


def create_concurrently(table: TableName, index: Index) -> Statement:
    """Build an index; a failure leaves an invalid one behind, which a cleanup takes away."""
    unique = "UNIQUE " if index.unique else ""
    keys = ", ".join(_key(key) for key in index.keys)
    sql = f"CREATE {unique}INDEX CONCURRENTLY {quoted(index.name)} ON {table}"
    sql += f" USING {quoted(index.method)} ({keys})"
    if index.include:
        sql += f" INCLUDE ({', '.join(quoted(column) for column in index.include)})"
    if index.nulls_not_distinct:
        sql += " NULLS NOT DISTINCT"
    if index.options:
        sql += f" WITH ({', '.join(index.options)})"
    if index.tablespace is not None:
        sql += f" TABLESPACE {quoted(index.tablespace)}"
    if index.predicate is not None:
        sql += f" WHERE {index.predicate}"
    return Statement(
        sql=sql,
        table=table,
        lock=Lock.SHARE_UPDATE_EXCLUSIVE,
        scans=True,
        builds_index=True,
        transactional=False,
    )


def create_on_only(table: TableName, index: Index) -> Statement:
    """Make an index of a partitioned table alone: invalid and empty until its partitions' are."""
    sql = create_concurrently(table, index).sql
    head, _, tail = sql.partition(f" INDEX CONCURRENTLY {quoted(index.name)} ON ")
    return Statement(
        sql=f"{head} INDEX {quoted(index.name)} ON ONLY {tail}", table=table, lock=Lock.SHARE
    )


def attach(table: TableName, name: str, part: TableName, index: str) -> Statement:
    """Make a partition's index part of the table's; the partition's readers wait for a moment."""
    return Statement(
        sql=f"ALTER INDEX {TableName(name, table.schema)}"
        f" ATTACH PARTITION {TableName(index, part.schema)}",
        table=table,
        lock=Lock.ACCESS_SHARE,
    )


def drop_from_all(table: TableName, name: str) -> Statement:
    """Drop an index of a partitioned table, which PostgreSQL never does concurrently."""
    return replace(drop(table, name), spreads=True)


def _key(key: IndexKey) -> str:
    body = quoted(key.column) if key.column is not None else f"({key.expression})"
    return f"{body} {key.suffix}".rstrip()


def drop_concurrently(table: TableName, name: str) -> Statement:
    """Drop an index of the table; waits for its readers instead of stopping them."""
    return Statement(
        sql=f"DROP INDEX CONCURRENTLY {TableName(name, table.schema)}",
        table=table,
        lock=Lock.SHARE_UPDATE_EXCLUSIVE,
        transactional=False,
    )


def drop(table: TableName, name: str) -> Statement:
    """Drop an index of the table within a transaction that stops everybody anyway."""
    return Statement(
        sql=f"DROP INDEX IF EXISTS {TableName(name, table.schema)}",
        table=table,
        lock=Lock.ACCESS_EXCLUSIVE,
    )


def rename(table: TableName, name: str, to: str) -> Statement:
    """Rename an index of the table; locks the index and not the table."""
    return Statement(
        sql=f"ALTER INDEX {TableName(name, table.schema)} RENAME TO {quoted(to)}", table=table
    )


def comment(table: TableName, name: str, text: str) -> Statement:
    """Describe an index."""
    return Statement(
        sql=f"COMMENT ON INDEX {TableName(name, table.schema)} IS {literal(text)}", table=table
    )


def identify_rows(table: TableName, name: str) -> Statement:
    """Let replicas find rows by an index."""
    return _of_table(table, f"REPLICA IDENTITY USING INDEX {quoted(name)}", Lock.ACCESS_EXCLUSIVE)


def order_rows(table: TableName, name: str) -> Statement:
    """Remember an index for the next CLUSTER; no row is moved now."""
    return _of_table(table, f"CLUSTER ON {quoted(name)}", Lock.SHARE_UPDATE_EXCLUSIVE)


def _of_table(table: TableName, action: str, lock: Lock) -> Statement:
    return Statement(sql=f"ALTER TABLE {table} {action}", table=table, lock=lock)


def set_statistics(table: TableName, name: str, number: int, target: int) -> Statement:
    """How much ANALYZE learns of an expression; locks the index and not the table."""
    index = TableName(name, table.schema)
    sql = f"ALTER INDEX {index} ALTER COLUMN {number:d} SET STATISTICS {target:d}"
    return Statement(sql=sql, table=table)

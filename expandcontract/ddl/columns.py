"""Columns: added, dropped, and the properties that hang on them."""

from dataclasses import replace

from expandcontract.model.catalog import Column
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, literal, quoted
from expandcontract.model.statement import Statement


def _alter(table: TableName, action: str, lock: Lock = Lock.ACCESS_EXCLUSIVE) -> Statement:
    return Statement(sql=f"ALTER TABLE {table} {action}", table=table, lock=lock)


def add(table: TableName, name: str, like: Column) -> Statement:
    """Add a nullable column of the type and collation of another; rewrites nothing."""
    collate = f" COLLATE {like.collation}" if like.collation else ""
    return _alter(table, f"ADD COLUMN {quoted(name)} {like.type}{collate}")


def add_new(
    table: TableName, name: str, type_: str, *, default: str | None = None, not_null: bool = False
) -> Statement:
    """Add a column of any type, with a default that is the same for all rows; rewrites nothing."""
    words = f"ADD COLUMN {quoted(name)} {type_}"
    if default is not None:
        words += f" DEFAULT {default}"
    return _alter(table, words + " NOT NULL" * not_null)


def drop(table: TableName, name: str) -> Statement:
    """Drop a column, and with it the indexes and constraints that read it."""
    return _alter(table, f"DROP COLUMN IF EXISTS {quoted(name)}")


def is_null(name: str) -> str:
    """The condition that a row has nothing there; a composite value of nulls is something."""
    return f"{quoted(name)} IS NOT DISTINCT FROM NULL"


def rename(table: TableName, name: str, to: str) -> Statement:
    """Give a column another name at once; who uses the old one fails from then on."""
    return _alter(table, f"RENAME COLUMN {quoted(name)} TO {quoted(to)}")


def set_type(table: TableName, name: str, type_: str, collation: str | None = None) -> Statement:
    """Change the type where every stored value stays as it is; the caller has made sure."""
    collate = f" COLLATE {collation}" if collation else ""
    return _alter(table, f"ALTER COLUMN {quoted(name)} TYPE {type_}{collate}")


def set_type_anew(
    table: TableName, name: str, type_: str, collation: str | None = None
) -> Statement:
    """Change the type by writing the table anew, while everybody waits."""
    return replace(
        set_type(table, name, type_, collation), rewrites=True, scans=True, builds_index=True
    )


def set_default(table: TableName, name: str, default: str) -> Statement:
    """Give later rows a default; rows that exist are not touched."""
    return _alter(table, f"ALTER COLUMN {quoted(name)} SET DEFAULT {default}")


def drop_default(table: TableName, name: str) -> Statement:
    """Take the default away."""
    return _alter(table, f"ALTER COLUMN {quoted(name)} DROP DEFAULT")


def set_not_null(table: TableName, name: str) -> Statement:
    """Refuse nulls; scans nothing, since a validated check of ours proves it before."""
    return _alter(table, f"ALTER COLUMN {quoted(name)} SET NOT NULL")


def drop_not_null(table: TableName, name: str) -> Statement:
    """Allow nulls again."""
    return _alter(table, f"ALTER COLUMN {quoted(name)} DROP NOT NULL")


def comment(table: TableName, name: str, text: str) -> Statement:
    """Describe a column."""
    return Statement(
        sql=f"COMMENT ON COLUMN {table}.{quoted(name)} IS {literal(text)}",
        table=table,
        lock=Lock.SHARE_UPDATE_EXCLUSIVE,
    )


def properties(
    table: TableName, name: str, like: Column, *, only: bool = False
) -> tuple[Statement, ...]:
    """Everything of another column that is neither type, default nor nullability."""
    alter = f"ALTER COLUMN {quoted(name)}"
    made: list[Statement] = []
    if like.storage is not None:
        made.append(_alter(table, f"{alter} SET STORAGE {like.storage}"))
    if like.compression is not None:
        made.append(_alter(table, f"{alter} SET COMPRESSION {like.compression}"))
    if like.statistics is not None:
        action = f"{alter} SET STATISTICS {like.statistics}"
        made.append(_alter(table, action, Lock.SHARE_UPDATE_EXCLUSIVE))
    if like.options:
        action = f"{alter} SET ({', '.join(like.options)})"
        made.append(_alter(table, action, Lock.SHARE_UPDATE_EXCLUSIVE))
    if only:
        head = f"ALTER TABLE {table} "
        made = [replace(s, sql=s.sql.replace(head, f"ALTER TABLE ONLY {table} ", 1)) for s in made]
    if like.comment is not None:
        made.append(comment(table, name, like.comment))
    made += [_label(table, name, provider, text) for provider, text in like.labels]
    return tuple(made)


def _label(table: TableName, name: str, provider: str, text: str) -> Statement:
    """Give a column a security label, by which its provider masks it or lets roles see it."""
    return Statement(
        sql=f"SECURITY LABEL FOR {quoted(provider)} ON COLUMN {table}.{quoted(name)}"
        f" IS {literal(text)}",
        table=table,
        lock=Lock.SHARE_UPDATE_EXCLUSIVE,
    )

"""Statements on whole relations: drops, truncation, locks, rewriting and refreshing."""

from expandcontract.lint.cursor import Cursor, NotReadError
from expandcontract.lint.forms.index import option_is_on
from expandcontract.model.names import TableName
from expandcontract.model.value import value

_LOCK_MODES = (
    "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE ROW EXCLUSIVE",
    "SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE",
)  # fmt: skip


@value(kw_only=True)
class Drop:
    """DROP of tables, views and all other kinds; `on` is the table of a trigger, policy or rule."""

    kind: str
    names: tuple[TableName, ...]
    if_exists: bool = False
    cascade: bool = False
    on: TableName | None = None
    signature: str = ""


@value(kw_only=True)
class Truncate:
    """TRUNCATE; `only` are those whose children stay as they are."""

    tables: tuple[TableName, ...]
    only: tuple[TableName, ...] = ()
    cascade: bool = False


@value(kw_only=True)
class LockTable:
    """LOCK TABLE; `mode` as written in the statement, ACCESS EXCLUSIVE where it is left out."""

    tables: tuple[TableName, ...]
    only: tuple[TableName, ...] = ()
    mode: str = "ACCESS EXCLUSIVE"
    nowait: bool = False


@value(kw_only=True)
class Cluster:
    """CLUSTER, and REPACK of 19; without a table they go through the whole database."""

    table: TableName | None
    index: str | None = None
    verb: str = "CLUSTER"
    concurrently: bool = False
    analyzes: bool = False


@value(kw_only=True)
class Vacuum:
    """VACUUM, and ANALYZE on its own."""

    tables: tuple[TableName, ...]
    only: tuple[TableName, ...] = ()
    full: bool = False
    analyze_only: bool = False


@value(kw_only=True)
class Refresh:
    """REFRESH MATERIALIZED VIEW."""

    view: TableName
    concurrently: bool = False
    with_data: bool = True


@value(kw_only=True)
class Comment:
    """COMMENT ON; for a column the relation and the column stand apart."""

    kind: str
    name: TableName | None
    column: str | None = None
    text: str | None = None


def read_truncate(cursor: Cursor) -> Truncate:
    """Take what follows TRUNCATE."""
    cursor.says("TABLE")
    tables, only = _read_names(cursor)
    words = cursor.until().words
    if set(words) - {"RESTART", "CONTINUE", "IDENTITY", "CASCADE", "RESTRICT"}:
        raise NotReadError(cursor.peek(), "an option of TRUNCATE")
    return Truncate(tables=tables, only=only, cascade="CASCADE" in words)


def read_only_name(cursor: Cursor) -> TableName:
    """Take `[ONLY] name [*]`."""
    cursor.says("ONLY")
    name = cursor.name()
    cursor.says("*")
    return name


def read_lock(cursor: Cursor) -> LockTable:
    """Take what follows LOCK."""
    cursor.says("TABLE")
    tables, only = _read_names(cursor)
    mode = "ACCESS EXCLUSIVE"
    if cursor.says("IN"):
        mode = " ".join(cursor.until("MODE").words)
        if mode not in _LOCK_MODES:
            raise NotReadError(cursor.peek(), "a lock mode")
        cursor.need("MODE")
    nowait = cursor.says("NOWAIT")
    cursor.need_end()
    return LockTable(tables=tables, only=only, mode=mode, nowait=nowait)


def read_cluster(cursor: Cursor) -> Cluster:
    """Take what follows CLUSTER."""
    if cursor.sees("("):
        cursor.group()
    cursor.says("VERBOSE")
    if cursor.done():
        return Cluster(table=None)
    table = cursor.name()
    if cursor.says("ON"):  # the old order: CLUSTER index ON table
        index, table = table.name, cursor.name()
    else:
        index = cursor.ident() if cursor.says("USING") else ""
    cursor.need_end()
    return Cluster(table=table, index=index or None)


def read_repack(cursor: Cursor) -> Cluster:
    """Take what follows REPACK."""
    options = cursor.group() if cursor.sees("(") else None
    table = None if cursor.done() or cursor.sees("USING") else read_only_name(cursor)
    if cursor.sees("("):
        cursor.group()  # the columns to analyze
    index = None
    if cursor.says("USING"):
        cursor.need("INDEX")
        index = None if cursor.done() else cursor.ident()
    cursor.need_end()
    return Cluster(
        table=table,
        index=index,
        verb="REPACK",
        concurrently=options is not None and option_is_on(options, "CONCURRENTLY"),
        analyzes=options is not None
        and any(option_is_on(options, one) for one in ("ANALYZE", "ANALYSE")),
    )


def read_vacuum(cursor: Cursor, *, analyze_only: bool) -> Vacuum:
    """Take what follows VACUUM or ANALYZE."""
    full = False
    if cursor.sees("("):
        full = option_is_on(cursor.group(), "FULL")
    while word := cursor.says_any("FULL", "FREEZE", "VERBOSE", "ANALYZE", "ANALYSE"):
        full |= word == "FULL"
    tables, only = ((), ()) if cursor.done() else _read_names(cursor)
    cursor.need_end()
    full = full and not analyze_only
    return Vacuum(tables=tables, only=only, full=full, analyze_only=analyze_only)


def _read_names(cursor: Cursor) -> tuple[tuple[TableName, ...], tuple[TableName, ...]]:
    """Take names, with columns where it is ANALYZE; those behind ONLY come again on their own."""
    only: list[TableName] = []

    def read_one() -> TableName:
        alone = cursor.sees("ONLY")
        name = read_only_name(cursor)
        if cursor.sees("("):
            cursor.columns()
        if alone:
            only.append(name)
        return name

    return cursor.listed(read_one), tuple(only)


def read_refresh(cursor: Cursor) -> Refresh:
    """Take what follows REFRESH."""
    cursor.need("MATERIALIZED", "VIEW")
    concurrently = cursor.says("CONCURRENTLY")
    view = cursor.name()
    with_data = not cursor.says("WITH", "NO", "DATA")
    cursor.says("WITH", "DATA")
    cursor.need_end()
    return Refresh(view=view, concurrently=concurrently, with_data=with_data)


OWNED = frozenset({"TRIGGER", "RULE", "POLICY", "CONSTRAINT"})
"""What a comment can be on that belongs to a table."""


def _read_comment_on(cursor: Cursor, kind: str) -> Comment:
    cursor.ident()
    cursor.need("ON")
    name = None if cursor.says("DOMAIN") else cursor.name()
    cursor.rest()
    return Comment(kind=kind, name=name)


def read_comment(cursor: Cursor) -> Comment:
    """Take what follows COMMENT."""
    cursor.need("ON")
    kind = cursor.take().word
    if kind == "MATERIALIZED":
        cursor.need("VIEW")
        kind = "MATERIALIZED VIEW"
    if kind in OWNED:
        return _read_comment_on(cursor, kind)
    if kind not in {"TABLE", "COLUMN", "VIEW", "INDEX", "MATERIALIZED VIEW"}:
        cursor.rest()
        return Comment(kind=kind, name=None)
    parts = [cursor.ident()]
    while cursor.says("."):
        parts.append(cursor.ident())
    column = parts.pop() if kind == "COLUMN" else None
    cursor.need("IS")
    text = None if cursor.says("NULL") else cursor.string()
    cursor.need_end()
    if not parts:
        raise NotReadError(cursor.peek(), "the column's table")
    name = TableName(parts[-1], parts[-2] if len(parts) > 1 else None)
    return Comment(kind=kind, name=name, column=column, text=text)

"""Statements on indexes: CREATE INDEX, DROP INDEX, REINDEX."""

from expandcontract.lint.cursor import Cursor, Expr, NotReadError
from expandcontract.lint.tokens import Kind
from expandcontract.model.names import TableName
from expandcontract.model.value import value

_COLUMNS = frozenset({Kind.WORD, Kind.QUOTED, Kind.PARAMETER})


@value
class Key:
    """One key of an index: a column, or an expression."""

    column: str | None
    expression: Expr | None
    suffix: str = ""


@value(kw_only=True)
class CreateIndex:
    """CREATE INDEX; without a name PostgreSQL makes one up."""

    name: str | None
    table: TableName
    keys: tuple[Key, ...]
    unique: bool = False
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    options: tuple[str, ...] = ()
    where: Expr | None = None


@value(kw_only=True)
class DropIndex:
    """DROP INDEX."""

    names: tuple[TableName, ...]
    concurrently: bool = False
    if_exists: bool = False
    cascade: bool = False


@value(kw_only=True)
class Reindex:
    """REINDEX; `kind` is INDEX, TABLE, SCHEMA, DATABASE or SYSTEM."""

    kind: str
    name: TableName | None
    concurrently: bool = False


def read_create_index(cursor: Cursor) -> CreateIndex:
    """Take CREATE [UNIQUE] INDEX from the word UNIQUE or INDEX on."""
    unique = cursor.says("UNIQUE")
    cursor.need("INDEX")
    concurrently = cursor.says("CONCURRENTLY")
    if_not_exists = cursor.says("IF", "NOT", "EXISTS")
    name = None if cursor.sees("ON") else cursor.ident()
    cursor.need("ON")
    only = cursor.says("ONLY")
    table = cursor.name()
    method = cursor.ident() if cursor.says("USING") else "btree"
    keys = _read_keys(cursor)
    include = cursor.columns() if cursor.says("INCLUDE") else ()
    distinct = cursor.says("NULLS", "NOT", "DISTINCT")
    if not distinct:
        cursor.says("NULLS", "DISTINCT")
    options = _read_options(cursor) if cursor.says("WITH") else ()
    if cursor.says("TABLESPACE"):
        cursor.ident()
    where = cursor.rest() if cursor.says("WHERE") else None
    cursor.need_end()
    return CreateIndex(
        name=name,
        table=table,
        keys=keys,
        unique=unique,
        concurrently=concurrently,
        if_not_exists=if_not_exists,
        only=only,
        method=method,
        include=include,
        nulls_not_distinct=distinct,
        options=options,
        where=where,
    )


def _read_options(cursor: Cursor) -> tuple[str, ...]:
    inner = cursor.inside(cursor.group())
    return inner.listed(lambda: inner.until(",").text.replace(" ", ""))


def _read_keys(cursor: Cursor) -> tuple[Key, ...]:
    inner = cursor.inside(cursor.group())
    keys = inner.listed(lambda: _read_key(inner))
    inner.need_end()
    return keys


def _read_key(cursor: Cursor) -> Key:
    first = cursor.peek()
    if first.kind in _COLUMNS and cursor.peek(1).word not in {"(", "."}:
        column = cursor.ident()
        return Key(column, None, cursor.until(",").text)
    if first.word == "(":
        expression = cursor.group()
    else:
        start = cursor.at
        cursor.name()
        cursor.group()
        expression = cursor.between(start, cursor.at)
    if not expression.tokens:
        raise NotReadError(first, "an index key")
    return Key(None, expression, cursor.until(",").text)


def read_drop_index(cursor: Cursor) -> DropIndex:
    """Take what follows DROP INDEX."""
    concurrently = cursor.says("CONCURRENTLY")
    if_exists = cursor.says("IF", "EXISTS")
    names = cursor.names()
    cascade = cursor.says_any("CASCADE", "RESTRICT") == "CASCADE"
    cursor.need_end()
    return DropIndex(names=names, concurrently=concurrently, if_exists=if_exists, cascade=cascade)


def read_reindex(cursor: Cursor) -> Reindex:
    """Take what follows REINDEX."""
    concurrently = False
    if cursor.sees("("):
        concurrently = option_is_on(cursor.group(), "CONCURRENTLY")
    kind = cursor.says_any("INDEX", "TABLE", "SCHEMA", "DATABASE", "SYSTEM")
    if not kind:
        raise NotReadError(cursor.peek(), "what to reindex")
    concurrently |= cursor.says("CONCURRENTLY")
    name = None if cursor.done() else cursor.name()
    cursor.need_end()
    return Reindex(kind=kind, name=name, concurrently=concurrently)


def option_is_on(options: Expr, wanted: str) -> bool:
    """Whether an option list in parentheses switches this one on.

    An option without a value is on; FALSE, OFF and 0 switch it off.
    """
    words = [*(word.upper() for word in options.words), ","]
    if wanted not in words:
        return False
    return words[words.index(wanted) + 1] not in {"FALSE", "OFF", "0", "'FALSE'", "'OFF'"}

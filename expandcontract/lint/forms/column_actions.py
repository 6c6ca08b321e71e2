"""Reads ALTER COLUMN."""

from expandcontract.lint.cursor import Cursor, Expr, NotReadError
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.collation import read_collation
from expandcontract.lint.types import read_type


def read_alter_column(cursor: Cursor) -> a.Action:  # noqa: PLR0911  (a form each)
    """Take what follows ALTER COLUMN."""
    column = cursor.ident() if not _numbered(cursor) else cursor.take().text
    if cursor.says("TYPE") or cursor.says("SET", "DATA", "TYPE"):
        return _read_type(cursor, column)
    if cursor.says("SET"):
        return _read_set(cursor, column)
    if cursor.says("DROP"):
        return _read_drop(cursor, column)
    if cursor.says("ADD", "GENERATED"):
        return _read_add_identity(cursor, column)
    if cursor.says("RESTART"):
        cursor.until(",")
        return a.AlterIdentity(column)
    if cursor.says("RESET"):
        cursor.group()
        return a.SetColumnOptions(column)
    if cursor.says("OPTIONS"):
        cursor.group()
        return a.SetForeignOptions(column)
    raise NotReadError(cursor.peek(), "what to alter of the column")


def _numbered(cursor: Cursor) -> bool:
    """Expression keys of an index are told by their number: ALTER INDEX i ALTER COLUMN 1."""
    return cursor.peek().text.isdigit()


def _read_type(cursor: Cursor, column: str) -> a.Action:
    new = read_type(cursor)
    collation = read_collation(cursor) if cursor.says("COLLATE") else None
    using = _expression(cursor) if cursor.says("USING") else None
    return a.SetType(column, new, collation, using)


def _expression(cursor: Cursor) -> Expr:
    expression = cursor.until(",")
    if not expression.tokens:
        raise NotReadError(cursor.peek(), "an expression")
    return expression


def _read_set(cursor: Cursor, column: str) -> a.Action:  # noqa: PLR0911  (a form each)
    if cursor.says("DEFAULT"):
        return a.SetDefault(column, _expression(cursor))
    if cursor.says("NOT", "NULL"):
        return a.SetNotNull(column)
    if cursor.says("STATISTICS"):
        cursor.until(",")
        return a.SetStatistics(column)
    if what := cursor.says_any("STORAGE", "COMPRESSION"):
        cursor.ident()
        return a.SetStorage(column, what.lower())
    if cursor.says("EXPRESSION", "AS"):
        return a.SetExpression(column, cursor.group())
    if cursor.sees("("):
        cursor.group()
        return a.SetColumnOptions(column)
    return _read_set_identity(cursor, column)


def _read_set_identity(cursor: Cursor, column: str) -> a.Action:
    words = cursor.until(",").words
    always = None
    if words[:1] == ("GENERATED",):
        always = "ALWAYS" in words
    elif not words or words[0] not in _SEQUENCE_WORDS:
        raise NotReadError(cursor.peek(), "what to set of the column")
    return a.AlterIdentity(column, always)


_SEQUENCE_WORDS = {
    "INCREMENT", "MINVALUE", "MAXVALUE", "NO", "START", "RESTART", "CACHE", "CYCLE", "SEQUENCE",
}  # fmt: skip


def _read_drop(cursor: Cursor, column: str) -> a.Action:
    if cursor.says("DEFAULT"):
        return a.DropDefault(column)
    if cursor.says("NOT", "NULL"):
        return a.DropNotNull(column)
    if cursor.says("EXPRESSION"):
        cursor.says("IF", "EXISTS")
        return a.DropExpression(column)
    cursor.need("IDENTITY")
    cursor.says("IF", "EXISTS")
    return a.DropIdentity(column)


def _read_add_identity(cursor: Cursor, column: str) -> a.Action:
    always = not cursor.says("BY", "DEFAULT")
    if always:
        cursor.need("ALWAYS")
    cursor.need("AS", "IDENTITY")
    if cursor.sees("("):
        cursor.group()
    return a.AddIdentity(column, always)

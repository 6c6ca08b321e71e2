"""What follows a key of an index, spelled as the catalog's reader spells it."""

from expandcontract.lint.cursor import Cursor
from expandcontract.lint.spelling import ident
from expandcontract.lint.splitting import split
from expandcontract.lint.tokens import Kind
from expandcontract.model.names import TableName


def suffix(text: str) -> str:
    """Collation, operator class and order, as far as they differ from the default.

    >>> suffix('COLLATE "C" text_pattern_ops ASC'), suffix("DESC NULLS FIRST"), suffix("")
    ('COLLATE pg_catalog."C" pg_catalog.text_pattern_ops', 'DESC', '')
    """
    tokens = tuple(token for piece in split(text) for token in piece.tokens)
    cursor = Cursor(tokens, text)
    words = []
    if cursor.says("COLLATE"):
        words.append(f"COLLATE {_qualified(cursor.name())}")
    if not _order_comes(cursor) and cursor.peek().kind in {Kind.WORD, Kind.QUOTED}:
        words.append(_qualified(cursor.name()))
        if cursor.sees("("):
            words.append(f"({cursor.group().text})")
    descending = cursor.says_any("ASC", "DESC") == "DESC"
    first = cursor.says("NULLS", "FIRST")
    last = cursor.says("NULLS", "LAST")
    if descending:
        words.append("DESC NULLS LAST" if last else "DESC")
    elif first:
        words.append("NULLS FIRST")
    return " ".join(words)


def _order_comes(cursor: Cursor) -> bool:
    return cursor.done() or cursor.peek().word in {"ASC", "DESC", "NULLS"}


def _qualified(name: TableName) -> str:
    return f"{ident(name.schema or 'pg_catalog')}.{ident(name.name)}"

"""Text to typed statements of MySQL and MariaDB; what cannot be read is a value too."""

from collections.abc import Callable, Iterator

from expandcontract.lint.cursor import NotReadError
from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql import statements as s
from expandcontract.lint.mysql.altering import read_alter_table
from expandcontract.lint.mysql.profile import Profile
from expandcontract.lint.mysql.splitting import split
from expandcontract.lint.mysql.tokens import Lexer, MyCursor
from expandcontract.lint.splitting import Lines, Piece
from expandcontract.lint.tokens import Kind
from expandcontract.model.value import value


@value(kw_only=True)
class MyRead:
    """One statement: its text and place, and what it says, or why nobody can tell."""

    text: str
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int
    node: f.Node | None
    why_unread: str = ""


def read(text: str, profile: Profile) -> Iterator[MyRead]:
    """Read every statement of a text."""
    lines = Lines(text)
    for piece in split(text, Lexer(profile)):
        yield _read_piece(text, piece, lines)


def _read_piece(text: str, piece: Piece, lines: Lines) -> MyRead:
    node, why = _read_node(text, piece)
    end = piece.tokens[-1].end
    line, column = lines.position(piece.start)
    end_line, end_column = lines.position(end)
    return MyRead(
        text=text[piece.start : end], start=piece.start, end=end, line=line, column=column,
        end_line=end_line, end_column=end_column, node=node, why_unread=why,
    )  # fmt: skip


def _read_node(text: str, piece: Piece) -> tuple[f.Node | None, str]:
    for token in piece.tokens:
        if token.kind is Kind.BROKEN:
            return None, f"a text or comment is not closed, or {token.text[:20]!r} is not SQL"
    first = piece.tokens[0]
    if first.kind is Kind.META:
        return None, f"the client's command {first.text[:20]} brings text that is not seen here"
    cursor = MyCursor(piece.tokens, text)
    try:
        node = _statement(cursor)
        cursor.need_end()
    except NotReadError as error:
        return None, str(error)
    return node, ""


def _statement(cursor: MyCursor) -> f.Node:
    verb = cursor.take()
    reader = _VERBS.get(verb.word)
    if reader is not None:
        return reader(cursor)
    if verb.word not in s.OTHERS and verb.word != "(":
        raise NotReadError(verb, "a statement")
    cursor.rest()
    return f.Other(verb=verb.word, commits=verb.word in s.COMMITS)


def _alter(cursor: MyCursor) -> f.Node:
    start = cursor.at
    online = cursor.says("ONLINE")
    cursor.says("IGNORE")
    if cursor.says("TABLE"):
        return read_alter_table(cursor, online=online)
    cursor.at = start
    return s.read_other(cursor, "ALTER")


_VERBS: dict[str, Callable[[MyCursor], f.Node]] = {
    "ALTER": _alter,
    "CREATE": s.read_create,
    "DROP": s.read_drop,
    "RENAME": s.read_rename,
    "TRUNCATE": s.read_truncate,
    "OPTIMIZE": s.read_optimize,
    "LOCK": s.read_lock,
    "UPDATE": s.read_update,
    "DELETE": s.read_delete,
    "BEGIN": s.read_begin,
    "START": s.read_start,
    "COMMIT": s.read_commit,
    "ROLLBACK": s.read_rollback,
    "SET": s.read_set,
}

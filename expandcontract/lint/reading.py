"""Text to typed statements; what cannot be read is a value too, and a loud one."""

from collections.abc import Iterator

from expandcontract.lint.cursor import Cursor, NotReadError
from expandcontract.lint.forms import query as q
from expandcontract.lint.splitting import Lines, Piece, split
from expandcontract.lint.statements import VERBS, Meta, Node, read_statement
from expandcontract.lint.tokens import Kind, Token
from expandcontract.lint.types import TypeName, read_type
from expandcontract.model.value import value

_BROKEN, _META = Kind.BROKEN, Kind.META


@value(kw_only=True)
class Read:
    """One statement: its text and place, and what it says, or why nobody can tell."""

    text: str
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int
    node: Node | None
    why_unread: str = ""
    inside: "tuple[Read, ...]" = ()
    """The statements of a DO block, as far as they are constant."""
    held: "tuple[Read, ...]" = ()
    """The statements that write in a query with WITH; they run as one with it."""

    def with_inside(self) -> "Iterator[Read]":
        """The statement, and those inside it on all levels."""
        yield self
        for inner in self.inside:
            yield from inner.with_inside()


def read(text: str, lines: Lines | None = None) -> Iterator[Read]:
    """Read every statement of a text."""
    lines = lines or Lines(text)
    for piece in split(text):
        yield read_piece(text, piece, lines)


def read_piece(text: str, piece: Piece, lines: Lines) -> Read:
    """Read one statement."""
    node, why = _read_node(text, piece)
    end = piece.tokens[-1].end
    line, column = lines.position(piece.start)
    end_line, end_column = lines.position(end)
    inside = tuple(_read_body(text, node, lines)) if isinstance(node, q.Do) else ()
    held: tuple[Read, ...] = ()
    if isinstance(node, q.Query):
        try:
            held = tuple(_read_held(text, node, lines))
        except NotReadError as error:  # a parenthesis of the WITH is not closed
            node, why = None, str(error)
    return Read(
        text=text[piece.start : end],
        start=piece.start,
        end=end,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        node=node,
        why_unread=why,
        inside=inside,
        held=held,
    )


def _read_node(text: str, piece: Piece) -> tuple[Node | None, str]:
    tokens = piece.tokens
    for token in () if piece.whole else tokens:
        if token.kind is _BROKEN:
            return None, _why_broken(token)
    if tokens[0].kind is _META:
        return Meta(tokens[0].text), ""
    try:
        return read_statement(Cursor(tokens, text)), ""
    except NotReadError as error:
        return None, str(error)


def _read_held(text: str, query: q.Query, lines: Lines) -> Iterator[Read]:
    for one in q.held(query.expression, Cursor(query.expression.tokens, text)):
        yield read_piece(text, Piece(one.tokens, one.tokens[-1].end), lines)


def _why_broken(token: Token) -> str:
    if not token.text:
        return "a body or parenthesis is not closed"
    if len(token.text) == 1 and token.text not in "'\"":
        return f"{token.text!r} is not SQL"
    return f"a text or comment is not closed: {token.text[:20]!r}"


def type_name(text: str) -> TypeName:
    """Read a type as it stands in SQL.

    >>> str(type_name("numeric(10, 2)"))
    'numeric(10,2)'
    """
    cursor = Cursor(next(split(text)).tokens, text)
    found = read_type(cursor)
    cursor.need_end()
    return found


_BLOCK_WORDS = frozenset({"BEGIN", "THEN", "ELSE", "LOOP"})


def _read_body(text: str, block: q.Do, lines: Lines) -> Iterator[Read]:
    """Read the statements of a PL/pgSQL body: what stands behind its last control word.

    A constant EXECUTE is followed. What is not SQL (assignments, conditions) is left out: it
    runs no DDL of its own.
    """
    for piece in split(text, block.offset, block.offset + len(block.body)):
        tokens = piece.tokens
        edges = [i for i, token in enumerate(tokens) if token.word in _BLOCK_WORDS]
        if edges:
            tokens = tokens[edges[-1] + 1 :]
        if not tokens or tokens[0].word in {"END", "IF", "FOR", "RAISE", "RETURN", "DECLARE"}:
            continue
        if tokens[0].word == "EXECUTE" and len(tokens) > 1:
            yield from _read_execute(text, tokens, lines)
        elif tokens[0].word in VERBS:
            yield read_piece(text, Piece(tokens, piece.end), lines)


def _read_execute(text: str, tokens: tuple[Token, ...], lines: Lines) -> Iterator[Read]:
    token = tokens[1]
    if len(tokens) != 2 or token.kind is not Kind.STRING:  # noqa: PLR2004
        line, column = lines.position(tokens[0].start)
        end = tokens[-1].end
        end_line, end_column = lines.position(end)
        yield Read(
            text=text[tokens[0].start : end], start=tokens[0].start, end=end, line=line,
            column=column, end_line=end_line, end_column=end_column, node=None,
            why_unread="the statement is put together while it runs",
        )  # fmt: skip
        return
    width = token.text.index("$", 1) + 1 if token.text.startswith("$") else 1
    for piece in split(text, token.start + width, token.end - width):
        yield read_piece(text, piece, lines)

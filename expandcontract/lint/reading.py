"""Text to typed statements; what cannot be read is a value too, and a loud one."""

from collections.abc import Iterator

from expandcontract.lint.bodies import PutTogether, Text, statements
from expandcontract.lint.cursor import Cursor, Expr, NotReadError
from expandcontract.lint.forms import query as q
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.splitting import Lines, Piece, split
from expandcontract.lint.statements import VERBS, Meta, Node, read_statement
from expandcontract.lint.templates import Templated
from expandcontract.lint.tokens import Kind, Token
from expandcontract.lint.types import TypeName, read_type
from expandcontract.model.value import replace, value

_BROKEN, _META = Kind.BROKEN, Kind.META
_Holding = q.Query | q.Copy | q.Prepare | CreateTable
"""The forms that carry a query which may write."""


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
    """The statements that write in a query of the statement; they run as one with it."""

    def with_inside(self) -> "tuple[Read, ...]":
        """The statement, and those inside it on all levels."""
        if not self.inside:
            return (self,)
        return (self, *(one for inner in self.inside for one in inner.with_inside()))


def read(text: str, lines: Lines | None = None) -> Iterator[Read]:
    """Read every statement of a text."""
    lines = lines or Lines(text)
    pieces: Iterator[Piece] | None = split(text)
    templated: Templated | None = None
    while pieces is not None:
        going_on, pieces = pieces, None
        for piece in going_on:
            one: Read | None = read_piece(text, piece, lines)
            if one is not None and one.node is None:
                templated = templated or Templated(text)
                end = piece.end
                if templated.places:
                    one, end = _read_around(one, piece, templated, text, lines)
                if end != piece.end:
                    pieces = split(text, end)
            if one is not None:
                yield one
            if pieces is not None:
                break


def _read_around(
    one: Read, piece: Piece, templated: Templated, text: str, lines: Lines
) -> tuple[Read | None, int]:
    """Read a statement again, with names where templates stand; nothing where only they stood."""
    covered, end = templated.piece(piece.start)
    language = templated.language(piece.start, max(piece.end, end))
    if not language:
        return one, piece.end
    if covered is None:
        return None, end
    again = read_piece(text, covered, lines)
    if again.node is None:
        why = f"{again.why_unread}; it is a template ({language}): lint what it renders to"
        return replace(again, why_unread=why), end
    return again, end


def read_piece(text: str, piece: Piece, lines: Lines) -> Read:
    """Read one statement."""
    node, why = _read_node(text, piece)
    start, end = piece.start, piece.tokens[-1].end
    line, column = lines.position(start)
    end_line, end_column = lines.position(end)
    inside = tuple(_read_body(text, node, lines)) if isinstance(node, q.Do) else ()
    held: tuple[Read, ...] = ()
    if isinstance(node, _Holding):
        try:
            held = tuple(_read_held(text, node, lines))
        except NotReadError as error:  # a parenthesis of the WITH is not closed
            node, why = None, str(error)
    return Read(
        text=text[start:end],
        start=start,
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


def _read_held(text: str, node: _Holding, lines: Lines) -> Iterator[Read]:
    query = _held_query(node)
    for one in q.held(query, Cursor(query.tokens, text)) if query is not None else ():
        yield read_piece(text, Piece(one.tokens, one.tokens[-1].end), lines)


def _held_query(node: _Holding) -> Expr | None:
    match node:
        case q.Query():
            return node.expression
        case q.Prepare():
            return node.statement
        case CreateTable(with_data=False):
            return None
        case _:
            return node.query


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


def _read_body(text: str, block: q.Do, lines: Lines) -> Iterator[Read]:
    """Read the statements of a PL/pgSQL body; a constant EXECUTE is followed."""
    for found in statements(text, block.offset, block.offset + len(block.body)):
        match found:
            case Piece():
                if found.tokens[0].word in VERBS:
                    yield _without_into(read_piece(text, found, lines))
            case Text():
                for piece in split(text, found.start, found.end):
                    yield read_piece(text, piece, lines)
            case PutTogether():
                why = "the statement is put together while it runs"
                yield _unread(text, found.tokens, lines, why)


def _without_into(one: Read) -> Read:
    """In PL/pgSQL SELECT .. INTO fills a variable, and makes no table."""
    node = one.node
    if not isinstance(node, q.Query) or node.into is None:
        return one
    return replace(one, node=replace(node, into=None))


def _unread(text: str, tokens: tuple[Token, ...], lines: Lines, why: str) -> Read:
    start, end = tokens[0].start, tokens[-1].end
    line, column = lines.position(start)
    end_line, end_column = lines.position(end)
    return Read(
        text=text[start:end], start=start, end=end, line=line, column=column, end_line=end_line,
        end_column=end_column, node=None, why_unread=why,
    )  # fmt: skip

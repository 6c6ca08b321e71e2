"""The statements of a PL/pgSQL body, with what controls them taken off.

What is not SQL (declarations, assignments, conditions) is left out: it runs no DDL of its own.
"""

from collections.abc import Iterator

from expandcontract.lint.splitting import Piece, split
from expandcontract.lint.tokens import Kind, Token
from expandcontract.model.value import value

Tokens = tuple[Token, ...]

_OPENS = frozenset({"BEGIN", "ELSE", "LOOP", "EXCEPTION"})
_ASKS = frozenset({"IF", "ELSIF", "ELSEIF", "WHEN", "CASE"})
_REPEATS = frozenset({"FOR", "FOREACH", "WHILE"})
_QUERIES = frozenset({"SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE", "EXECUTE"})
_ENDS = frozenset({"END", "COMMIT", "ROLLBACK"})
"""Of a block or a transaction: nothing is run that the schema notices."""
_ASSIGNS = frozenset({":=", "="})


@value
class Text:
    """A constant text that EXECUTE runs: where it stands between its quotes."""

    start: int
    end: int


@value
class PutTogether:
    """An EXECUTE of what only the running body knows."""

    tokens: Tokens


def statements(text: str, start: int, end: int) -> Iterator[Piece | Text | PutTogether]:
    """What a body between two offsets runs, in the order in which it stands there."""
    declaring = False
    for piece in split(text, start, end):
        declaring = _declares(piece.tokens, going_on=declaring)
        if declaring:
            continue
        for tokens in _bare(piece.tokens):
            if tokens[0].word in _ENDS:
                continue
            if tokens[0].word == "EXECUTE":
                yield _executed(tokens)
            elif len(tokens) < 2 or tokens[1].word not in _ASSIGNS:  # noqa: PLR2004
                yield Piece(tokens, piece.end)


def _declares(tokens: Tokens, *, going_on: bool) -> bool:
    """Declarations go on from DECLARE to the next BEGIN."""
    first = _unlabelled(tokens)[:1]
    word = first[0].word if first else ""
    return word == "DECLARE" or (going_on and word != "BEGIN")


def _bare(tokens: Tokens) -> Iterator[Tokens]:
    """The statement, and before it the query that a loop goes through."""
    while tokens := _unlabelled(tokens):
        word = tokens[0].word
        if word in _OPENS:
            tokens = tokens[1:]
        elif word in _ASKS:
            tokens = _behind_then(tokens[1:])
        elif word in _REPEATS:
            words = [token.word for token in tokens]
            loop = words.index("LOOP") if "LOOP" in words else len(words)
            if "IN" in words[:loop]:
                through = tokens[words.index("IN") + 1 : loop]
                if through and through[0].word in _QUERIES:
                    yield through
            tokens = tokens[loop + 1 :]
        else:
            yield tokens
            return


def _unlabelled(tokens: Tokens) -> Tokens:
    """Without a `<<label>>`."""
    return tokens[3:] if tokens and tokens[0].word == "<<" else tokens


def _behind_then(tokens: Tokens) -> Tokens:
    """What a condition decides about: PL/pgSQL looks for the first THEN outside parentheses."""
    depth = 0
    for at, token in enumerate(tokens):
        if token.word in {"(", ")"}:
            depth += 1 if token.word == "(" else -1
        elif token.word == "THEN" and depth == 0:
            return tokens[at + 1 :]
    return ()


def _executed(tokens: Tokens) -> Text | PutTogether:
    """A text is constant where nothing is put to it; values that USING brings change no names."""
    constant = len(tokens) > 1 and tokens[1].kind is Kind.STRING
    ends = len(tokens) == 2 or tokens[2].word in {"USING", "INTO"} if constant else False  # noqa: PLR2004
    if not ends:
        return PutTogether(tokens)
    token = tokens[1]
    width = token.text.index("$", 1) + 1 if token.text.startswith("$") else 1
    opening = width if token.text.startswith(("$", "'")) else token.text.index("'") + 1
    return Text(token.start + opening, token.end - width)

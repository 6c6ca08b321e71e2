"""Text to statements: the tokens of each, whatever stands between them left aside.

A statement ends at its semicolon or at a psql command. Data after COPY .. FROM STDIN is passed
over; a body between BEGIN ATOMIC and END, and the commands of CREATE RULE, keep their semicolons.
Where a statement switches standard_conforming_strings off, the texts behind it may hold escapes.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from expandcontract.lint.tokens import STANDARD, Kind, Token, escaping, next_token, scan, unclosed
from expandcontract.model.value import value

_COPY_END = re.compile(r"^\\\.[ \t]*\r?$\n?", re.MULTILINE)
_ROUTINES = frozenset({"FUNCTION", "PROCEDURE"})
_HOLDERS = _ROUTINES | {"RULE"}
_EDGES = _HOLDERS | {";"}
_SETS = frozenset({"SET", "RESET"})
_OFF = frozenset({"OFF", "OF", "FALSE", "FALS", "FAL", "FA", "F", "NO", "N", "0"})
"""What a server takes for off."""
_WORD, _META, _BROKEN, _END = Kind.WORD, Kind.META, Kind.BROKEN, Kind.END
_PATIENCE = 4
"""How many times its length a text may be read again because a literal in it is in doubt."""
_HEAD = 4
"""CREATE OR REPLACE FUNCTION: by then a statement has said what it makes."""


@value
class Piece:
    """The tokens of one statement, and where it ends (after its semicolon)."""

    tokens: tuple[Token, ...]
    end: int
    whole: bool = False  #: it is sure that no token is broken

    @property
    def start(self) -> int:
        """Where the first token stands."""
        return self.tokens[0].start


class Lines:
    """Offsets to lines and columns, both counted from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *accumulate([len(line) + 1 for line in text.split("\n")])]

    def position(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def split(text: str, at: int = 0, stop: int | None = None) -> Iterator[Piece]:
    """Give the statements between two offsets, in order."""
    stop = len(text) if stop is None else stop
    patience = _PATIENCE * len(text)
    pattern = STANDARD
    while at < stop:
        tokens, end, closed = _tokens(text, at, stop, pattern)
        if not closed and end - at < patience:
            patience -= end - at
            tokens, end = _closed_earlier(text, tokens, end)
        if tokens:
            yield Piece(tuple(tokens), end, closed)
            if tokens[0].word in _SETS:
                pattern = _pattern_behind(tokens, pattern)
        at = _after_copy_data(text, tokens, end)


def _pattern_behind(tokens: list[Token], before: re.Pattern[str]) -> re.Pattern[str]:
    """How texts are read from here on, where the statement is about just that."""
    words = [token.word or token.text.strip("'").upper() for token in tokens[1:]]
    if words[:1] in (["LOCAL"], ["SESSION"]):
        words = words[1:]
    if words[:1] == ["ALL"] and tokens[0].word == "RESET":
        return STANDARD
    if words[:1] != ["STANDARD_CONFORMING_STRINGS"]:
        return before
    return STANDARD if _OFF.isdisjoint(words[2:3]) else escaping()


def _tokens(
    text: str, at: int, stop: int, pattern: re.Pattern[str]
) -> tuple[list[Token], int, bool]:
    """One statement, or one psql command; where it ends, and whether all in it has an end."""
    tokens: list[Token] = []
    closed = True
    while True:
        token = scan(text, at, stop, tokens, _EDGES, pattern)
        kind, _, start, at, word = token
        if kind is _END:
            return tokens, stop, closed
        if word == ";":
            return tokens, at, closed
        if kind is _META:
            return (tokens or [token]), start if tokens else at, closed
        closed = closed and kind is not _BROKEN
        tokens.append(token)
        if word in _HOLDERS and len(tokens) <= _HEAD:
            return _holding(text, at, stop, tokens, pattern, closed=closed)


def _holding(
    text: str,
    at: int,
    stop: int,
    tokens: list[Token],
    pattern: re.Pattern[str],
    *,
    closed: bool,
) -> tuple[list[Token], int, bool]:
    """A statement in which a semicolon may end nothing, from behind the word that says so."""
    nesting = Nesting(tokens[-1].word)
    while (token := next_token(text, at, stop, pattern)).kind is not _END:
        kind, _, start, at, word = token
        if word == ";" and not nesting.inside:
            return tokens, at, closed
        if kind is _META:
            return tokens, start, closed
        closed = closed and kind is not _BROKEN
        tokens.append(token)
        nesting.see(token, tokens)
    if nesting.inside:
        tokens.append(Token(_BROKEN, "", stop, stop, ""))
        closed = False
    return tokens, stop, closed


def _closed_earlier(text: str, tokens: list[Token], end: int) -> tuple[list[Token], int]:
    """Doubt what goes on over the end of a statement and makes no sense.

    In `SET a = 'it's'; .. 'x'` the second text would reach as far as the quote before `x`, and
    take all statements between with it. It is cut where its first line ends a statement, and so
    is a body that has no END.
    """
    for place, token in enumerate(tokens):
        if token.kind in {Kind.STRING, Kind.QUOTED} and not token.text.startswith("$"):
            cut = unclosed(text, token.start)
            if cut.end < token.end:
                return [*tokens[:place], cut], cut.end + 1
        if token.word == ";":  # of a body without an END, or it would not be inside
            return [
                *tokens[:place],
                Token(Kind.BROKEN, "", token.start, token.start, ""),
            ], token.end
    return tokens, end


class Nesting:
    """Counts what may hold a semicolon that ends nothing, in a statement of a kind that may."""

    def __init__(self, holder: str) -> None:
        self._routine = holder in _ROUTINES
        self._depth = 0
        self._parentheses = 0

    @property
    def inside(self) -> bool:
        """Whether a semicolon now belongs to the statement."""
        return (self._depth if self._routine else self._parentheses) > 0

    def see(self, token: Token, so_far: list[Token]) -> None:
        """Take note of one more token."""
        word = token.word
        if word == "(":
            self._parentheses += 1
        elif word == ")":
            self._parentheses -= 1
        elif not self._routine or token.kind is not _WORD:
            return
        elif word == "ATOMIC" and so_far[-2].word == "BEGIN":
            self._depth = 1
        elif self._depth and word == "CASE":
            self._depth += 1
        elif self._depth and word == "END":
            self._depth -= 1


def _after_copy_data(text: str, tokens: list[Token], at: int) -> int:
    if not tokens or tokens[0].word != "COPY" or text[at - 1] != ";":
        return at
    words = [token.word for token in tokens]
    if "STDIN" not in words or "FROM" not in words:
        return at
    end = _COPY_END.search(text, at)
    return end.end() if end else at

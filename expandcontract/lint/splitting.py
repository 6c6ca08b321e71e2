"""Text to statements: the tokens of each, whatever stands between them left aside.

A statement ends at its semicolon or at a psql command. Data after COPY .. FROM STDIN is passed
over; a body between BEGIN ATOMIC and END, and the commands of CREATE RULE, keep their semicolons.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from expandcontract.lint.tokens import Kind, Token, next_token

_COPY_END = re.compile(r"^\\\.[ \t]*\r?$\n?", re.MULTILINE)
_ROUTINES = frozenset({"FUNCTION", "PROCEDURE"})
_HEAD = 4
"""CREATE OR REPLACE FUNCTION: by then a statement has said what it makes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The tokens of one statement, and where it ends (after its semicolon)."""

    tokens: tuple[Token, ...]
    end: int

    @property
    def start(self) -> int:
        """Where the first token stands."""
        return self.tokens[0].start


class Lines:
    """Offsets to lines and columns, both counted from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer(r"\n", text))]

    def position(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def split(text: str, at: int = 0, stop: int | None = None) -> Iterator[Piece]:
    """Give the statements between two offsets, in order."""
    stop = len(text) if stop is None else stop
    tokens: list[Token] = []
    nesting = Nesting()
    while True:
        token = next_token(text, at)
        if token.kind is Kind.END or token.start >= stop:
            break
        at = token.end
        if token.word == ";" and not nesting.inside:
            if tokens:
                yield Piece(tuple(tokens), token.end)
            at = _after_copy_data(text, tokens, at)
            tokens, nesting = [], Nesting()
        elif token.kind is Kind.META:
            if tokens:
                yield Piece(tuple(tokens), token.start)
            yield Piece((token,), token.end)
            tokens, nesting = [], Nesting()
        else:
            tokens.append(token)
            if nesting.watches or len(tokens) <= _HEAD:
                nesting.see(token, tokens)
    if tokens:
        yield Piece(tuple(tokens), min(tokens[-1].end, stop))


class Nesting:
    """Counts what may hold a semicolon that ends nothing."""

    def __init__(self) -> None:
        self._routine = False
        self._rule = False
        self._depth = 0
        self._parentheses = 0

    @property
    def watches(self) -> bool:
        """Whether the statement is of a kind that may hold such semicolons."""
        return self._routine or self._rule

    @property
    def inside(self) -> bool:
        """Whether a semicolon now belongs to the statement."""
        return self._depth > 0 or (self._rule and self._parentheses > 0)

    def see(self, token: Token, so_far: list[Token]) -> None:
        """Take note of one more token."""
        if token.kind is Kind.WORD:
            self._see_word(token.word, so_far)
        elif token.word == "(":
            self._parentheses += 1
        elif token.word == ")":
            self._parentheses -= 1

    def _see_word(self, word: str, so_far: list[Token]) -> None:
        if len(so_far) <= _HEAD and so_far[0].word == "CREATE":
            self._routine |= word in _ROUTINES
            self._rule |= word == "RULE"
        if not self._routine:
            return
        if word == "ATOMIC" and so_far[-2].word == "BEGIN":
            self._depth = 1
        elif self._depth and word == "CASE":
            self._depth += 1
        elif self._depth and word == "END":
            self._depth -= 1


def _after_copy_data(text: str, tokens: list[Token], at: int) -> int:
    if not tokens or tokens[0].word != "COPY":
        return at
    words = [token.word for token in tokens]
    if "STDIN" not in words or "FROM" not in words:
        return at
    end = _COPY_END.search(text, at)
    return end.end() if end else len(text)

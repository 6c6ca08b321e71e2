"""Text to statements as the `mysql` client cuts it: DELIMITER, bodies of routines, backslash G."""

import re
from collections.abc import Iterator

from expandcontract.lint.mysql.tokens import Lexer
from expandcontract.lint.splitting import Piece
from expandcontract.lint.tokens import Kind, Token

_DELIMITER = re.compile(r"DELIMITER[ \t]+(\S+)[^\n]*", re.IGNORECASE)
_BODIES = frozenset({"PROCEDURE", "FUNCTION", "TRIGGER", "EVENT"})
_BLOCKS = frozenset({"IF", "LOOP", "WHILE", "REPEAT"})
_HEAD = 12  #: words that may stand before TRIGGER: OR REPLACE DEFINER = a @ b ..
_GO = ("\\g", "\\G")


def split(text: str, lexer: Lexer) -> Iterator[Piece]:
    """Give the statements, in order; DELIMITER lines are obeyed and are no statements."""
    at, delimiter = 0, ";"
    tokens: list[Token] = []
    body = _Body()
    while True:
        start = lexer.skip_blank(text, at)
        if not tokens and start >= 0 and (said := _DELIMITER.match(text, start)):
            delimiter, at = said[1], said.end()
            continue
        token, ends = _next(text, at, lexer, delimiter)
        if token.kind is Kind.END:
            break
        at = token.end
        ends = ends and not (delimiter == ";" and body.open)
        if not ends:
            tokens.append(token)
            body.see(token.word)
        if tokens and (ends or tokens[0].kind is Kind.META):
            yield Piece(tuple(tokens), token.end)
            tokens, body = [], _Body()
    if tokens:
        yield Piece(tuple(tokens), tokens[-1].end)


def _next(text: str, at: int, lexer: Lexer, delimiter: str) -> tuple[Token, bool]:
    """The next token, and whether it is the delimiter."""
    start = lexer.skip_blank(text, at)
    if start >= 0 and text.startswith(delimiter, start):
        stop = start + len(delimiter)
        return Token(Kind.SYMBOL, delimiter, start, stop, delimiter), True
    token = lexer(text, at)
    if token.kind is Kind.META and token.text[:2] in _GO:
        return token._replace(end=token.start + 2), True
    if delimiter != ";" and token.kind in {Kind.WORD, Kind.SYMBOL} and delimiter in token.text:
        cut = token.text.index(delimiter)
        shorter = token.text[:cut]
        word = token.word[:cut] if token.word else ""
        return token._replace(text=shorter, word=word, end=token.start + cut), False
    return token, False


class _Body:
    """Counts the blocks between BEGIN and END of a routine, trigger or event."""

    def __init__(self) -> None:
        self._words = 0
        self._creates = False
        self._has_body = False
        self._depth = 0
        self._before = ""

    @property
    def open(self) -> bool:
        """Whether a semicolon now belongs to the statement."""
        return self._has_body and self._depth > 0

    def see(self, word: str) -> None:
        """Take note of one more token."""
        if self._words == 0:
            self._creates = word == "CREATE"
        self._has_body |= self._creates and self._words < _HEAD and word in _BODIES
        self._words += 1
        if self._before == "END" and word in _BLOCKS:
            self._depth += 1  # END IF closes what was not counted as open
        elif word == "BEGIN" or (word == "CASE" and self._before != "END"):
            self._depth += 1
        elif word == "END":
            self._depth -= 1
        self._before = word

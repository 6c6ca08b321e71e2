"""Text to statements as the `mysql` client cuts it: DELIMITER, bodies of routines, backslash G."""

import re
from collections.abc import Iterator

from expandcontract.lint.mysql.tokens import Lexer
from expandcontract.lint.splitting import Piece
from expandcontract.lint.tokens import Kind, Token

_DELIMITER = re.compile(r"DELIMITER[ \t]+(\S+)[^\n]*", re.IGNORECASE)
_BODIES = frozenset({"PROCEDURE", "FUNCTION", "TRIGGER", "EVENT"})
_BLOCKS = frozenset({"IF", "LOOP", "WHILE", "REPEAT"})
_GO = ("\\g", "\\G")


def split(text: str, lexer: Lexer) -> Iterator[Piece]:
    """Give the statements, in order; DELIMITER lines are obeyed and are no statements."""
    at, delimiter = 0, ";"
    tokens: list[Token] = []
    while True:
        start = lexer.skip_blank(text, at)
        if not tokens and start >= 0 and (said := _DELIMITER.match(text, start)):
            delimiter, at = said[1], said.end()
            continue
        token, ends = _next(text, at, lexer, delimiter)
        if token.kind is Kind.END:
            break
        at = token.end
        ends = ends and not (delimiter == ";" and _inside_body(tokens))
        if not ends:
            tokens.append(token)
        if tokens and (ends or tokens[0].kind is Kind.META):
            yield Piece(tuple(tokens), token.end)
            tokens = []
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


def _inside_body(tokens: list[Token]) -> bool:
    """Whether a semicolon now stands between BEGIN and END of a routine, trigger or event."""
    if not tokens or tokens[0].word != "CREATE":
        return False
    if not any(token.word in _BODIES for token in tokens[:12]):
        return False
    words = [token.word for token in tokens]
    depth = 0
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        if word == "BEGIN" or (word == "CASE" and before != "END"):
            depth += 1
        elif word == "END" and (place + 1 == len(words) or words[place + 1] not in _BLOCKS):
            depth -= 1
    return depth > 0

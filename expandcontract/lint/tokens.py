"""SQL text as tokens, by PostgreSQL's lexical rules; every token knows its place.

One regular expression does the work: it needs no import that costs time, confines a string that
nobody closed to its own statement, and reads the same whatever parser version is installed.
"""

import re
import sys
from collections.abc import Container
from enum import IntEnum
from functools import cache
from typing import NamedTuple


class Kind(IntEnum):
    """What a token is; the words of SQL are names until a form says otherwise."""

    WORD = 1  # unquoted name or keyword
    QUOTED = 2  # "name"
    STRING = 3  # any literal text, dollar quotes included
    NUMBER = 4
    PARAMETER = 5  # $1, :name, %(name)s, {{ name }}
    SYMBOL = 6  # operators and punctuation
    META = 7  # a psql command, to the end of its line
    BROKEN = 8  # a literal without an end, or a character that SQL does not have
    END = 9


class Token(NamedTuple):
    """One token; `word` is what grammar compares: the upper-case word or the symbol."""

    kind: Kind
    text: str
    start: int
    end: int
    word: str


END = Token(Kind.END, "", -1, -1, "")

_GROUPS: tuple[tuple[str, Kind, str], ...] = (
    ("word", Kind.WORD, r"(?![eEbBxXnN]'|[uU]&['\"])[^\W\d][\w$]*"),
    ("punctuation", Kind.SYMBOL, r"[(),;\[\].]"),
    ("quoted", Kind.QUOTED, r'(?:[uU]&)?"[^"]*+(?:""[^"]*+)*+"'),
    ("escaped", Kind.STRING, r"[eE]'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+'"),
    ("string", Kind.STRING, r"(?:[bBxXnN]|[uU]&)?'[^']*+(?:''[^']*+)*+'"),
    (
        "number",
        Kind.NUMBER,
        r"0[xXoObB][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?",
    ),
    ("dollar", Kind.STRING, r"\$(?:[^\W\d]\w*)?\$"),
    (
        "template",
        Kind.PARAMETER,
        (
            r"\$\d+|%\(\w+\)s|%s\b|(?<!:):(?=[\w'\"])(?:\w+|'\w+'|\"\w+\")|:\{\?\w+\}"
            r"|\{\{[^{}]*+\}\}|\$\{\w+\}"
        ),
    ),
    ("symbol", Kind.SYMBOL, r"::|:=|(?:(?!--|/\*)[-+*/<>=~!@\#%^&|`?])+|:"),
    ("meta", Kind.META, r"\\[^\n]*"),
    ("open", Kind.BROKEN, r"""(?:[eEbBxXnN]|[uU]&)?['"]"""),
    ("alien", Kind.BROKEN, r"."),
    ("end", Kind.END, r"\Z"),
)


def _compiled(**others: str) -> re.Pattern[str]:
    groups = (f"(?P<{name}>{others.get(name, pattern)})" for name, _, pattern in _GROUPS)
    before = r"\s*+(?:--[^\r\n]*+\s*+)*+(?:(?P<comment>/\*)|"
    return re.compile(f"{before}{'|'.join(groups)})", re.DOTALL)


@cache
def escaping() -> re.Pattern[str]:
    """The tokens of a session with standard_conforming_strings off: any text may hold escapes."""
    plain = r"[nN]?'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+'"
    return _compiled(string=plain + r"|(?:[bBxX]|[uU]&)'[^']*+(?:''[^']*+)*+'")


STANDARD = _TOKEN = _compiled()
"""The tokens of a session as it begins."""

_KINDS = {_TOKEN.groupindex[name]: kind for name, kind, _ in _GROUPS}
_FURTHER = frozenset({"dollar", "meta", "open", "alien", "end"})
_WHOLE = [None] * (_TOKEN.groups + 1)  # type: list[Kind | None]
"""By the number of a group: what its token is, where the group holds all of it."""
for _name, _kind, _ in _GROUPS:
    _WHOLE[_TOKEN.groupindex[_name]] = None if _name in _FURTHER else _kind

_WORD, _SYMBOL, _META = Kind.WORD, Kind.SYMBOL, Kind.META
_token = tuple.__new__  #: what `Token` itself calls, once it has looked at its arguments
_COMMENT = _TOKEN.groupindex["comment"]
_DOLLAR = _TOKEN.groupindex["dollar"]
_OPEN = _TOKEN.groupindex["open"]
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_STATEMENT_END = re.compile(r";[ \t]*(?=\r?\n|\Z)")


def next_token(
    text: str, at: int, stop: int | None = None, pattern: re.Pattern[str] = STANDARD
) -> Token:
    """Read the token at or after an offset; `END` when only blanks and comments are left."""
    stop = len(text) if stop is None else stop
    match = pattern.match(text, at, stop)
    while match is not None and match.lastindex == _COMMENT:
        start = match.start(_COMMENT)
        at = comment_end(text, start)
        if at < 0:
            return Token(Kind.BROKEN, text[start:], start, len(text), "")
        match = pattern.match(text, at, stop)
    place = match.lastindex if match is not None else None
    kind = _KINDS[place] if place else Kind.END
    if match is None or place is None or kind is Kind.END:
        return END
    start, end = match.span(place)
    found = match[place]
    if kind is _WORD:
        return _token(Token, (kind, found, start, end, found.upper()))
    if place == _DOLLAR:
        closing = text.find(found, end)
        end = closing + len(found) if closing >= 0 else -1
        found = text[start:end]
    if place == _OPEN or end < 0:
        return unclosed(text, start)
    return _token(Token, (kind, found, start, end, found if kind is _SYMBOL else ""))


def scan(
    text: str,
    at: int,
    stop: int,
    tokens: list[Token],
    edges: Container[str],
    pattern: re.Pattern[str] = STANDARD,
) -> Token:
    """Add what stands from an offset on, up to one of these words, which comes back.

    So does what ends or breaks something: a psql command, a broken token, `END` behind the last.
    """
    add = tokens.append
    while at <= stop:
        for match in pattern.finditer(text, at, stop):
            place = match.lastindex or 0
            kind = _WHOLE[place]
            if kind is None:
                token = next_token(text, match.start(), stop, pattern)
                if token.kind >= _META or token.word in edges:
                    return token
                add(token)
                at = token.end
                if at != match.end():  # it goes further than the expression sees
                    break
                continue
            found, at = match[place], match.end()
            word = found.upper() if kind is _WORD else found if kind is _SYMBOL else ""
            token = _token(Token, (kind, found, at - len(found), at, word))
            if word in edges:
                return token
            add(token)
    return END


def unclosed(text: str, start: int) -> Token:
    """A literal without an end goes as far as the semicolon that seems to end its statement."""
    closing = _STATEMENT_END.search(text, start)
    stop = closing.start() if closing else len(text)
    return Token(Kind.BROKEN, text[start:stop], start, stop, "")


def comment_end(text: str, at: int) -> int:
    """Where the block comment that starts here ends, nested ones included; -1 if nowhere."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, at):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return -1


def unquoted(token: Token) -> str:
    """The name that a WORD or QUOTED token stands for, folded as PostgreSQL folds it.

    >>> unquoted(next_token('Orders', 0)), unquoted(next_token('"we""ird"', 0))
    ('orders', 'we"ird')
    """
    if token.kind is _WORD:
        return token.text.lower()
    body = token.text[token.text.index('"') + 1 : -1].replace('""', '"')
    return body if token.text.startswith('"') else _UNICODE.sub(_character, body)


_UNICODE = re.compile(r"\\(?:([0-9a-fA-F]{4})|\+([0-9a-fA-F]{6})|(\\))")


def _character(escaped: re.Match[str]) -> str:
    r"""What `\0061`, `\+000061` or a doubled backslash stands for in a U& name."""
    code = int(escaped[1] or escaped[2] or "5c", 16)
    return chr(code) if 0 < code <= sys.maxunicode else escaped[0]


def string_value(token: Token) -> str:
    """The text inside a string literal; escapes are kept as written but for doubled quotes.

    >>> string_value(next_token("'it''s'", 0)), string_value(next_token("$f$BEGIN$f$", 0))
    ("it's", 'BEGIN')
    """
    text = token.text
    if text.startswith("$"):
        width = text.index("$", 1) + 1
        return text[width:-width]
    return text[text.index("'") + 1 : -1].replace("''", "'")

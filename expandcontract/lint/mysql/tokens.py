"""SQL text as tokens, by the lexical rules of MySQL and MariaDB."""

import re

from expandcontract.lint.cursor import Cursor, NotReadError
from expandcontract.lint.mysql.profile import Profile
from expandcontract.lint.tokens import END, Kind, Token

_GROUPS: tuple[tuple[str, Kind, str], ...] = (
    ("introduced", Kind.STRING, r"[nNxXbB]'(?:[^'\\]|\\.|'')*'"),
    (
        "number",
        Kind.NUMBER,
        r"(?:0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\w$])",
    ),
    ("word", Kind.WORD, r"[\w$]+"),
    ("punctuation", Kind.SYMBOL, r"[(),;.]"),
    ("quoted", Kind.QUOTED, r"`(?:[^`]|``)+`"),
    ("string", Kind.STRING, r"'(?:[^'\\]|\\.|'')*'" + r'|"(?:[^"\\]|\\.|"")*"'),
    ("variable", Kind.PARAMETER, r"@@?(?:[\w$.]+|`[^`]+`|'[^']*')|@"),
    ("template", Kind.PARAMETER, r"%\(\w+\)s|%s\b|:\w+|\{\{.*?\}\}|\?"),
    ("symbol", Kind.SYMBOL, r":=|->>?|(?:(?!/\*|\*/)[-+*/<>=~!%^&|:])+|[{}\[\]]"),
    ("meta", Kind.META, r"\\[^\n]*"),
    ("open", Kind.BROKEN, r"[nNxXbB]?['\"`]"),
    ("alien", Kind.BROKEN, r"."),
)  # fmt: skip
_KINDS = {name: kind for name, kind, _ in _GROUPS}
_TOKEN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, _, pattern in _GROUPS), re.DOTALL)
_BLANK = re.compile(r"(?:\s+|#[^\n]*|--(?=\s|\Z)[^\n]*|\*/)+")
_VERSIONED = re.compile(r"/\*(?P<maria>M)?!(?P<version>\d{5,6})?")
_STATEMENT_END = re.compile(r";[ \t]*(?=\r?\n|\Z)")


class Lexer:
    """Reads tokens as one server does: it decides which versioned comments are code."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def __call__(self, text: str, at: int) -> Token:
        """Read the token at or after an offset; `END` when nothing but blanks is left."""
        at = self.skip_blank(text, at)
        if at < 0:
            return Token(Kind.BROKEN, text[~at:], ~at, len(text), "")
        match = _TOKEN.match(text, at)
        if match is None:
            return END
        name = match.lastgroup or ""
        found = match[0]
        if name == "word":
            return Token(Kind.WORD, found, at, match.end(), found.upper())
        if name == "open":
            closing = _STATEMENT_END.search(text, at)
            stop = closing.start() if closing else len(text)
            return Token(Kind.BROKEN, text[at:stop], at, stop, "")
        kind = _KINDS[name]
        return Token(kind, found, at, match.end(), found if kind is Kind.SYMBOL else "")

    def skip_blank(self, text: str, at: int) -> int:
        """Pass over white space and comments; the complement of the offset of one left open."""
        while True:
            if blank := _BLANK.match(text, at):
                at = blank.end()
            if not text.startswith("/*", at):
                return at
            versioned = _VERSIONED.match(text, at)
            if versioned and self._profile.runs(
                int(versioned["version"]) if versioned["version"] else None,
                maria_only=versioned["maria"] is not None,
            ):
                at = versioned.end()
                continue
            end = text.find("*/", at + 2)
            if end < 0:
                return ~at
            at = end + 2


class MyCursor(Cursor):
    """A reading position that takes names and texts as MySQL quotes them."""

    def ident(self) -> str:
        """Take one name, as it is written: whether case counts depends on the server's disk."""
        token = self.peek()
        if token.kind in {Kind.WORD, Kind.PARAMETER}:
            self.at += 1
            return token.text
        if token.kind is Kind.QUOTED:
            self.at += 1
            return token.text[1:-1].replace("``", "`")
        raise NotReadError(token, "a name")

    def string(self) -> str:
        """Take a literal text."""
        token = self.peek()
        if token.kind is not Kind.STRING:
            raise NotReadError(token, "a text")
        self.at += 1
        quote = token.text[-1]
        return token.text[token.text.index(quote) + 1 : -1].replace(quote * 2, quote)

    def number(self) -> int:
        """Take a whole number."""
        token = self.peek()
        if token.kind is not Kind.NUMBER or not token.text.isdigit():
            raise NotReadError(token, "a number")
        self.at += 1
        return int(token.text)

"""Templates in SQL: what renders to a name or a value is read around, as `:x` and `%(x)s` are.

Asked only about a statement that could not be read as it stands: much of what these languages
write is SQL somewhere else (`<%` is an operator, `{{1}}` an array in quotes).
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice, takewhile

from expandcontract.lint.splitting import Piece, split
from expandcontract.lint.statements import VERBS
from expandcontract.lint.tokens import Kind, Token
from expandcontract.model.value import value

_LANGUAGES: tuple[tuple[str, str, str], ...] = (
    ("blank", "Jinja", r"\{%.{0,2000}?%\}|\{\#.{0,2000}?\#\}"),
    ("value", "Jinja", r"\{\{(?:[^{}'\"]|'[^'\n]*'|\"[^\"\n]*\"|\{[^{}]*\})*+\}\}"),
    ("value", "ERB", r"<%=.{0,2000}?%>"),
    ("blank", "ERB", r"<%(?!=).{0,2000}?%>"),
    ("value", "Ruby", r"\#\{(?:[^{}]|\{[^{}]*\})*+\}"),
    ("value", "${..}", r"\$\{[^{}\n]*\}"),
    ("value", "@@..@@", r"@@[A-Za-z_][\w.]*@@"),
    ("value", "@..@", r"(?<!@)@[A-Za-z_][\w.]*@(?!@)"),
    ("value", "%{..}", r"%\{[\w.]+\}"),
    ("value", "$(..)", r"\$\([\w.]+\)"),
    ("value", "{..}", r"(?<![{$#%])\{[A-Za-z_][\w.]*(?:![rsa])?\}(?!\})"),
)
_PLACE = "|".join(f"(?P<at{at}>{pattern})" for at, (_, _, pattern) in enumerate(_LANGUAGES))
_MARKS = ("{{", "{%", "{#", "<%", "#{", "${", "@", "%{", "$(", "{")


@value
class Place:
    """What a template language puts into the text, or takes as its own."""

    start: int
    end: int
    language: str
    stands_for_something: bool


class Templated:
    """A text with every place of a template covered, so that all offsets stay what they were.

    Names and values are covered by a word, all else by blanks.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.places = tuple(_places(text)) if any(mark in text for mark in _MARKS) else ()
        self._ends = [one.end for one in self.places]
        self._covered = _covered(text, self.places) if self.places else text

    def language(self, start: int, end: int) -> str:
        """The language of the first place between two offsets; empty where there is none."""
        return next((one.language for one in self._between(start, end)), "")

    def piece(self, start: int) -> tuple[Piece | None, int]:
        """The statement from an offset on, and where it ends; none where only blanks are left."""
        for piece in split(self._covered, start):
            tokens = tuple(self._told(token) for token in piece.tokens)
            return Piece(tokens[self._alone(piece.tokens) :], piece.end), piece.end
        return None, len(self._text)

    def _alone(self, tokens: tuple[Token, ...]) -> int:
        """How many tokens are templates on lines of their own, with a statement behind them."""
        at = 0
        while at < len(tokens) and self._is_template(tokens[at]):
            at += 1
        if not 0 < at < len(tokens) or tokens[at].word not in VERBS:
            return 0
        first, last, verb = tokens[0], tokens[at - 1], tokens[at]
        if "\n" not in self._covered[last.end : verb.start]:
            return 0
        line = self._covered[self._covered.rfind("\n", 0, first.start) + 1 : first.start]
        return 0 if line.strip() else at

    def _is_template(self, token: Token) -> bool:
        own = self._covered[token.start : token.end]
        return not own.strip("_") and any(self._between(token.start, token.end))

    def _told(self, token: Token) -> Token:
        """The token as the text has it; one that a template has a part in stands for a name."""
        own = any(self._between(token.start, token.end))
        if not own:
            return token
        text = self._text[token.start : token.end]
        if token.kind is Kind.WORD:
            return Token(Kind.PARAMETER, text, token.start, token.end, "")
        return token._replace(text=text)

    def _between(self, start: int, end: int) -> Iterator[Place]:
        """The places that reach into a part of the text."""
        following = islice(self.places, bisect_right(self._ends, start), None)
        return takewhile(lambda one: one.start < end, following)


def _places(text: str) -> Iterator[Place]:
    for match in re.finditer(_PLACE, text, re.DOTALL):
        kind, language, _ = _LANGUAGES[int((match.lastgroup or "at0").removeprefix("at"))]
        yield Place(match.start(), match.end(), language, kind == "value")


def _covered(text: str, places: tuple[Place, ...]) -> str:
    parts: list[str] = []
    at = 0
    for one in places:
        parts.append(text[at : one.start])
        taken = text[one.start : one.end]
        parts.append("_" * len(taken) if one.stands_for_something else re.sub(r"[^\n]", " ", taken))
        at = one.end
    return "".join([*parts, text[at:]])

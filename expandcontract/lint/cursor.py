"""A reading position in the tokens of one statement, and the few moves that grammar needs."""

from collections.abc import Callable, Container
from typing import TypeVar

from expandcontract.lint.tokens import END, Kind, Token, string_value, unquoted
from expandcontract.model.names import TableName
from expandcontract.model.value import value

_OPENING = {"(": 1, "[": 1, ")": -1, "]": -1}
_NAMES = frozenset({Kind.WORD, Kind.QUOTED})
_WORD = Kind.WORD
_Item = TypeVar("_Item")


class NotReadError(Exception):
    """The tokens are not what this form needs; the statement stays unread."""

    def __init__(self, token: Token, wanted: str) -> None:
        super().__init__(token, wanted)
        self.token = token
        self.wanted = wanted

    def __str__(self) -> str:
        found = self.token.text.split("\n")[0][:40] if self.token.text else "the end"
        return f"expected {self.wanted}, found {found}"


@value
class Expr:
    """A run of tokens that no form takes apart: an expression, a query, an option list."""

    tokens: tuple[Token, ...]
    text: str

    @property
    def words(self) -> tuple[str, ...]:
        """The tokens as grammar compares them."""
        return tuple([token[4] or token[1] for token in self.tokens])  # word, text

    def names(self) -> frozenset[str]:
        """Every name in it that could be a column."""
        return frozenset(unquoted(token) for token in self.tokens if token.kind in _NAMES)


def unwrapped(expression: Expr) -> Expr:
    """Without the parentheses that go all the way around it."""
    words = expression.words
    depth = lowest = 0
    while depth < len(words) // 2 and words[depth] == "(" and words[-1 - depth] == ")":
        depth += 1
    level = lowest = depth
    for word in words[depth : len(words) - depth]:
        level += {"(": 1, ")": -1}.get(word, 0)
        lowest = min(lowest, level)
    tokens = expression.tokens[lowest : len(words) - lowest]
    if not lowest or not tokens:
        return expression
    start, first, last = expression.tokens[0].start, tokens[0].start, tokens[-1].end
    return Expr(tokens, expression.text[first - start : last - start])


class Cursor:
    """The tokens of one statement and how far they are read."""

    __slots__ = ("_words", "at", "source", "tokens")

    def __init__(self, tokens: tuple[Token, ...], source: str) -> None:
        self.tokens = tokens
        self.source = source
        self.at = 0
        self._words = [token[4] for token in tokens]
        self._words.append("")

    def peek(self, ahead: int = 0) -> Token:
        """The token that many places ahead; `END` behind the last one."""
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else END

    def word(self) -> str:
        """The next token as grammar compares it; empty for texts and behind the last one."""
        return self._words[self.at]

    def sees(self, word: str, *more: str) -> bool:
        """Whether these words come next."""
        words, at = self._words, self.at
        if words[at] != word:
            return False
        for one in more:
            at += 1
            if words[at] != one:  # the last one is empty, and is not asked for
                return False
        return True

    def says(self, word: str, *more: str) -> bool:
        """Take these words if they come next."""
        words, at = self._words, self.at
        if words[at] != word:
            return False
        for one in more:
            at += 1
            if words[at] != one:
                return False
        self.at = at + 1
        return True

    def says_any(self, *words: str) -> str:
        """Take one of these words if it comes next; the empty string otherwise."""
        word = self._words[self.at]
        if word and word in words:
            self.at += 1
            return word
        return ""

    def need(self, *words: str) -> None:
        """Take these words or give up."""
        for word in words:
            if self._words[self.at] != word:
                raise NotReadError(self.peek(), word)
            self.at += 1

    def has(self, word: str) -> bool:
        """Whether this word stands anywhere, read or not."""
        return word in self._words

    def seek(self, wanted: Container[str]) -> bool:
        """Pass over everything up to one of these words; whether there is one."""
        words = self._words
        for at in range(self.at, len(self.tokens)):
            if words[at] in wanted:
                self.at = at
                return True
        self.at = len(self.tokens)
        return False

    def take(self) -> Token:
        """Take any token but the end."""
        at = self.at
        if at >= len(self.tokens):
            raise NotReadError(END, "more")
        self.at = at + 1
        return self.tokens[at]

    def done(self) -> bool:
        """Whether all tokens are read."""
        return self.at >= len(self.tokens)

    def need_end(self) -> None:
        """Give up unless all tokens are read."""
        if not self.done():
            raise NotReadError(self.peek(), "the end")

    def ident(self) -> str:
        """Take one name, folded as PostgreSQL folds it."""
        token = self.peek()
        kind = token[0]
        if kind is _WORD:  # as nearly all names are
            self.at += 1
            return token[1].lower()
        if kind is Kind.QUOTED:
            self.at += 1
            self._pass_escape(token)
            return unquoted(token)
        if kind is Kind.PARAMETER:
            self.at += 1
            return token.text
        raise NotReadError(token, "a name")

    def name(self) -> TableName:
        """Take a name that may carry a schema (and, to be ignored, a database)."""
        schema, name = None, self.ident()
        while self._words[self.at] == ".":
            self.at += 1
            schema, name = name, self.ident()
        return TableName(name, schema)

    def names(self) -> tuple[TableName, ...]:
        """Take names with commas between them."""
        return self.listed(self.name)

    def listed(self, one: Callable[[], _Item]) -> tuple[_Item, ...]:
        """Take items with commas between them."""
        items = [one()]
        while self.says(","):
            items.append(one())
        return tuple(items)

    def columns(self) -> tuple[str, ...]:
        """Take names in parentheses."""
        self.need("(")
        names = self.listed(self.ident)
        self.need(")")
        return names

    def string(self) -> str:
        """Take a literal text; one that starts on a new line behind it goes on with it."""
        token = self.peek()
        if token.kind is not Kind.STRING:
            raise NotReadError(token, "a text")
        self.at += 1
        text = string_value(token)
        while (more := self.peek()).kind is Kind.STRING and more.text.startswith("'"):
            if "\n" not in self.source[token.end : more.start]:
                break
            token = self.take()
            text += string_value(token)
        self._pass_escape(token)
        return text

    def _pass_escape(self, token: Token) -> None:
        """Take the UESCAPE that a text or name of the form U& may have."""
        if token.text[:1] in {"u", "U"} and self.word() == "UESCAPE":
            self.at += 2

    def group(self) -> Expr:
        """Take a parenthesis; what is inside comes back."""
        if self.peek().word != "(":
            raise NotReadError(self.peek(), "(")
        start = self.at
        self._pass_group()
        return self.between(start + 1, self.at - 1)

    def _pass_group(self) -> None:
        depth = 0
        words, count = self._words, len(self.tokens)
        for at in range(self.at, count):
            word = words[at]
            if word in _OPENING:
                depth += _OPENING[word]
                if depth == 0:
                    self.at = at + 1
                    return
        self.at = count
        raise NotReadError(END, "more")

    def until(self, *stops: str) -> Expr:
        """Take tokens up to one of these words outside parentheses, or up to the end."""
        start = self.at
        words, count = self._words, len(self.tokens)
        while self.at < count:
            word = words[self.at]
            if word in stops:
                break
            if word in {"(", "["}:
                self._pass_group()
            elif word in {")", "]"}:
                break
            else:
                self.at += 1
        return self.between(start, self.at)

    def rest(self) -> Expr:
        """Take everything that is left."""
        start, self.at = self.at, len(self.tokens)
        return self.between(start, self.at)

    def between(self, start: int, stop: int) -> Expr:
        """The tokens between two places, with their source text."""
        tokens = self.tokens[start:stop]
        text = self.source[tokens[0].start : tokens[-1].end] if tokens else ""
        return Expr(tokens, text)

    def inside(self, expression: Expr) -> "Cursor":
        """A cursor of its own over tokens taken before."""
        return Cursor(expression.tokens, self.source)

"""`-- ec: ignore[EC101] reason`: findings that somebody has looked at and accepted."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from expandcontract.lint.placed import Placed
from expandcontract.lint.splitting import Lines
from expandcontract.lint.tokens import Kind, Token, next_token
from expandcontract.model.value import field, value

_IGNORE = r"(?:--|#)[ \t]*ec:[ \t]*ignore(?:\[(?P<rules>[^\]\n]*)\])?(?P<reason>[^\n]*)"
_UNTIL = r"\s*until\s+(\d{4}-\d{2}-\d{2})\b[:,]?"
"""Compiled where one is met, as in few texts."""

Lexer = Callable[[str, int], Token]


@value(frozen=False)
class Ignore:
    """One comment: the rules it names, its reason, and which of them it was good for."""

    rules: tuple[str, ...]
    reason: str
    line: int
    column: int
    end_column: int
    until: str | None = None
    read: Placed | None = None
    used: set[str] = field(default_factory=set)

    def covers(self, rule_id: str, rule_name: str, today: str | None) -> bool:
        """Whether the comment silences this rule; it is noted as used then."""
        if self.until is not None and today is not None and today > self.until:
            return False
        for wanted in self.rules:
            if wanted.lower() in {rule_id.lower(), rule_name}:
                self.used.add(wanted)
                return True
        return False


def find(
    text: str, reads: Sequence[Placed], lines: Lines, lexer: Lexer = next_token
) -> Iterator[Ignore]:
    """Every such comment of a text, with the statement it stands on or above."""
    if "ec:" not in text:
        return
    starts = [read.start for read in reads]
    for match in re.finditer(_IGNORE, text):
        read = _statement_of(match.start(), starts, reads, lines)
        if read is not None and _inside_a_token(text, match.start(), read, lexer):
            continue
        line, column = lines.position(match.start())
        rest = match["reason"].strip().rstrip("*/").strip()
        until = re.match(_UNTIL, rest)
        if until:
            rest = rest[until.end() :].strip()
        names = tuple(name.strip() for name in (match["rules"] or "").split(",") if name.strip())
        yield Ignore(
            rules=names,
            reason=rest.lstrip(":- "),
            line=line,
            column=column,
            end_column=column + len(match[0].rstrip()),
            until=until[1] if until else None,
            read=read,
        )


def _statement_of(
    offset: int, starts: Sequence[int], reads: Sequence[Placed], lines: Lines
) -> Placed | None:
    """The statement around the comment or before it on its line, else the next one below."""
    line, _ = lines.position(offset)
    next_place = bisect_right(starts, offset)
    before = reads[next_place - 1] if next_place else None
    after = reads[next_place] if next_place < len(reads) else None
    if after is not None and after.line == line:
        return after
    if before is not None and (offset < before.end or before.end_line == line):
        return before
    return after


def _inside_a_token(text: str, offset: int, read: Placed, lexer: Lexer) -> bool:
    at = read.start
    while at <= offset:
        token = lexer(text, at)
        if token.kind is Kind.END or token.start > offset:
            return False
        if token.end > offset:
            return True
        at = token.end
    return False

"""The relations that a query reads: the names where one can stand."""

from expandcontract.lint.cursor import Cursor, Expr
from expandcontract.lint.forms.maintenance import read_only_name
from expandcontract.lint.tokens import Kind
from expandcontract.model.names import TableName

_BEFORE = frozenset({"FROM", "JOIN", "USING", "CYCLE"})
_NOT_BEFORE = frozenset({"DISTINCT", "YEAR", "EPOCH"})
"""`IS DISTINCT FROM`, `EXTRACT(EPOCH FROM ..)`: no relation follows."""


def relations(expression: Expr, cursor: Cursor) -> tuple[TableName, ...]:
    """The names that stand where a relation can: behind FROM, JOIN, USING and their commas."""
    inner = cursor.inside(expression)
    found: dict[TableName, None] = {}
    if inner.says("TABLE"):
        found[read_only_name(inner)] = None
    while inner.seek(_BEFORE):
        if inner.sees("CYCLE"):
            _pass_cycle(inner)
            continue
        inner.take()
        if inner.at > 1 and inner.peek(-2).word in _NOT_BEFORE:
            continue
        _read_sources(inner, found)
    if not found or not inner.has("WITH"):
        return tuple(found)
    common = _common_tables(expression)
    return tuple(name for name in found if name.schema is not None or name.name not in common)


def _pass_cycle(inner: Cursor) -> None:
    """Take `CYCLE n, m SET c USING p` of a WITH, where all names are columns."""
    last = 1
    while inner.peek(last + 1).word == ",":
        last += 2
    inner.take()
    if inner.peek(last).word == "SET":
        inner.at += last
        inner.until("USING", "FROM", "(")
        inner.says("USING")


def _read_sources(inner: Cursor, found: dict[TableName, None]) -> None:
    while inner.peek().kind in {Kind.WORD, Kind.QUOTED}:
        inner.says("LATERAL")
        inner.says("ONLY")
        if inner.peek().kind not in {Kind.WORD, Kind.QUOTED}:
            return
        name = inner.name()
        if inner.sees("("):
            return  # a function
        found[name] = None
        inner.says("*")
        inner.says("AS")
        if inner.peek().kind in {Kind.WORD, Kind.QUOTED} and inner.peek(1).word == ",":
            inner.take()
        if not inner.says(","):
            return


def _common_tables(expression: Expr) -> set[str]:
    """The names that its WITH gives."""
    names = set()
    words = expression.words
    for at, word in enumerate(words[:-2]):
        if word in {"WITH", ",", "RECURSIVE"} and "AS" in words[at + 2 : at + 12]:
            names.add(expression.tokens[at + 1].text.lower())
    return names

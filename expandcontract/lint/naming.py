"""The names that PostgreSQL makes up for constraints and indexes that come without one."""

from collections.abc import Container, Iterable
from typing import Protocol

from expandcontract.lint.forms.index import Key
from expandcontract.lint.tokens import Kind
from expandcontract.model.names import MAX_IDENTIFIER_BYTES


class Taken:
    """The names of the constraints of one table, which mostly grow by one at a time.

    Of thousands that come without a name each gets the next number; to collect all names and to
    count from one for each of them would take the square and the cube of their number.
    """

    def __init__(self) -> None:
        self._constraints: tuple[Named, ...] = ()
        self._names: set[str] = set()
        self._reached: dict[tuple[str, str, str], int] = {}

    def by(self, constraints: "tuple[Named, ...]") -> "Taken":
        """The same for these constraints; what is known is kept where they are only more."""
        count = len(self._constraints)
        if constraints[:count] != self._constraints or not count:
            self._names, self._reached, count = set(), {}, 0
        self._names.update(one.name for one in constraints[count:])
        self._constraints = constraints
        return self

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def made_up(self, table: str, middle: str, label: str) -> str:
        """The name PostgreSQL chooses; numbers that were taken still are."""
        about = table, middle, label
        number = self._reached.get(about, 0)
        while (name := _numbered(*about, number)) in self._names:
            number += 1
        self._reached[about] = number
        return name


LAST_TAKEN = Taken()
"""Of the table that got a constraint last."""


class Named(Protocol):
    """What has a name."""

    @property
    def name(self) -> str: ...  # noqa: D102


def made_up(table: str, middle: str, label: str, taken: Container[str] = ()) -> str:
    """The name PostgreSQL chooses (`makeObjectName`), counting up while it is taken.

    >>> made_up("orders", "note", "idx"), made_up("orders", "note", "idx", {"orders_note_idx"})
    ('orders_note_idx', 'orders_note_idx1')
    """
    number = 0
    while True:
        name = _numbered(table, middle, label, number)
        if name not in taken:
            return name
        number += 1


def _numbered(table: str, middle: str, label: str, number: int) -> str:
    return _fitted(table, middle, f"{label}{number or ''}")


def _fitted(first: str, second: str, label: str) -> str:
    room = MAX_IDENTIFIER_BYTES - len(label) - 1 - (1 if second else 0)
    one, two = len(first.encode()), len(second.encode())
    while one + two > room:
        if one > two:
            one -= 1
        else:
            two -= 1
    parts = [_clipped(first, one)]
    if second:
        parts.append(_clipped(second, two))
    return "_".join([*parts, label])


def _clipped(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")


def joined(columns: Iterable[str]) -> str:
    """The columns as they stand in a made-up name; the server stops at its own limit too."""
    return "_".join(columns)


def key_names(keys: tuple[Key, ...], include: tuple[str, ...]) -> str:
    """The middle of an index's made-up name: columns, function names, `expr` for the rest."""
    names: list[str] = []
    for key in keys:
        names.append(_distinct(_key_name(key), names))
    for column in include:
        names.append(_distinct(column, names))
    return joined(names)


def _key_name(key: Key) -> str:
    if key.column is not None:
        return key.column
    tokens = key.expression.tokens if key.expression is not None else ()
    if len(tokens) > 1 and tokens[0].kind is Kind.WORD and tokens[1].word == "(":
        return tokens[0].text.lower()
    return "expr"


def _distinct(name: str, names: list[str]) -> str:
    number = 0
    candidate = name
    while candidate in names:
        number += 1
        candidate = f"{name}{number}"
    return candidate

"""An index as its author writes it: columns, expressions in parentheses, and their order."""

import re
from typing import Protocol

from expandcontract.model.catalog import Index, IndexKey, Table

_ORDER = re.compile(
    r"(?P<key>.+?)(\s+(?P<direction>asc|desc))?(\s+nulls\s+(?P<nulls>first|last))?",
    re.IGNORECASE | re.DOTALL,
)


class Wish(Protocol):
    """The fields in which kinds describe an index."""

    @property
    def index_name(self) -> str:
        """What it is called."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Its keys."""

    @property
    def unique(self) -> bool:
        """Whether it refuses duplicates."""

    @property
    def method(self) -> str:
        """Its access method."""

    @property
    def include(self) -> tuple[str, ...]:
        """Columns that it only carries."""

    @property
    def where(self) -> str:
        """Which rows are in it."""

    @property
    def nulls_not_distinct(self) -> bool:
        """Whether two nulls are duplicates."""


def index_from(wish: Wish, table: Table) -> Index:
    """The index that the fields describe; each column has to be there."""
    index = Index(
        name=wish.index_name,
        keys=tuple(_key(column, table) for column in wish.columns),
        method=wish.method,
        unique=wish.unique,
        nulls_not_distinct=wish.nulls_not_distinct,
        include=wish.include,
        predicate=wish.where or None,
    )
    for name in (*(key.column for key in index.keys), *index.include):
        if name is not None:
            table.column(name)
    return index


def _key(text: str, table: Table) -> IndexKey:
    """Read `email`, `(lower(email))`, or either with an order after it."""
    if table.find(text) is not None:
        return IndexKey(column=text)
    body, suffix = ordered(text)
    if body.startswith("(") and body.endswith(")"):
        return IndexKey(expression=body[1:-1], suffix=suffix)
    return IndexKey(column=body, suffix=suffix)


def ordered(text: str) -> tuple[str, str]:
    """Split `email DESC NULLS LAST` into the key and its order, spelled as the catalog does."""
    match = _ORDER.fullmatch(text)
    if match is None:
        return text, ""
    down = (match["direction"] or "asc").lower() == "desc"
    first = match["nulls"].lower() == "first" if match["nulls"] else down
    words = ["DESC"] if down else []
    if first is not down:
        words.append("NULLS FIRST" if first else "NULLS LAST")
    return match["key"], " ".join(words)

"""An index as its author writes it: columns, expressions in parentheses, and their order."""

import re
from typing import Protocol

from expandcontract.model.catalog import Index, IndexKey, Table

_ORDER = re.compile(
    r"(?P<key>.+?)(\s+(?P<direction>asc|desc))?(\s+nulls\s+(?P<nulls>first|last))?",
    re.IGNORECASE | re.DOTALL,
)
_CLASSED = re.compile(r"(?P<key>.+)\s+(?P<name>[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?)", re.DOTALL)


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
    """Read `email`, `(lower(email))`, or either with an operator class and an order after it."""
    if table.find(text) is not None:
        return IndexKey(column=text)
    body, order = ordered(text)
    body, class_ = classed(body, frozenset(column.name for column in table.columns))
    suffix = f"{class_} {order}".strip()
    if body.startswith("(") and body.endswith(")"):
        return IndexKey(expression=body[1:-1], suffix=suffix)
    return IndexKey(column=body, suffix=suffix)


def classed(text: str, columns: frozenset[str]) -> tuple[str, str]:
    """Split `name text_pattern_ops` into the key and its operator class, which may have a schema.

    >>> classed("(lower(a)) public.gin_trgm_ops", frozenset())
    ('(lower(a))', 'public.gin_trgm_ops')
    >>> classed("a b", frozenset({"a b"})), classed("a b", frozenset({"a"}))
    (('a b', ''), ('a', 'b'))
    """
    found = _CLASSED.fullmatch(text)
    if text in columns or found is None:
        return text, ""
    key = found["key"].rstrip()
    is_key = key in columns or (key.startswith("(") and key.endswith(")"))
    return (key, found["name"]) if is_key else (text, "")


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

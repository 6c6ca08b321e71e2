"""Lists of parameters on SQLAlchemy 2.0, which asks no attribute what it writes.

From 2.1 on a hybrid has `bulk_dml_setter`. Before, a name in a list of parameters that is no column
is left out without a word, and the row would have neither side. There is no event for it either, so
the two functions that all such lists pass through are given what the columns get.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, wraps
from typing import Any

from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapper, bulk_persistence

Written = Callable[[Any], dict[str, Any]]
"""What the attributes of both sides get."""

THROUGH = ("_bulk_insert", "_bulk_update")
MARK = "bulk_setter_of_switched"

Bulk = Callable[..., Any]


def serve() -> None:
    """Serve lists of parameters where SQLAlchemy does not do it itself; once for each process."""
    if hasattr(hybrid_property, "bulk_dml"):
        return
    for name in THROUGH:
        original: Bulk = getattr(bulk_persistence, name)
        if not hasattr(original, MARK):
            setattr(bulk_persistence, name, _serving(original))


def _serving(original: Bulk) -> Bulk:
    @wraps(original)
    def with_both_sides(
        mapper: Mapper[Any], mappings: Iterable[Any], *args: object, **kwargs: object
    ) -> object:
        if writers := _writers(mapper):
            mappings = [_with_sides(one, writers) for one in mappings]
        return original(mapper, mappings, *args, **kwargs)

    setattr(with_both_sides, MARK, True)
    return with_both_sides


@cache
def _writers(mapper: Mapper[Any]) -> Mapping[str, Written]:
    """The switched attributes of a class, by name; one that a subclass replaces is not asked."""
    found: dict[str, Any] = {}
    for base in reversed(mapper.class_.__mro__):
        found |= vars(base)
    return {
        name: value.bulk_written for name, value in found.items() if hasattr(value, "bulk_written")
    }


def _with_sides(given: Any, writers: Mapping[str, Written]) -> Any:  # noqa: ANN401  # or a state
    if not isinstance(given, Mapping) or given.keys().isdisjoint(writers):
        return given
    row = dict(given)
    for name, written in writers.items():
        if name in row:
            row |= written(row.pop(name))
    return row

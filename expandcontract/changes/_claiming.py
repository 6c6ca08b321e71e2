"""What belongs to a change of columns while it is open: they, and what it makes again with them.

An index, a check or a foreign key of two columns would be carried by the changes of both, and each
would bring back the definition that it knows.
"""

from collections.abc import Iterable, Iterator

from expandcontract.ddl.sides import PREFIX
from expandcontract.model.catalog import ConstraintKind, Table

Claim = tuple[str, str]
"""A relation, and what of it."""


def claims(table: Table, olds: Iterable[str], news: Iterable[str] = ()) -> tuple[Claim, ...]:
    """Columns that there are, with what hangs on them, and columns that are to be."""
    there = tuple(olds)
    columns = ((table.name.plain, name) for name in dict.fromkeys((*there, *news)))
    return (*columns, *sorted(_held(table, frozenset(there))))


def is_of_another(name: str) -> bool:
    """Whether it is a helper of an open change, which claims what it helps to carry."""
    return name.startswith(PREFIX)


def _held(table: Table, columns: frozenset[str]) -> Iterator[Claim]:
    for index in table.indexes:
        if columns.intersection(index.columns) and index.constraint is None:
            yield table.name.plain, f"index {index.name}"
    for constraint in table.constraints:
        if constraint.kind is not ConstraintKind.NOT_NULL and columns & {*constraint.columns}:
            yield table.name.plain, f"constraint {constraint.name}"
    for reference in table.references:
        if columns & {*reference.targets}:
            yield reference.table.plain, f"constraint {reference.name}"

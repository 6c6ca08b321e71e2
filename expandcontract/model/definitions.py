"""How what hangs on a column is defined, short enough to be kept and compared later."""

import re
from collections.abc import Iterator

from expandcontract.model.catalog import ConstraintKind, Index, Table
from expandcontract.model.names import short_hash

_LISTED = re.compile(r" UPDATE OF .*? ON ")
"""The columns of a trigger, to which a change adds its own while it is open."""

PUBLICATION = "pg_publication_rel"
"""Where a publication lists columns, it gets those of an open change too."""


def definitions(table: Table, column: str) -> dict[str, str]:
    """By its name, a hash of the definition of each index, constraint and reader of the column."""
    return {name: short_hash(*texts) for name, texts in _texts(table, column)}


def _texts(table: Table, column: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for index in table.indexes:
        if column in index.columns and index.constraint is None:
            yield index.name, tuple(_of_index(index))
    for constraint in table.constraints:
        if column in constraint.columns and constraint.kind is not ConstraintKind.NOT_NULL:
            yield constraint.name, (constraint.definition.removesuffix(" NOT VALID"),)
    for reader in table.dependents_of(column):
        if reader.again and reader.class_ != PUBLICATION:
            yield reader.description, tuple(_LISTED.sub(" UPDATE ON ", one) for one in reader.again)


def _of_index(index: Index) -> Iterator[str]:
    yield from (f"{key.column or key.expression} {key.suffix}" for key in index.keys)
    yield from (index.method, str(index.unique), str(index.nulls_not_distinct))
    yield from ("", *index.include, "", index.predicate or "")

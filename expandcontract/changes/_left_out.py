"""What refuses the rows of a new release, which leaves an old column out."""

import re
from collections.abc import Iterator

from expandcontract.changes._rewriting import replaced
from expandcontract.changes._trying import sample
from expandcontract.model.catalog import Column, Constraint, ConstraintKind, Table
from expandcontract.model.names import literal
from expandcontract.model.trial import Trial

_END = re.compile(r"( NO INHERIT| NOT VALID)+$")
_CURE = "drop it first (ec.DropConstraint)"


def refusals(table: Table, column: Column) -> Iterator[str]:
    """A second row without a value is a duplicate where both have the same default.

    Or where nulls are not distinct.
    """
    for index in table.indexes:
        keys = [key.column for key in index.keys]
        is_same = column.default is not None and column.default_is_constant
        if index.unique and is_same and column.name in keys and index.predicate is None:
            yield (
                f"{index.name} is unique, and a new release writes the default of {column.name} in "
                "each row; drop it first, or the default"
            )
        if index.nulls_not_distinct and keys == [column.name] and column.default is None:
            yield (
                f"{index.name} takes one null, and a new release writes one in each row; drop it "
                "first"
            )


def trials(table: Table, column: Column) -> Iterator[Trial]:
    """Every check with the value that such a row gets, on the rows that are there."""
    if column.generated or column.identity or not column.default_is_constant:
        return
    value = f"CAST({column.default or 'NULL'} AS {column.type})"
    if "." in column.type:  # a domain of its own may refuse nulls
        text = f"a row without {column.name}"
        yield Trial(text=text, sql=f"SELECT {value}", cure="give it a default first")
    for check in table.constraints:
        if check.kind is ConstraintKind.CHECK and column.name in check.columns:
            yield from _trial(table, column, check, value)


def _trial(table: Table, column: Column, check: Constraint, value: str) -> Iterator[Trial]:
    definition = _END.sub("", check.definition)
    if definition.endswith("NOT ENFORCED"):
        return
    held = replaced(definition.removeprefix("CHECK "), {column.name: value})
    rows = "" if check.columns == (column.name,) else f" FROM ({sample(table)}) AS s"
    said = literal(f"{check.name} refuses it")
    yield Trial(
        text=f"a row without {column.name}",
        sql=f"SELECT {said}{rows} WHERE NOT ({held}) LIMIT 1",
        is_question=True,
        cure=_CURE,
    )

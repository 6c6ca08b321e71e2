"""Whether an author's expression can fill a column: the server reads it over the table's rows."""

from collections.abc import Iterator

from expandcontract.changes._trying import along, policed
from expandcontract.model.catalog import Table
from expandcontract.model.names import quoted
from expandcontract.model.trial import Trial

_CURE = "give an expression of the row's columns that is of the column's type"


def fill_trials(table: Table, path: tuple[str, ...], held: str, value: str) -> Iterator[Trial]:
    """`held` is what the column has: it, or a null of its type where it is still to come."""
    yield along(path)
    yield policed()
    yield Trial(
        text=f"fill={value!r}",
        sql=f"SELECT coalesce({held}, ({value}\n)) FROM {table.name}"
        f" AS {quoted(table.name.name)} LIMIT 0",
        cure=_CURE,
    )

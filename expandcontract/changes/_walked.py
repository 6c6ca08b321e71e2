"""What may not change while a table is walked."""

from collections.abc import Iterable

from expandcontract.errors import ChangeRefusedError
from expandcontract.model.catalog import Table


def refuse_moving(table: Table, keys: Iterable[str], columns: Iterable[str]) -> None:
    """Refuse to write what says where in the walk a row is: it could be met twice, or never."""
    levels = (table, *table.parts)
    places = {*keys, *(column for level in levels for column in level.partition_key)}
    if both := sorted(places & {*columns}):
        reason = (
            f"{', '.join(both)} says where in the table a row is walked (its key, or its "
            "partition), and a row that moves could be met twice; fill another column, and take "
            "its name by a change"
        )
        raise ChangeRefusedError(f"the backfill of {table.name.plain}", (reason,))

"""Rows that are told apart by an old value, and are one to a unique index of the new one.

The index is built when every row is copied, which is late to hear of it: so it is asked before.
"""

from collections.abc import Iterator

from expandcontract.changes._offenders import all_the_rows, the_same
from expandcontract.changes._pair import Pair
from expandcontract.model.catalog import Index, Table
from expandcontract.model.names import quoted
from expandcontract.model.trial import SECONDS, Trial
from expandcontract.model.types import read

_NUMBERS = frozenset({"smallint", "integer", "bigint", "oid", "numeric"})


def may_merge(pair: Pair, *, lossy: bool, is_authored: bool) -> bool:
    """Whether two old values may become one.

    What comes back as it was may still be equal to another: 'A' and 'a' as citext.
    """
    if pair.is_copy:
        return False
    bases = {read(pair.old.type).base, read(pair.new.type).base}
    is_number = bases <= _NUMBERS and read(pair.new.type).modifiers == ""
    return lossy or is_authored or not (pair.new.equality_is_identity or is_number)


def collisions(pair: Pair, among: str = "") -> Iterator[Trial]:
    """Look for them in every row; `among` is a condition for rows whose value another one shares.

    It leaves rows out where the column itself is a key, so that they can only meet each other.
    """
    made = f"CAST({pair.up.of_row} AS {pair.new.type})"
    if pair.new.collation:
        made += f" COLLATE {pair.new.collation}"
    for table, name, twin in _unique(pair):
        is_key = any(key.column == pair.new.name for key in twin.keys)
        given = f" WHERE {among}" if among and is_key else ""
        both = f"s.*, {made} AS {quoted(pair.new.name)}"
        rows = f"(SELECT {both} FROM {all_the_rows(table)} AS s{given})"
        yield Trial(
            text=f"rows would collide under the unique index {name} with {pair.new.name}",
            sql=the_same(pair.table, twin, rows),
            is_question=True,
            reads_every_row=True,
            cure="make them differ, or drop the index first",
        )


def colliding(pair: Pair) -> Iterator[str]:
    """What may come later."""
    names = ", ".join(name for _, name, _ in _unique(pair))
    if names:
        yield (
            f"values of {pair.name.plain}.{pair.old.name} may become one under a unique index "
            f"({names}): rows that would collide are looked for at the start, for {SECONDS} "
            "seconds at most; one that comes later, or was not found, stops the backfill at the "
            f"index and is named, and from that index on a write that makes one fails, old code's "
            "too"
        )


def _unique(pair: Pair) -> Iterator[tuple[Table, str, Index]]:
    """Every unique index that is carried: its table, its name and its twin."""
    for member in pair.members:
        for carried in member.hung.indexes:
            if carried.twin.unique:
                yield member.table, carried.original.name, carried.twin

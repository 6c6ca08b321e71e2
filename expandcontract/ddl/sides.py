"""The two sides of a change: columns that a trigger keeps equal, and what tells them apart."""

from dataclasses import dataclass

from expandcontract.model.names import TableName, quoted

SCHEMA = "expandcontract"
PREFIX = "zz_ec_"
"""Triggers fire in the order of their names: ours see what all others made."""

ROW = "(SELECT NEW.*)"
"""The new row as a table, for an expression with a query, whose words may be of other tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One synced column, and the expression over NEW that computes it from the other side.

    A side without an expression is only looked at: the old one of a one-way change.
    """

    column: str
    value: str | None
    default: str | None = None
    equality_is_identity: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """Which columns of a table are kept equal; `key` makes the names of the objects."""

    table: TableName
    key: str
    old: tuple[Side, ...]
    new: tuple[Side, ...]
    watched: tuple[Side, ...] = ()  #: what else the new side is computed from
    strict: str = ""  #: the change that refuses a write of both sides; empty: authority decides
    others: tuple[TableName, ...] = ()  #: children, to which PostgreSQL hands on no trigger
    counted: str = ""  #: over NEW: which writes of the old side count once the new one leads

    @property
    def function(self) -> str:
        """The function's name in our schema."""
        return f"{PREFIX}{self.key}_sync"

    @property
    def triggers(self) -> tuple[str, str]:
        """The INSERT and the UPDATE trigger."""
        return f"{PREFIX}{self.key}_insert", f"{PREFIX}{self.key}_update"

    @property
    def conflicts(self) -> str:
        """The sequence that counts rows on which both sides were written differently."""
        return f"{PREFIX}{self.key}_conflicts"

    @property
    def old_writes(self) -> str:
        """The sequence that counts rows written through the old side after the switch."""
        return f"{PREFIX}{self.key}_old_writes"

    @property
    def is_one_way(self) -> bool:
        """Whether nothing is computed for the old side."""
        return all(side.value is None for side in self.old)

    @property
    def is_copy(self) -> bool:
        """Whether both sides hold the same values, so that each is made of the other."""
        return all(
            [side.value for side in one] == [field("NEW", side.column) for side in other]
            for one, other in ((self.old, self.new), (self.new, self.old))
        )


def field(record: str, column: str) -> str:
    """A column of NEW or OLD.

    >>> field("NEW", "e mail")
    'NEW."e mail"'
    """
    return f"{record}.{quoted(column)}"


def differs(left: str, right: str, *, equality_is_identity: bool) -> str:
    """Whether two values of one type are not the same; where `=` is looser, byte by byte.

    `*<>` knows no such thing as an output format: text made of a float or a date depends on the
    settings of whoever writes.
    """
    if equality_is_identity:
        return f"{left} IS DISTINCT FROM {right}"
    return f"ROW({left})::record OPERATOR(pg_catalog.*<>) ROW({right})::record"


def changed(sides: tuple[Side, ...], before: str = "OLD") -> str:
    """Whether one of the columns has another value than before."""
    return " OR ".join(
        differs(
            field(before, side.column),
            field("NEW", side.column),
            equality_is_identity=side.equality_is_identity,
        )
        for side in sides
    )


def disagree(sides: tuple[Side, ...]) -> str:
    """Whether one of the columns is not what the other side makes of it."""
    return " OR ".join(
        differs(
            field("NEW", side.column), side.value, equality_is_identity=side.equality_is_identity
        )
        for side in sides
        if side.value is not None
    )

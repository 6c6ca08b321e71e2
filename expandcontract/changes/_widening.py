"""Which changes of type keep every stored value as it is.

What is listed here was measured: neither the table nor an index of the column is written anew.
"""

from enum import Enum

from expandcontract.model.types import Type

TEXTUAL = frozenset({"text", "character varying"})
_PRECISE = frozenset(
    {
        "time without time zone", "time with time zone", "timestamp without time zone",
        "timestamp with time zone", "interval",
    }
)  # fmt: skip
_FULL_PRECISION = 6


class Mechanism(Enum):
    """How a column gets another type."""

    IN_PLACE = "in place"  #: one statement, which reads no row
    TWIN = "twin"  #: a second column, filled and exchanged


def mechanism(old: Type, new: Type, *, is_indexed: bool, is_computed: bool = False) -> Mechanism:
    """The cheapest one that is safe; `is_computed` where an index has it in an expression.

    PostgreSQL builds an index with an expression or a predicate anew, whatever the types are.

    >>> from expandcontract.model.types import read
    >>> mechanism(read("varchar(50)"), read("text"), is_indexed=True)
    <Mechanism.IN_PLACE: 'in place'>
    >>> mechanism(read("int"), read("bigint"), is_indexed=False)
    <Mechanism.TWIN: 'twin'>
    """
    is_free = not is_computed and _is_free(old, new, is_indexed=is_indexed)
    return Mechanism.IN_PLACE if is_free else Mechanism.TWIN


def _is_free(old: Type, new: Type, *, is_indexed: bool) -> bool:
    if old.is_array or new.is_array:
        return False
    if {old.base, new.base} <= TEXTUAL or old.base == new.base == "bit varying":
        return _is_longer(old, new)
    if old.base == new.base == "numeric":
        return _is_more_precise(old, new)
    if old.base == new.base and old.base in _PRECISE:
        return _precision(old) <= _precision(new)
    # The values are the same, and the operator classes of indexes are not.
    return not (is_indexed or new.modifiers) and _is_same_bytes(old, new)


def _is_same_bytes(old: Type, new: Type) -> bool:
    names = {type_.base.rpartition(".")[2] for type_ in (old, new)}
    return (old.base, new.base) == ("cidr", "inet") or (
        "citext" in names and names <= TEXTUAL | {"citext"}
    )


def _is_longer(old: Type, new: Type) -> bool:
    if not new.modifiers:
        return True
    return bool(old.modifiers) and _figures(old)[0] <= _figures(new)[0]


def _is_more_precise(old: Type, new: Type) -> bool:
    if not new.modifiers:
        return True
    if not old.modifiers:
        return False
    before, after = _figures(old), _figures(new)
    return before[0] <= after[0] and before[1] == after[1]


def _precision(type_: Type) -> int:
    return _figures(type_)[0] if type_.modifiers else _FULL_PRECISION


def _figures(type_: Type) -> tuple[int, ...]:
    return tuple(int(part) for part in type_.modifiers.strip("()").split(","))

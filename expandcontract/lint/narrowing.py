"""Whether a type holds every value of another one, as far as both are known."""

from expandcontract.lint.types import TypeName

_WHOLE = {"smallint": 5, "integer": 10, "bigint": 19}
_FLOATING = ("real", "double precision")
_TEXTS = frozenset({"text", "character varying", "character", "bpchar", "name", "citext"})
_MOMENTS = frozenset({"timestamp without time zone", "timestamp with time zone"})
_PARTS = frozenset({"date", "time without time zone", "time with time zone"})


def narrows(old: TypeName, new: TypeName) -> bool:
    """Whether some value of the old type does not fit the new one.

    Only what is sure is said: a type that is not known here, or has another meaning, is not
    narrower.

    >>> from expandcontract.lint.reading import type_name
    >>> pairs = [("bigint", "int"), ("text", "varchar(20)"), ("varchar(20)", "varchar(50)"),
    ...          ("numeric(8,2)", "numeric(6,2)"), ("timestamptz", "date"), ("int", "numeric(9)")]
    >>> [narrows(type_name(old), type_name(new)) for old, new in pairs]
    [True, True, False, True, True, True]
    """
    if old.array != new.array or old.schema or new.schema:
        return False
    if old.base in _WHOLE:
        return _narrows_whole(old, new)
    if old.base == "numeric":
        return new.base in _WHOLE or (new.base == "numeric" and _narrows_numeric(old, new))
    if old.base in _FLOATING:
        return new.base in _WHOLE or (old.base, new.base) == _FLOATING[::-1]
    if old.base in _TEXTS:
        return new.base in _TEXTS and _narrows_text(old, new)
    return old.base in _MOMENTS and new.base in _PARTS


def _narrows_whole(old: TypeName, new: TypeName) -> bool:
    digits = _WHOLE[old.base]
    if new.base in _WHOLE:
        return _WHOLE[new.base] < digits
    return new.base == "numeric" and bool(new.modifiers) and _before_point(new) < digits


def _narrows_numeric(old: TypeName, new: TypeName) -> bool:
    if not new.modifiers:
        return False
    return not old.modifiers or _before_point(new) < _before_point(old)


def _before_point(numeric: TypeName) -> int:
    """Digits before the decimal point."""
    scale = int(numeric.modifiers[1]) if len(numeric.modifiers) > 1 else 0
    return int(numeric.modifiers[0]) - scale


def _narrows_text(old: TypeName, new: TypeName) -> bool:
    longest = _longest(new)
    if longest is None:
        return False
    before = _longest(old)
    return before is None or longest < before


def _longest(text: TypeName) -> int | None:
    """Characters; None where any number fits."""
    if text.base == "name":
        return 63
    if text.modifiers:
        return int(text.modifiers[0])
    return 1 if text.base == "character" else None

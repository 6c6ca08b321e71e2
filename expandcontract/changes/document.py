"""Changes as JSON, which is how the ledger keeps them, and as Python, as revisions spell them.

A field's normal form is a text, a number, a truth value, None, a date, a tuple of such values, or
a value that has `document()`, `from_document()` and `python()`. A kind that takes something else,
such as a mapping or a type of SQLAlchemy, turns it into that when it is made.
"""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, get_args

from expandcontract.changes.base import Change
from expandcontract.changes.registry import kinds
from expandcontract.errors import UnknownKindError


def to_document(change: Change) -> dict[str, Any]:
    """The change's kind and every field that is not at its default."""
    return {
        "kind": change.kind,
        "fields": {name: _plain(value) for name, value in _given(change)},
    }


def _given(change: Change) -> Iterator[tuple[str, object]]:
    for field in dataclasses.fields(change):  # type: ignore[arg-type]
        value = getattr(change, field.name)
        if value != field.default:
            yield field.name, value


def _plain(value: Any) -> object:  # noqa: ANN401  # whatever a field holds
    """A field as JSON gives it back, so that two documents can be compared."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.document() if hasattr(value, "document") else value


def from_document(document: dict[str, Any]) -> Change:
    """Read what `to_document` wrote."""
    try:
        kind = kinds()[document["kind"]]
    except KeyError:
        raise UnknownKindError(document["kind"], tuple(kinds())) from None
    types = {field.name: field.type for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    fields = {
        name: _read(types.get(name), value)  # an unknown name is refused by the class
        for name, value in document["fields"].items()
    }
    return kind(**fields)


def _read(kind: Any, value: Any) -> object:  # noqa: ANN401  # an annotation, and JSON
    """A field's value from JSON; its annotation says what a text or an object stands for."""
    kinds_of_it = get_args(kind) or (kind,)
    if isinstance(value, list):
        return tuple(_read(_inner(kind), one) for one in value)
    if isinstance(value, dict):
        for one in kinds_of_it:
            if hasattr(one, "from_document"):
                return one.from_document(value)
    if isinstance(value, str) and date in kinds_of_it:
        return date.fromisoformat(value)
    return value


def _inner(kind: Any) -> object:  # noqa: ANN401
    """What a tuple holds, as far as its annotation says so."""
    inner = [one for one in get_args(kind) if one is not Ellipsis]
    return inner[0] if len(inner) == 1 else kind


Spell = Callable[[object], str | None]
"""How a field's value is written; None leaves that to us."""


def _as_we_do(_value: object) -> None:
    """Leave it to us."""


def to_python(change: Change, spell: Spell = _as_we_do) -> str:
    """The call that makes the change, with `ec` as the package's name."""
    fields = ", ".join(
        f"{name}={spell(value) or _spelled(value)}" for name, value in _given(change)
    )
    return f"ec.{type(change).__name__}({fields})"


def _spelled(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, tuple):
        inner = ", ".join(_spelled(one) for one in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return str(value.python()) if hasattr(value, "python") else repr(value)


def describe_difference(stored: dict[str, Any], now: dict[str, Any]) -> str:
    """What two documents of a change disagree on, for an error message."""
    if stored["kind"] != now["kind"]:
        return f"kind was {stored['kind']}, is {now['kind']}"
    before, after = stored["fields"], now["fields"]
    names = [n for n in {**before, **after} if before.get(n) != after.get(n)]
    return "; ".join(f"{n} was {before.get(n)!r}, is {after.get(n)!r}" for n in names)

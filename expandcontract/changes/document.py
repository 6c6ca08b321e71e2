"""Changes as JSON, which is how the ledger keeps them, and as Python, as revisions spell them."""

import dataclasses
from datetime import date
from typing import Any

from expandcontract.changes.base import Change
from expandcontract.changes.registry import kinds
from expandcontract.errors import UnknownKindError


def to_document(change: Change) -> dict[str, Any]:
    """The change's kind and every field that is not at its default."""
    fields: dict[str, Any] = {}
    for field in dataclasses.fields(change):  # type: ignore[arg-type]
        value = getattr(change, field.name)
        if value != field.default:
            fields[field.name] = _plain(value)
    return {"kind": change.kind, "fields": fields}


def _plain(value: object) -> object:
    """A field as JSON gives it back, so that two documents can be compared."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def from_document(document: dict[str, Any]) -> Change:
    """Read what `to_document` wrote."""
    try:
        kind = kinds()[document["kind"]]
    except KeyError:
        raise UnknownKindError(document["kind"], tuple(kinds())) from None
    fields = dict(document["fields"])
    for name, value in fields.items():
        if isinstance(value, list):
            fields[name] = tuple(value)
    if "contract_by" in fields:
        fields["contract_by"] = date.fromisoformat(fields["contract_by"])
    return kind(**fields)


def to_python(change: Change) -> str:
    """The call that makes the change, with `ec` as the package's name."""
    fields = ", ".join(
        f"{field.name}={getattr(change, field.name)!r}"
        for field in dataclasses.fields(change)  # type: ignore[arg-type]
        if getattr(change, field.name) != field.default
    )
    return f"ec.{type(change).__name__}({fields})"


def describe_difference(stored: dict[str, Any], now: dict[str, Any]) -> str:
    """What two documents of a change disagree on, for an error message."""
    if stored["kind"] != now["kind"]:
        return f"kind was {stored['kind']}, is {now['kind']}"
    before, after = stored["fields"], now["fields"]
    names = [n for n in {**before, **after} if before.get(n) != after.get(n)]
    return "; ".join(f"{n} was {before.get(n)!r}, is {after.get(n)!r}" for n in names)

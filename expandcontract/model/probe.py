"""Read-only questions to the database, each answered by one boolean."""

import operator
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Self

from expandcontract.model.names import literal

_MARK = re.compile(r"%(?:%|\((?P<name>\w+)\)s)")


@dataclass(frozen=True, slots=True)
class Probe:
    """A boolean SQL expression; its parameters are texts, written `%(name)s`.

    The expression is true once the end is reached, **and stays true after every later step**.

    >>> Probe("to_regclass(%(table)s) IS NULL", {"table": "t'x"}).inlined()
    "to_regclass('t''x') IS NULL"
    """

    sql: str
    params: dict[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.sql, tuple(sorted(self.params.items()))))

    def inlined(self) -> str:
        """The expression with its parameters written into it, for scripts."""

        def written(mark: re.Match[str]) -> str:
            return "%" if mark["name"] is None else literal(self.params[mark["name"]])

        return _MARK.sub(written, self.sql)

    def __or__(self, other: "Probe") -> "Probe":
        return _joined("OR", self, other)

    def __and__(self, other: "Probe") -> "Probe":
        return _joined("AND", self, other)

    def __invert__(self) -> "Probe":
        return Probe(f"NOT ({self.sql})", self.params)

    def document(self) -> dict[str, Any]:
        """The probe as JSON keeps it."""
        return {"sql": self.sql, "params": self.params}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read what `document` wrote."""
        return cls(document["sql"], document["params"])


def any_of(probes: Iterable[Probe]) -> Probe:
    """Whether one of them is true."""
    return reduce(operator.or_, probes, NEVER)


ALWAYS = Probe("true")
NEVER = Probe("false")


def _joined(operator: str, left: Probe, right: Probe) -> Probe:
    """Join two questions; parameters of the same name and other value are renamed."""
    params, names = dict(left.params), {}
    for name, value in right.params.items():
        new = name
        while params.get(new, value) != value or (new != name and new in right.params):
            new += "_"
        params[new], names[name] = value, new

    def renamed(mark: re.Match[str]) -> str:
        return mark[0] if mark["name"] is None else f"%({names[mark['name']]})s"

    return Probe(f"({left.sql}) {operator} ({_MARK.sub(renamed, right.sql)})", params)

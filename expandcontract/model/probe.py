"""Read-only questions to the database, each answered by one boolean."""

from dataclasses import dataclass, field
from typing import Any, Self

from expandcontract.model.names import literal


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
        text = self.sql
        for name, value in self.params.items():
            text = text.replace(f"%({name})s", literal(value))
        return text.replace("%%", "%")

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


ALWAYS = Probe("true")
NEVER = Probe("false")


def _joined(operator: str, left: Probe, right: Probe) -> Probe:
    """Join two questions; parameters of the same name and other value are renamed."""
    sql, params = right.sql, {}
    for name, value in right.params.items():
        new = name
        while left.params.get(new, value) != value:
            new += "_"
        params[new] = value
        sql = sql.replace(f"%({name})s", f"%(\x00{new})s")
    sql = sql.replace("\x00", "")
    return Probe(f"({left.sql}) {operator} ({sql})", {**left.params, **params})

"""A statement of the user's own, as a value."""

from dataclasses import dataclass, fields
from typing import Any, Self

from expandcontract.errors import ArgumentError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sql:
    """One statement, the query that says whether it is done, and the same for its way back.

    `done` and `reverted` are queries of one truth value; without `reverted`, the way back is over
    when `done` is false. A statement that PostgreSQL refuses in a transaction is said to be so.

    >>> Sql(text="ANALYZE t", done="SELECT true").python()
    "ec.Sql(text='ANALYZE t', done='SELECT true')"
    """

    text: str
    done: str
    revert: str = ""
    reverted: str = ""
    says: str = ""  #: one line for people: what is true afterwards
    transactional: bool = True

    def __post_init__(self) -> None:
        for name in ("text", "done"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name).strip():
                raise ArgumentError("ec.Sql", name, getattr(self, name), "SQL")

    def document(self) -> dict[str, Any]:
        """The statement as JSON keeps it."""
        values = {item.name: (getattr(self, item.name), item.default) for item in fields(self)}
        return {name: value for name, (value, default) in values.items() if value != default}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read what `document` wrote."""
        return cls(**document)

    def python(self) -> str:
        """The call that makes it, with `ec` as the package's name."""
        return f"ec.Sql({', '.join(f'{k}={v!r}' for k, v in self.document().items())})"

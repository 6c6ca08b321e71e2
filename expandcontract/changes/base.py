"""What every kind of change has in common."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import ClassVar, Protocol

from expandcontract.errors import ArgumentError, NotAChangeError
from expandcontract.model.catalog import Catalog
from expandcontract.model.names import TableName
from expandcontract.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The fields that say whose change it is; every kind inherits them."""

    name: str = ""  #: empty: a readable name made from the change's own fields
    owner: str = ""
    contract_by: date | None = field(default=None)

    def __post_init__(self) -> None:
        """Refuse what is of another type; a kind with checks of its own begins with this one."""
        for item in fields(self):
            value = getattr(self, item.name)
            if expected := _wanted(item.type, value):
                raise ArgumentError(f"ec.{type(self).__name__}", item.name, value, expected)


class Change(Protocol):
    """What a user wants to be different, as one frozen value: no SQL, no connection."""

    kind: ClassVar[str]

    @property
    def name(self) -> str:
        """The name by which `ec` and the ledger know the change."""

    @property
    def owner(self) -> str:
        """Who answers for it."""

    @property
    def contract_by(self) -> date | None:
        """The day by which its contract should be over."""

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The tables that planning has to read."""

    def plan(self, catalog: Catalog) -> Plan:
        """All steps, or a ChangeRefusedError with every reason."""


def _wanted(kind: object, value: object) -> str:
    """What a field of the kind must be, where the value is something else."""
    if kind is str:
        return "" if isinstance(value, str) else "a text"
    if kind is bool:
        return "" if isinstance(value, bool) else "True or False"
    if kind == tuple[str, ...]:
        texts = value if isinstance(value, list | tuple) else (value,)
        return "" if all(isinstance(text, str) for text in texts) else "a text, or texts"
    if kind == date | None and value is not None:
        is_day = isinstance(value, date) and not isinstance(value, datetime)
        return "" if is_day else "a date, such as datetime.date(2026, 1, 31)"
    return ""


def refuse_other_than_change(call: str, given: object) -> None:
    """Raise where something else than a change was given to the call."""
    if isinstance(given, type) or not hasattr(given, "plan") or not hasattr(given, "kind"):
        raise NotAChangeError(call, given)

"""What every kind of change has in common."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Protocol

from expandcontract.model.catalog import Catalog
from expandcontract.model.names import TableName
from expandcontract.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The fields that say whose change it is; every kind inherits them."""

    name: str = ""  #: empty: a readable name made from the change's own fields
    owner: str = ""
    contract_by: date | None = field(default=None)


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

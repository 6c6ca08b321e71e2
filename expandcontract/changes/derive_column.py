"""A column is computed from others, which stay."""

from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes._reshaping import Wanted, reshaped
from expandcontract.changes.base import Labels
from expandcontract.model.catalog import Catalog
from expandcontract.model.names import TableName, refuse_too_long, slug
from expandcontract.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class DeriveColumn(Labels):
    """Add `column`, made by `up` of other columns of the row, which stay as they are.

    Until the switch a trigger computes it at every write; from then on a value that is written to
    it stays. Contract drops the trigger: the application keeps the column itself from there.

    >>> DeriveColumn(table="users", column="email_key", type="text", up="lower(email)").name
    'users.email_key-derived'
    """

    kind: ClassVar[str] = "derive_column"

    table: str
    column: str
    type: str
    up: str
    strict: bool = False  #: refuse a write of the column that disagrees

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        refuse_too_long(self.column)
        if not self.name:
            table = TableName.parse(self.table)
            object.__setattr__(self, "name", slug(f"{table.plain}.{self.column}-derived"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table of the column."""
        return (TableName.parse(self.table),)

    @property
    def types(self) -> tuple[str, ...]:
        """The type of the new column."""
        return (self.type,)

    def plan(self, catalog: Catalog) -> Plan:
        """New column, trigger, copy, authority, and the end of the trigger."""
        wanted = Wanted(
            change=self.name,
            what=f"the derivation of {self.tables[0].plain}.{self.column}",
            table=self.tables[0],
            olds=(),
            news=((self.column, self.type, self.up),),
            downs=(),
            leave=(),
            lossy=True,
            strict=self.strict,
        )
        return reshaped(wanted, catalog)


KIND = DeriveColumn

"""Columns of the rows that are there get values from a function that is not in the database."""

from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes._refusing import no_table
from expandcontract.changes._walked import refuse_moving
from expandcontract.changes.base import Labels
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.backfill import Backfill
from expandcontract.model.catalog import Catalog, TableKind
from expandcontract.model.names import TableName, quoted, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.probe import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeColumns(Labels):
    """Set columns of every row to what a Python function makes of other columns of it.

    The function is given with every run: `ec.backfill(dsn, change, fill=function)`. `where` is SQL,
    and says which rows are meant.

    >>> ComputeColumns(table="users", columns=("token",), reads=("secret",)).name
    'users.compute-token-05f6d1'
    """

    kind: ClassVar[str] = "compute_columns"

    table: str
    columns: tuple[str, ...]
    reads: tuple[str, ...]
    where: str = ""

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        object.__setattr__(self, "table", TableName.parse(self.table).spelled)
        for name in ("columns", "reads"):
            given: object = getattr(self, name)
            found = (given,) if isinstance(given, str) else tuple(getattr(self, name))
            object.__setattr__(self, name, found)
            if not found or len(set(found)) < len(found):
                reason = f"its {name} are none, or one of them stands there twice"
                raise ChangeRefusedError(f"a backfill of {self.table}", (reason,))
        if not self.name:
            digest = short_hash(*self.columns, *self.reads, self.where)[:6]
            name = f"{self.tables[0].plain}.compute-{'-'.join(self.columns)}-{digest}"
            object.__setattr__(self, "name", slug(name))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table that is filled."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """One step: every row that is meant went through the function once."""
        table = catalog.table(self.tables[0])
        what = f"the backfill of {table.name.plain}"
        if table.kind not in {TableKind.ORDINARY, TableKind.PARTITIONED}:
            raise ChangeRefusedError(what, (no_table(table),))
        for column in (*self.columns, *self.reads):
            table.column(column)
        key = table.key()
        if key is None:
            reason = (
                "it has no unique key over NOT NULL columns, which tells the rows apart; add one, "
                "or let the server compute (--set), which needs none"
            )
            raise ChangeRefusedError(what, (reason,))
        keys = tuple(part.column or "" for part in key.keys)
        refuse_moving(table, keys, self.columns)
        backfill = Backfill(
            table=table.name,
            key=keys,
            key_types=tuple(table.column(name).type for name in keys),
            assignments=tuple((column, quoted(column)) for column in self.columns),
            where=self.where,
            wakes_triggers=True,
            reads=self.reads,
        )
        summary = f"{', '.join(self.columns)} of {table.name.plain} computed in Python"
        step = Step(
            name="compute", phase=Phase.BACKFILL, summary=summary, done=NEVER, backfill=backfill
        )
        return Plan(steps=(step,), claims=tuple((table.name.plain, c) for c in self.columns))


KIND = ComputeColumns

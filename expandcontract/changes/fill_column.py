"""Columns of the rows that are there get values, computed from each row."""

import re
from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes._notes import unproven
from expandcontract.changes._one_expression import more_than_one
from expandcontract.changes._refusing import no_table, refuse
from expandcontract.changes._walked import refuse_moving
from expandcontract.changes.base import Labels
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.backfill import Backfill
from expandcontract.model.catalog import Catalog, Table, TableKind
from expandcontract.model.names import TableName, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.probe import NEVER

_ASSIGNMENT = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^\W\d]\w*))\s*=(?!=)\s*(\S.*)', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class FillColumn(Labels):
    """Set columns of every row to expressions of the row, in a backfill and nothing else.

    `assignments` and `where` are SQL: a name without quotes is in lower case. It is what
    `ec backfill TABLE --set … --where …` makes.

    >>> FillColumn(table="users", assignments=("email_lower = lower(email)",)).name
    'users.fill-email_lower-4c4fc0'
    """

    kind: ClassVar[str] = "fill_column"

    table: str
    assignments: tuple[str, ...]
    where: str = ""

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        object.__setattr__(self, "table", TableName.parse(self.table).spelled)
        given: object = self.assignments
        texts = (given,) if isinstance(given, str) else self.assignments
        object.__setattr__(self, "assignments", tuple(text.strip() for text in texts))
        columns = [column for column, _ in self.pairs]
        if not columns or len(set(columns)) < len(columns):
            reason = "it sets a column twice" if columns else "it sets no column"
            raise ChangeRefusedError(f"a backfill of {self.table}", (reason,))
        if not self.name:
            digest = short_hash(*self.assignments, self.where)[:6]
            name = f"{self.tables[0].plain}.fill-{'-'.join(columns)}-{digest}"
            object.__setattr__(self, "name", slug(name))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table that is filled."""
        return (TableName.parse(self.table),)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Each column with its expression."""
        return tuple(_pair(self.table, text) for text in self.assignments)

    def plan(self, catalog: Catalog) -> Plan:
        """One step: every row that is meant has the values."""
        table = catalog.table(self.tables[0])
        if table.kind not in {TableKind.ORDINARY, TableKind.PARTITIONED}:
            raise ChangeRefusedError(f"the backfill of {table.name.plain}", (no_table(table),))
        texts = (*(text for _, text in self.pairs), self.where)
        reasons = (reason for text in texts for reason in more_than_one(text))
        refuse(f"the backfill of {table.name.plain}", reasons)
        columns = [table.column(column) for column, _ in self.pairs]
        key = table.key()
        keys = () if key is None else tuple(part.column or "" for part in key.keys)
        refuse_moving(table, keys, (column.name for column in columns))
        backfill = Backfill(
            table=table.name,
            key=keys,
            key_types=tuple(table.column(name).type for name in keys),
            assignments=tuple((column, _value(table, column, text)) for column, text in self.pairs),
            compare_as_text=tuple(c.name for c in columns if not c.equality_is_identity),
            where=self.where,
            wakes_triggers=True,
        )
        step = Step(
            name="fill",
            phase=Phase.BACKFILL,
            summary=f"{table.name.plain}: {'; '.join(self.assignments)}",
            done=NEVER,
            backfill=backfill,
        )
        claims = tuple((table.name.plain, column.name) for column in columns)
        return Plan(steps=(step,), claims=claims, notes=tuple(unproven(table)))


def _pair(table: str, text: str) -> tuple[str, str]:
    """Read `column = expression`.

    >>> _pair("t", 'Total = "Net" + tax'), _pair("t", '"E mail" = NULL')
    (('total', '"Net" + tax'), ('E mail', 'NULL'))
    """
    if (found := _ASSIGNMENT.fullmatch(text)) is None:
        reason = f"{text!r} is not an assignment; write COLUMN = EXPRESSION"
        raise ChangeRefusedError(f"a backfill of {table}", (reason,))
    column = found[1].replace('""', '"') if found[1] else found[2].lower()
    return column, found[3].strip()


def _value(table: Table, name: str, text: str) -> str:
    """The expression, closed in itself; cast where values are compared byte by byte."""
    column = table.column(name)
    inner = f"({text}\n)"
    return inner if column.equality_is_identity else f"CAST({inner} AS {column.type})"


KIND = FillColumn

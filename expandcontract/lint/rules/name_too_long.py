"""A name of more than 63 bytes is cut off without a word.

Two names that differ only behind that place become the same one, and a later statement finds
nothing under the name it was given.

Bad:

    CREATE INDEX CONCURRENTLY
        orders_customer_id_and_region_and_created_at_and_note_and_status_idx ON orders (note);

Says:

    PostgreSQL cuts orders_customer_id_and_region_and_created_at_and_note_and_status_idx off at 63
    bytes

Instead:

    Give it a shorter name.

Good:

    CREATE INDEX CONCURRENTLY orders_customer_region_created_idx ON orders (note);
"""

import re
from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.index import CreateIndex
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import MAX_IDENTIFIER_BYTES

_TEMPLATE = re.compile(r"[{<@$%:]")


def check(
    node: CreateTable | CreateIndex | a.AlterTable, _read: Read, _context: Context
) -> Iterator[Hit]:
    """Look at the names that the statement gives; what a template renders to is not known."""
    for name in _given(node):
        if len(name.encode()) > MAX_IDENTIFIER_BYTES and not _TEMPLATE.search(name):
            yield Hit(message=f"PostgreSQL cuts {name} off at {MAX_IDENTIFIER_BYTES} bytes")


def _given(node: CreateTable | CreateIndex | a.AlterTable) -> Iterator[str]:
    match node:
        case CreateTable():
            yield node.name.name
            yield from (column.name for column in node.columns)
            yield from (item.name for item in node.constraints if item.name)
        case CreateIndex():
            yield node.name or ""
        case a.AlterTable():
            for action in node.actions:
                match action:
                    case a.AddColumn(column=column):
                        yield column.name
                    case a.AddConstraint(constraint=constraint):
                        yield constraint.name or ""
                    case a.RenameColumn() | a.RenameTable() | a.RenameConstraint():
                        yield action.to
                    case _:
                        pass


RULE = Rule(
    id="EC506",
    name="name-too-long",
    severity=Severity.WARNING,
    hazard=Hazard.ADVICE,
    nodes=(CreateTable, CreateIndex, a.AlterTable),
    actions=(a.AddColumn, a.AddConstraint, a.RenameColumn, a.RenameConstraint, a.RenameTable),
    check=check,
)

"""What other open changes have to do with one that is not begun: asked before it is."""

import dataclasses
import re
from collections.abc import Iterator

from expandcontract.changes.base import Change
from expandcontract.engine.runner import Runner
from expandcontract.model.names import TableName
from expandcontract.model.plan import Plan
from expandcontract.postgres import ledger
from expandcontract.postgres.installation import installed

HANGS = ("columns", "include", "condition", "where")
"""Fields of an index or a constraint that name columns, alone or in an expression."""


def in_the_way(runner: Runner, change: Change, plan: Plan) -> tuple[str, ...]:
    """Why its expand would be refused now, or would keep the contract of another from running."""
    if not installed(runner.session):
        return ()
    taken = ledger.claimed(runner.session, plan)
    return (
        *(f"waits for {owner}, which works on {what}" for what, owner in taken),
        *_hung(runner, change),
    )


def _hung(runner: Runner, change: Change) -> Iterator[str]:
    """What it makes on a column that goes would keep that column from going."""
    words = [text for name in HANGS for text in _texts(getattr(change, name, ()))]
    if not words or "column" in {field.name for field in dataclasses.fields(change)}:  # type: ignore[arg-type]
        return
    for record in ledger.everything(runner.session):
        if not record.is_open or record.name == change.name:
            continue
        for retired in record.plan.retires:
            here = any(_is(table, retired.table) for table in change.tables)
            if here and any(_names(text, retired.column) for text in words):
                yield (
                    f"{retired.column} goes with the contract of {record.name}, which what is made "
                    "on it would keep from running; make it on the new column, or wait"
                )


def _texts(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, tuple) else ()


def _is(wanted: TableName, table: TableName) -> bool:
    return wanted.name == table.name and wanted.schema in {None, table.schema}


def _names(text: str, column: str) -> bool:
    """Whether a column, or an expression, names the column.

    >>> _names("lower(note)", "note"), _names("notes", "note"), _names('odd "x"', 'odd "x"')
    (True, False, True)
    """
    return text == column or re.search(rf"(?<!\w){re.escape(column)}(?!\w)", text) is not None

"""What MERGE says: how rows of target and source meet, and what becomes of each kind of them."""

from collections.abc import Iterator

from expandcontract.lint.cursor import Cursor, Expr
from expandcontract.lint.forms.maintenance import read_only_name
from expandcontract.model.names import TableName
from expandcontract.model.value import value

_WRITES = frozenset({"UPDATE", "DELETE"})
_ACTIONS = _WRITES | {"INSERT", "DO"}


@value(kw_only=True)
class Merge:
    """`source` is None where it is a query or a function; the two kinds are rows of the target."""

    source: TableName | None
    on: Expr
    matched: bool  #: every row that has a partner is updated or deleted
    unmatched: bool  #: every row that has none is


@value
class _Branch:
    kind: str
    chosen: bool  #: it has a condition of its own
    action: str


def read_merge(cursor: Cursor) -> Merge | None:
    """Take what follows the target of MERGE; None where it is not what MERGE says."""
    cursor.until("USING")
    if not cursor.says("USING"):
        return None
    source = None if cursor.sees("(") else read_only_name(cursor)
    if cursor.sees("("):
        source = None
    cursor.until("ON")
    if not cursor.says("ON"):
        return None
    start = cursor.at
    while not cursor.done() and not _branches_off(cursor):
        cursor.take()
    on = cursor.between(start, cursor.at)
    branches = tuple(_branches(cursor))
    return Merge(
        source=source,
        on=on,
        matched=_writes_all(branches, "MATCHED"),
        unmatched=_writes_all(branches, "SOURCE"),
    )


def _branches_off(cursor: Cursor) -> bool:
    return cursor.sees("WHEN", "MATCHED") or cursor.sees("WHEN", "NOT", "MATCHED")


def _branches(cursor: Cursor) -> Iterator[_Branch]:
    """Those of CASE, which say WHEN as well, are left aside."""
    while not cursor.done():
        if not _branches_off(cursor):
            cursor.take()
            continue
        cursor.need("WHEN")
        kind = "TARGET" if cursor.says("NOT") else "MATCHED"
        cursor.need("MATCHED")
        if cursor.says("BY"):
            kind = cursor.take().word
        chosen = cursor.sees("AND")
        while not cursor.done() and not (cursor.says("THEN") and cursor.word() in _ACTIONS):
            cursor.take()
        yield _Branch(kind, chosen, cursor.word())


def _writes_all(branches: tuple[_Branch, ...], kind: str) -> bool:
    """Whether each row of the kind is written: the first branch that fits a row has it."""
    for branch in branches:
        if branch.kind != kind:
            continue
        if branch.action not in _WRITES:
            return False
        if not branch.chosen:
            return True
    return False

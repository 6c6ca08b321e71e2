"""LOGGED, UNLOGGED, ACCESS METHOD and TABLESPACE copy the whole table.

Every row and every index is written to new files under ACCESS EXCLUSIVE. With ALL IN TABLESPACE it
is every table or index that stands there, each locked until the last one is copied.

Bad:

    ALTER TABLE sessions SET UNLOGGED;

Says:

    SET UNLOGGED rewrites sessions under ACCESS EXCLUSIVE

Instead:

    Make a new table, keep both equal, and switch.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import objects as o
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard

_ALL = ("ALL", "IN", "TABLESPACE")


def check(node: a.AlterTable | o.Other, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for what cannot be done in place."""
    if isinstance(node, o.Other):
        if node.words[:3] == _ALL:
            kind = node.kind.lower()
            yield Hit(message=f"SET TABLESPACE rewrites every {kind} there under ACCESS EXCLUSIVE")
        return
    if not context.live(node.table):
        return
    for action in node.actions:
        match action:
            case a.SetLogged():
                what = "SET LOGGED" if action.logged else "SET UNLOGGED"
            case a.SetAccessMethod():
                what = "SET ACCESS METHOD"
            case a.SetTablespace():
                what = "SET TABLESPACE"
            case _:
                continue
        yield Hit(message=f"{what} rewrites {node.table.plain} under ACCESS EXCLUSIVE")


RULE = Rule(
    id="EC119",
    name="storage-rewrites",
    severity=Severity.ERROR,
    hazard=Hazard.REWRITES,
    nodes=(a.AlterTable, o.Other),
    actions=(a.SetAccessMethod, a.SetLogged, a.SetTablespace),
    check=check,
)

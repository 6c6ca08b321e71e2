"""A unique index fails at its very end if two rows are equal, also two that were written meanwhile.

The build itself lets writers go on. From its end on, code that writes a second equal row gets an
error (1062).

Bad:

    ALTER TABLE orders ADD UNIQUE KEY orders_code (code), ALGORITHM=INPLACE, LOCK=NONE;

Says:

    building the unique index on orders (code) fails if two rows are equal

Instead:

    Look for equal rows first, and let the application refuse them before you build the index.
    Ignore this finding once you have.

Good:

    ALTER TABLE orders ADD INDEX orders_code (code), ALGORITHM=INPLACE, LOCK=NONE;
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for a unique index on rows that are there."""
    if context.work(node) is None:
        return
    for action in node.actions:
        if isinstance(action, f.AddKey) and action.key.kind in {"UNIQUE", "UNIQUE HASH"}:
            columns = ", ".join(action.key.columns)
            yield Hit(
                message=f"building the unique index on {node.table.plain} ({columns}) fails if two "
                "rows are equal"
            )


RULE = Rule(
    id="EC612",
    name="online-unique",
    severity=Severity.WARNING,
    hazard=Hazard.FAILS,
    nodes=(f.AlterTable,),
    check=check,
    dialects=("mysql", "mariadb"),
)

"""Dropping a table loses its data and breaks running code that still uses it.

Nothing brings the rows back but a backup.

Bad:

    DROP TABLE old_orders;

Says:

    dropping old_orders loses its data and breaks running code that uses it

Instead:

    First deploy a release that does not use the table; rename it out of the way before you drop
    it, so that a mistake can be taken back. op.contract(DropTable(...)) checks this.

On MySQL:

    First deploy a release that does not use the table; rename it out of the way before you drop
    it, so that a mistake can be taken back.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: m.Drop, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for tables that stood before."""
    if node.kind not in {"TABLE", "FOREIGN TABLE"}:
        return
    for name in node.names:
        if context.live(name):
            yield Hit(
                message=f"dropping {name.plain} loses its data and breaks running code that uses it"
            )


RULE = Rule(
    id="EC204",
    name="drop-table",
    severity=Severity.ERROR,
    hazard=Hazard.LOSES_DATA,
    nodes=(m.Drop,),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)

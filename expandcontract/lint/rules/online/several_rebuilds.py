"""Each of several statements builds the same table anew; one statement does all in one go.

A rebuild takes time and disk in proportion to the table, and the replicas do it again.

Bad:

    ALTER TABLE orders FORCE;
    ALTER TABLE orders ROW_FORMAT = DYNAMIC;

Says:

    orders is built anew a second time in this text

Instead:

    Say all changes that need a rebuild in one ALTER TABLE.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for work that is done twice."""
    cost = context.work(node)
    if cost is None or not cost.rebuilds:
        return
    if node.table.plain in context.session.rebuilt:
        yield Hit(message=f"{node.table.plain} is built anew a second time in this text")


RULE = Rule(
    id="EC622",
    name="several-rebuilds",
    severity=Severity.INFO,
    hazard=Hazard.ADVICE,
    nodes=(f.AlterTable,),
    check=check,
    by_default=False,
    dialects=("mysql", "mariadb"),
)

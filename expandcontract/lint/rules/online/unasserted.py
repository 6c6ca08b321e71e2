"""Without ALGORITHM and LOCK the server takes whatever way it finds, a copy of the table included.

With them it fails at once instead, before it has touched anything: the surest protection there is
against a change that turns out to be dearer than expected on the production table.

Bad:

    ALTER TABLE orders ADD COLUMN region varchar(10);

Says:

    nothing keeps the server from copying orders: add ALGORITHM=INSTANT

Instead:

    Say the ALGORITHM and LOCK that you count on.

Good:

    ALTER TABLE orders ADD COLUMN region varchar(10), ALGORITHM=INSTANT;
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.costing import spelled
from expandcontract.lint.mysql.online import Algorithm
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Edit, Fix, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for a statement that leaves the choice to the server."""
    cost = context.work(node)
    if cost is None or node.algorithm or node.lock or node.verb == "OPTIMIZE TABLE":
        return
    if not (cost.best.clauses and cost.best.obeys) or cost.best.algorithm is Algorithm.COPY:
        return
    clause = f"ALGORITHM={spelled(cost.best.algorithm, context.profile)}"
    if cost.best.algorithm is not Algorithm.INSTANT:
        clause += f", LOCK={cost.best.lock.name}"
    plain = node.verb == "ALTER TABLE" and not any(
        isinstance(action, f.Partitions) for action in node.actions
    )
    fix = Fix(f"add {clause}", (Edit(read.end, read.end, f", {clause}"),)) if plain else None
    yield Hit(
        message=f"nothing keeps the server from copying {node.table.plain}: add {clause}", fix=fix
    )


RULE = Rule(
    id="EC606",
    name="online-unasserted",
    severity=Severity.INFO,
    hazard=Hazard.ADVICE,
    nodes=(f.AlterTable,),
    check=check,
    by_default=False,
    dialects=("mysql", "mariadb"),
)

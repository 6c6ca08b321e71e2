"""An UPDATE or DELETE of all rows locks them all until it is finished.

Every row stays locked to the end, every row gets a new version, and the standby has to follow. In
batches, with a pause where the standby lags, nobody notices.

Bad:

    UPDATE orders SET region = 'eu';

Says:

    UPDATE writes every row of orders in one transaction

Instead:

    `ec backfill orders --set "region = 'eu'" --where "region IS NULL"` works in small chunks and
    holds while the standby lags.

On MySQL:

    Write in batches with LIMIT, or by ranges of the primary key, and wait where the replicas lag.

Good:

    UPDATE orders SET region = 'eu' WHERE id = 3;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import query as q
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: q.Write, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a statement that no condition bounds."""
    if not context.live(node.table) or node.verb not in {"UPDATE", "DELETE"}:
        return
    always = node.where is not None and node.where.words in {("TRUE",), ("1", "=", "1")}
    if node.where is None or always:
        verb = "DELETE removes" if node.verb == "DELETE" else "UPDATE writes"
        yield Hit(message=f"{verb} every row of {node.table.plain} in one transaction")


RULE = Rule(
    id="EC501",
    name="unbounded-write",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(q.Write,),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)

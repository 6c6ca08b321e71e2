"""Changing a sequence keeps nextval() waiting, and with it every INSERT.

ALTER SEQUENCE takes SHARE ROW EXCLUSIVE on the sequence until the transaction ends; AS rewrites it.

Bad:

    BEGIN;
    ALTER SEQUENCE orders_id_seq AS bigint;
    COMMIT;

Says:

    until the transaction ends, INSERTs that take a number from orders_id_seq wait

Instead:

    Run it in a transaction of its own that ends at once.

Good:

    ALTER SEQUENCE orders_id_seq AS bigint;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import objects as o
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: o.AlterSequence, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a transaction that goes on."""
    words = set(node.words)
    if words & {"OWNER", "OWNED", "RENAME", "SCHEMA"} or not context.session.in_transaction:
        return
    yield Hit(
        message=f"until the transaction ends, INSERTs that take a number from {node.name.plain} "
        "wait"
    )


RULE = Rule(
    id="EC135",
    name="alter-sequence",
    severity=Severity.WARNING,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(o.AlterSequence,),
    check=check,
)

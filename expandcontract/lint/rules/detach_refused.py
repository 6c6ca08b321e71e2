"""DETACH PARTITION CONCURRENTLY is refused while there is a default partition.

It fails with 55000.

Given:

    CREATE TABLE logs (kind text) PARTITION BY LIST (kind);
    CREATE TABLE logs_a PARTITION OF logs FOR VALUES IN ('a');
    CREATE TABLE logs_rest PARTITION OF logs DEFAULT;

Bad:

    ALTER TABLE logs DETACH PARTITION logs_a CONCURRENTLY;

Says:

    logs has the default partition logs_rest, so that nothing can be detached CONCURRENTLY

Instead:

    Detach the default partition first, or DETACH without CONCURRENTLY with a short lock_timeout.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for the sibling that forbids it."""
    for action in node.actions:
        if not isinstance(action, a.DetachPartition) or not action.concurrently:
            continue
        for sibling in context.history.children(node.table):
            if sibling.default_partition:
                yield Hit(
                    message=f"{node.table.plain} has the default partition "
                    f"{sibling.spelled.plain}, so that nothing can be detached CONCURRENTLY"
                )


RULE = Rule(
    id="EC409",
    name="detach-refused",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(a.AlterTable,),
    actions=(a.DetachPartition,),
    check=check,
)

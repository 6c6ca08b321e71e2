"""DETACH PARTITION without CONCURRENTLY blocks reads and writes of the whole table.

It takes ACCESS EXCLUSIVE on the partitioned table, not only on the partition: it waits for every
running query, and every new one waits behind it.

Bad:

    ALTER TABLE events DETACH PARTITION events_2023;

Says:

    detaching events_2023 blocks reads and writes of events

Instead:

    DETACH PARTITION .. CONCURRENTLY (14 and later), outside a transaction and without
    lock_timeout.

Good:

    ALTER TABLE events DETACH PARTITION events_2023 CONCURRENTLY;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a table others can see."""
    for action in node.actions:
        if not isinstance(action, a.DetachPartition) or not context.live(node.table):
            continue
        if not action.concurrently and not action.finalize:
            yield Hit(
                message=f"detaching {action.partition.plain} blocks reads and writes of "
                f"{node.table.plain}"
            )


RULE = Rule(
    id="EC126",
    name="detach-not-concurrent",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_READS,
    nodes=(a.AlterTable,),
    actions=(a.DetachPartition,),
    check=check,
)

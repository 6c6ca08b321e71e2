"""SPLIT and MERGE PARTITIONS copy rows while nobody can read or write the whole table.

The new partitions are filled and indexed in one go, under ACCESS EXCLUSIVE on the partitioned table
(as the betas of PostgreSQL 19 had it; its release candidate does not know the statements).

Bad:

    ALTER TABLE events MERGE PARTITIONS (events_q1, events_q2) INTO events_2024;

Says:

    MERGE PARTITIONS copies events_q1, events_q2 while nobody can read or write events

Instead:

    Make the new partition beside the table, fill it in chunks while the old ones are written to,
    and swap them: DETACH .. CONCURRENTLY, then ATTACH with a validated CHECK.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for partitions that others can see."""
    old: tuple[TableName, ...]
    for action in node.actions:
        if isinstance(action, a.SplitPartition):
            what, old = "SPLIT PARTITION", (action.partition,)
        elif isinstance(action, a.MergePartitions):
            what, old = "MERGE PARTITIONS", action.partitions
        else:
            continue
        live = [name.plain for name in old if context.live(name)]
        if live:
            yield Hit(
                message=f"{what} copies {', '.join(live)} while nobody can read or write "
                f"{node.table.plain}"
            )


RULE = Rule(
    id="EC136",
    name="partitions-replaced",
    severity=Severity.ERROR,
    hazard=Hazard.REWRITES,
    nodes=(a.AlterTable,),
    actions=(a.SplitPartition, a.MergePartitions),
    check=check,
)

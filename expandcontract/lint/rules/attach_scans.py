"""ATTACH PARTITION reads every row of the new partition, unless a CHECK proves its bounds.

The partition is locked in ACCESS EXCLUSIVE mode meanwhile. If the table has a default partition,
that one is locked and read as well, and all queries of the table wait; indexes and foreign keys
that the partition does not have yet are built and verified on the spot.

Bad:

    ALTER TABLE events ATTACH PARTITION events_2025
        FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

Says:

    attaching events_2025 scans it under ACCESS EXCLUSIVE, because no CHECK proves its bounds

Instead:

    Add a CHECK with the bounds NOT VALID, VALIDATE it, build missing indexes CONCURRENTLY, attach,
    then drop the CHECK.

Good:

    ALTER TABLE events_2025 ADD CONSTRAINT bounds
        CHECK (at >= '2025-01-01' AND at < '2026-01-01') NOT VALID;
    ALTER TABLE events_2025 VALIDATE CONSTRAINT bounds;
    ALTER TABLE events ATTACH PARTITION events_2025
        FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
"""

from collections.abc import Iterator

from expandcontract.lint.costing.partitions import (
    may_be_proven,
    missing_indexes,
    unverified_keys,
)
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.known import KnownTable
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look at the partition, at its siblings and at what it lacks."""
    if node.kind != "TABLE":
        return
    parent = context.known(node.table)
    for action in node.actions:
        if not isinstance(action, a.AttachPartition):
            continue
        name = action.partition.plain
        partition = context.known(action.partition)
        live = context.live(action.partition)
        if live and not may_be_proven(partition):
            yield Hit(
                message=f"attaching {name} scans it under ACCESS EXCLUSIVE, because no CHECK "
                "proves its bounds"
            )
        for sibling in context.history.children(node.table):
            if sibling.default_partition and context.live(sibling.name):
                yield Hit(
                    message=f"attaching {name} locks the default partition "
                    f"{sibling.spelled.plain} in ACCESS EXCLUSIVE mode and scans it, unless a "
                    "CHECK proves that none of its rows belong there",
                    certainty=Certainty.UNKNOWN,
                )
        if live:
            yield from _taken_over(name, parent, partition)


def _taken_over(
    name: str, parent: KnownTable | None, partition: KnownTable | None
) -> Iterator[Hit]:
    """What the parent has and the partition does not have yet."""
    if missing := missing_indexes(parent, partition):
        yield Hit(
            message=f"attaching {name} builds an index like {', '.join(missing)} on it under "
            "ACCESS EXCLUSIVE"
        )
    if keys := unverified_keys(parent, partition):
        yield Hit(message=f"attaching {name} verifies {', '.join(keys)} for each of its rows")


RULE = Rule(
    id="EC125",
    name="attach-partition-scans",
    severity=Severity.ERROR,
    hazard=Hazard.SCANS,
    nodes=(a.AlterTable,),
    actions=(a.AttachPartition,),
    check=check,
)

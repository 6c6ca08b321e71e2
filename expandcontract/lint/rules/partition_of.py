"""CREATE TABLE .. PARTITION OF locks the whole partitioned table.

It takes ACCESS EXCLUSIVE on the parent, and it reads the default partition, if there is one, row by
row. CREATE TABLE followed by ATTACH PARTITION takes SHARE UPDATE EXCLUSIVE only.

Bad:

    CREATE TABLE events_2025 PARTITION OF events
        FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

Says:

    making events_2025 as a partition takes ACCESS EXCLUSIVE on events

Instead:

    CREATE TABLE .. (LIKE parent INCLUDING ALL), then ALTER TABLE .. ATTACH PARTITION.

Good:

    CREATE TABLE events_2025 (LIKE events INCLUDING ALL);
    ALTER TABLE events ATTACH PARTITION events_2025
        FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
"""

from collections.abc import Iterator

from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: CreateTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a parent others can see."""
    if node.parent is None or not context.live(node.parent):
        return
    name, parent = node.name.plain, node.parent.plain
    message = f"making {name} as a partition takes ACCESS EXCLUSIVE on {parent}"
    default = [
        child.spelled.plain
        for child in context.history.children(node.parent)
        if child.default_partition and not node.default_partition
    ]
    if default:
        yield Hit(message=f"{message} and scans {default[0]} under it", severity=Severity.ERROR)
    else:
        yield Hit(message=message)


RULE = Rule(
    id="EC127",
    name="partition-of",
    severity=Severity.WARNING,
    hazard=Hazard.BLOCKS_READS,
    nodes=(CreateTable,),
    check=check,
)

"""Adding UNIQUE or PRIMARY KEY builds its index while nobody can read or write.

The index is built under ACCESS EXCLUSIVE. An index that was built CONCURRENTLY can become the
constraint in a moment.

Given:

    CREATE TABLE orders (id integer PRIMARY KEY, code text);

Bad:

    ALTER TABLE orders ADD CONSTRAINT orders_code_key UNIQUE (code);

Says:

    building the index of orders_code_key blocks reads and writes of orders

Instead:

    CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT .. UNIQUE USING INDEX.

Good:

    CREATE UNIQUE INDEX CONCURRENTLY orders_code_key ON orders (code);
    ALTER TABLE orders ADD CONSTRAINT orders_code_key UNIQUE USING INDEX orders_code_key;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.constraint import Unique
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.kinds import TableKind


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for an index that the statement has to build."""
    if not context.live(node.table):
        return
    known = context.history.table(node.table)
    if node.only and known is not None and known.kind is TableKind.PARTITIONED:
        return  # empty until the partitions attach theirs
    for action in node.actions:
        constraint = getattr(action, "constraint", None)
        if (
            isinstance(constraint, Unique)
            and constraint.using_index is None
            and not constraint.without_overlaps  # of a GiST index, which EC114 speaks of
        ):
            default = "the primary key" if constraint.primary else "the unique constraint"
            name = constraint.name or default
            yield Hit(
                message=f"building the index of {name} blocks reads and writes of "
                f"{node.table.plain}"
            )


RULE = Rule(
    id="EC113",
    name="unique-builds-index",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_READS,
    nodes=(a.AlterTable,),
    actions=(a.AddConstraint,),
    check=check,
)

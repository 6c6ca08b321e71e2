"""DROP INDEX without CONCURRENTLY locks the whole table, not only the index.

It takes ACCESS EXCLUSIVE on the table: it waits for every running query, and every new query
waits behind it.

Bad:

    DROP INDEX orders_note_idx;

Says:

    dropping orders_note_idx blocks reads and writes of its table

Instead:

    DROP INDEX CONCURRENTLY, outside a transaction and without lock_timeout.

Good:

    DROP INDEX CONCURRENTLY orders_note_idx;
"""

from collections.abc import Iterator

from expandcontract.lint.forms.index import DropIndex
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: DropIndex, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for an index that stood before."""
    if node.concurrently:
        return
    for name in node.names:
        found = context.history.index(name)
        if found is not None and context.history.is_fresh(found[0].name):
            continue
        table = found[0].spelled.plain if found else "its table"
        yield Hit(message=f"dropping {name.plain} blocks reads and writes of {table}")


RULE = Rule(
    id="EC102",
    name="drop-index-not-concurrent",
    severity=Severity.WARNING,
    hazard=Hazard.BLOCKS_READS,
    nodes=(DropIndex,),
    check=check,
)

"""REINDEX without CONCURRENTLY blocks writes, and reads that would use the index.

The table is locked in SHARE mode and each index in ACCESS EXCLUSIVE mode for the whole build;
planning a query looks at all indexes, so that most reads wait as well.

Bad:

    REINDEX INDEX orders_note_idx;

Says:

    rebuilding orders_note_idx blocks writes, and reads that plan with the index

Instead:

    REINDEX INDEX CONCURRENTLY, outside a transaction and without lock_timeout.

Good:

    REINDEX INDEX CONCURRENTLY orders_note_idx;
"""

from collections.abc import Iterator

from expandcontract.lint.forms.index import Reindex
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: Reindex, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a rebuild that others wait for."""
    if node.concurrently:
        return
    if node.name is not None and context.history.is_fresh(node.name):
        return
    what = node.name.plain if node.name else f"the {node.kind.lower()}"
    yield Hit(message=f"rebuilding {what} blocks writes, and reads that plan with the index")


RULE = Rule(
    id="EC103",
    name="reindex-not-concurrent",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(Reindex,),
    check=check,
)

"""An index that is built CONCURRENTLY without a name is built again under another one.

Each attempt that fails leaves an invalid index, and the next one takes the next free name.

Bad:

    CREATE INDEX CONCURRENTLY ON orders (note);

Says:

    without a name, every repeated attempt leaves one more index on orders

Instead:

    Name the index, and drop an invalid leftover before the next attempt.

Good:

    CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
"""

from collections.abc import Iterator

from expandcontract.lint.forms.index import CreateIndex
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: CreateIndex, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a build that can be cut off half way."""
    if node.concurrently and node.name is None and context.live(node.table):
        yield Hit(
            message=f"without a name, every repeated attempt leaves one more index on "
            f"{node.table.plain}"
        )


RULE = Rule(
    id="EC412",
    name="unnamed-concurrent-index",
    severity=Severity.WARNING,
    hazard=Hazard.NOT_REPEATABLE,
    nodes=(CreateIndex,),
    check=check,
)

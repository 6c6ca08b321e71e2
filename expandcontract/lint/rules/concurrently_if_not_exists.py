"""CREATE INDEX CONCURRENTLY IF NOT EXISTS takes an invalid index for a finished one.

A build that was cancelled leaves an INVALID index behind, which costs every write and serves no
read. The next attempt with IF NOT EXISTS sees the name, says that all is well, and leaves it so.

Bad:

    CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_note_idx ON orders (note);

Says:

    after a cancelled build, IF NOT EXISTS takes the invalid orders_note_idx for a finished index

Instead:

    DROP INDEX CONCURRENTLY IF EXISTS before CREATE INDEX CONCURRENTLY without IF NOT EXISTS, or
    op.expand(AddIndex(...)), which looks whether the index is valid.

Good:

    DROP INDEX CONCURRENTLY IF EXISTS orders_note_idx;
    CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
"""

from collections.abc import Iterator

from expandcontract.lint.forms.index import CreateIndex, DropIndex
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: CreateIndex, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a leftover that would be taken for the index."""
    if not (node.concurrently and node.if_not_exists and node.name):
        return
    if context.history.is_fresh(node.table) or _dropped_before(node.name, context):
        return
    yield Hit(
        message=f"after a cancelled build, IF NOT EXISTS takes the invalid {node.name} for a "
        "finished index"
    )


def _dropped_before(name: str, context: Context) -> bool:
    return any(context.earlier(DropIndex, of=name))


RULE = Rule(
    id="EC401",
    name="concurrently-if-not-exists",
    severity=Severity.WARNING,
    hazard=Hazard.LEAVES_INVALID,
    nodes=(CreateIndex,),
    check=check,
)

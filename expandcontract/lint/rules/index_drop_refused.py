"""PostgreSQL refuses to drop this index in this way.

An index that belongs to a constraint goes with the constraint only (2BP01). DROP INDEX
CONCURRENTLY takes one index at a time, no CASCADE, and none of a partitioned table (0A000).

Given:

    CREATE TABLE orders (id int PRIMARY KEY, note text);
    CREATE INDEX orders_note_idx ON orders (note);

Bad:

    DROP INDEX CONCURRENTLY orders_pkey;

Says:

    orders_pkey belongs to the constraint orders_pkey of orders and cannot be dropped by itself

Instead:

    ALTER TABLE .. DROP CONSTRAINT for the index of a constraint; one DROP INDEX CONCURRENTLY for
    each of the others.

Good:

    DROP INDEX CONCURRENTLY orders_note_idx;
"""

from collections.abc import Iterator

from expandcontract.lint.forms.index import DropIndex
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.kinds import TableKind


def check(node: DropIndex, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for what the server will not do."""
    for name in node.names:
        found = context.history.index(name)
        if found is None:
            continue
        table, index = found
        if index.constraint is not None:
            yield Hit(
                message=f"{name.plain} belongs to the constraint {index.constraint} of "
                f"{table.spelled.plain} and cannot be dropped by itself"
            )
        elif node.concurrently and table.kind is TableKind.PARTITIONED:
            yield Hit(
                message=f"{name.plain} is an index of a partitioned table, which cannot be dropped "
                "CONCURRENTLY"
            )
    if node.concurrently and len(node.names) > 1:
        yield Hit(message="DROP INDEX CONCURRENTLY drops one index at a time")
    if node.concurrently and node.cascade:
        yield Hit(message="DROP INDEX CONCURRENTLY does not know CASCADE")


RULE = Rule(
    id="EC404",
    name="index-drop-refused",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(DropIndex,),
    check=check,
)

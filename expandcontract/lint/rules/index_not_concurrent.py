"""CREATE INDEX without CONCURRENTLY keeps every write to the table waiting.

The index is built under a SHARE lock: reads go on, INSERT, UPDATE and DELETE wait until every row
has been read and sorted. An index on a table that the same text has just made costs nothing, and
neither does one ON ONLY a partitioned table; of a table that is not known, ONLY is taken to mean
that it is one.

Bad:

    CREATE INDEX orders_note_idx ON orders (note);

Says:

    building orders_note_idx blocks writes to orders until it is finished

Instead:

    CREATE INDEX CONCURRENTLY, outside a transaction and without lock_timeout; drop an invalid
    leftover of an earlier attempt first.

Good:

    CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
"""

from collections.abc import Iterator

from expandcontract.lint.forms.index import CreateIndex
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Edit, Fix, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.kinds import TableKind


def check(node: CreateIndex, read: Read, context: Context) -> Iterator[Hit]:
    """Look for a build that other sessions would wait for."""
    if node.concurrently:
        return
    table = node.table.plain
    known = context.known(node.table)
    if node.only and (known is None or known.guessed) and context.live(node.table):
        yield Hit(
            message=f"building {node.name or 'the index'} blocks writes to {table}, unless it is "
            "partitioned",
            help="Give the schema (--schema) for the linter to know what it is. ON ONLY a "
            "partitioned table no index is built.",
            severity=Severity.WARNING,
            certainty=Certainty.UNKNOWN,
        )
        return
    if not context.effects.index_builds:
        return
    if known is not None and known.kind is TableKind.PARTITIONED:
        yield Hit(
            message=f"building {node.name or 'the index'} blocks writes to {table} and all its "
            "partitions until it is finished",
            help="CREATE INDEX ON ONLY the parent, build the index of each partition CONCURRENTLY, "
            "then ALTER INDEX .. ATTACH PARTITION.",
        )
        return
    what = node.name or "the index"
    yield Hit(
        message=f"building {what} blocks writes to {table} until it is finished",
        fix=None if context.session.in_transaction else _concurrently(read),
    )


def _concurrently(read: Read) -> Fix | None:
    """The same statement with CONCURRENTLY behind INDEX."""
    at = read.text.upper().find("INDEX")
    place = read.start + at + len("INDEX")
    return Fix("build it CONCURRENTLY", (Edit(place, place, " CONCURRENTLY"),))


RULE = Rule(
    id="EC101",
    name="index-not-concurrent",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(CreateIndex,),
    check=check,
)

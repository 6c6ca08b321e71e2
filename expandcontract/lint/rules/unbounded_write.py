"""An UPDATE or DELETE of all rows locks them all until it is finished.

Every row stays locked to the end, every row gets a new version, and the standby has to follow. In
batches, with a pause where the standby lags, nobody notices. What a WITH holds counts as it would
alone, in CREATE TABLE AS and COPY too, and so does what PREPARE prepares. A MERGE counts where its
branches leave no row of the target out; where every row that has a partner in another table is
written, how many these are is not known, and it is a warning.

Bad:

    UPDATE orders SET region = 'eu';

Says:

    UPDATE writes every row of orders in one transaction

Instead:

    `ec backfill orders --set "region = 'eu'" --where "region IS NULL"` works in small chunks and
    holds while the standby lags.

On MySQL:

    Write in batches with LIMIT, or by ranges of the primary key, and wait where the replicas lag.

Good:

    UPDATE orders SET region = 'eu' WHERE id = 3;
"""

import re
from collections.abc import Iterator

from expandcontract.lint.cursor import Expr, unwrapped
from expandcontract.lint.forms import query as q
from expandcontract.lint.forms.merge import Merge
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.lint.tokens import Kind
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName
from expandcontract.model.value import replace

_ALWAYS = frozenset({("TRUE",), ("1", "=", "1")})
_NAMES = frozenset({Kind.WORD, Kind.QUOTED})
_IN_PARTS = (
    "`ec backfill` only updates. Delete by ranges of the primary key, each in a transaction of its "
    "own, with a pause where the standby lags; TRUNCATE is faster where nobody reads the table."
)
_EQUAL = re.compile(r"n(\.n)+=n(\.n)+(ANDn(\.n)+=n(\.n)+)*")


def check(node: object, read: Read, context: Context) -> Iterator[Hit]:
    """Look for a statement that no condition bounds, alone or in a WITH."""
    if isinstance(node, q.Write):
        yield from _written(node, context)
    for part in read.held:
        if isinstance(part.node, q.Write):
            for hit in _written(part.node, context):
                if hit.severity is None:  # what MERGE reads may be a query of the WITH
                    yield replace(hit, at=part)


def _written(node: q.Write, context: Context) -> Iterator[Hit]:
    if not context.live(node.table):
        return
    if node.merge is not None:
        yield from _merged(node.table, node.merge, context)
    elif node.verb in {"UPDATE", "DELETE"} and (node.where is None or _holds_always(node.where)):
        removes = node.verb == "DELETE"
        verb = "DELETE removes" if removes else "UPDATE writes"
        yield Hit(
            message=f"{verb} every row of {node.table.plain} in one transaction",
            help=_IN_PARTS if removes else "",
        )


def _merged(table: TableName, merge: Merge, context: Context) -> Iterator[Hit]:
    if merge.matched and (merge.unmatched or _holds_always(merge.on)):
        yield Hit(message=f"MERGE writes every row of {table.plain} in one transaction")
    elif merge.matched and merge.source and context.live(merge.source) and _pairs(merge.on):
        yield Hit(
            message=f"MERGE writes every row of {table.plain} that has a partner in "
            f"{merge.source.plain} in one transaction",
            severity=Severity.WARNING,
            certainty=Certainty.ASSUMED,
        )


def _holds_always(condition: Expr) -> bool:
    return unwrapped(condition).words in _ALWAYS


def _pairs(condition: Expr) -> bool:
    """Whether it asks for nothing but that columns are equal, each with its table."""
    tokens = unwrapped(condition).tokens
    shape = "".join(
        "n" if token.kind in _NAMES and token.word != "AND" else token.word for token in tokens
    )
    return _EQUAL.fullmatch(shape) is not None


RULE = Rule(
    id="EC501",
    name="unbounded-write",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(q.Write, q.Query, q.Copy, q.Prepare, CreateTable),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)

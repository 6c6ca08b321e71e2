"""An index on a partitioned table cannot be built CONCURRENTLY, nor be unique without its key.

Both fail with 0A000: the first always, the second unless all columns of the partition key are part
of the index.

Given:

    CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);

Bad:

    CREATE INDEX CONCURRENTLY events_id_idx ON events (id);

Says:

    events is partitioned, and its indexes cannot be built CONCURRENTLY

Instead:

    CREATE INDEX ON ONLY the parent, build the index of each partition CONCURRENTLY, then ALTER
    INDEX .. ATTACH PARTITION.

Good:

    CREATE INDEX events_id_idx ON ONLY events (id);
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.constraint import Unique
from expandcontract.lint.forms.index import CreateIndex, Reindex
from expandcontract.lint.known import KnownTable
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.kinds import TableKind

_PG_REINDEXES_PARTITIONED = 14


def check(
    node: CreateIndex | a.AlterTable | Reindex, _read: Read, context: Context
) -> Iterator[Hit]:
    """Look for a table that holds no rows of its own."""
    if isinstance(node, Reindex):
        yield from _reindex(node, context)
        return
    known = context.known(node.table)
    if known is None or known.kind is not TableKind.PARTITIONED:
        return
    table = node.table.plain
    if isinstance(node, CreateIndex):
        yield from _create(node, known)
        return
    for action in node.actions:
        constraint = getattr(action, "constraint", None)
        if isinstance(constraint, Unique):
            missing = _missing(set(constraint.columns), known)
            if missing and not constraint.using_index:
                yield Hit(
                    message=f"{_unique(table)} has to hold {missing}, by which it is partitioned"
                )


def _create(node: CreateIndex, known: KnownTable) -> Iterator[Hit]:
    table = node.table.plain
    if node.concurrently:
        yield Hit(message=f"{table} is partitioned, and its indexes cannot be built CONCURRENTLY")
    columns = {key.column for key in node.keys}
    if node.unique and (missing := _missing(columns, known)):
        yield Hit(message=f"{_unique(table)} has to hold {missing}, by which it is partitioned")


def _reindex(node: Reindex, context: Context) -> Iterator[Hit]:
    if node.kind != "INDEX" or node.name is None or context.major >= _PG_REINDEXES_PARTITIONED:
        return
    found = context.history.index(node.name)
    if found is not None and found[0].kind is TableKind.PARTITIONED:
        said = f"{node.name.plain} is the index of a partitioned table"
        yield Hit(message=f"{said}, and REINDEX takes those from PostgreSQL 14 on")


def _unique(table: str) -> str:
    return f"a unique index or key on {table}"


def _missing(columns: set[str | None] | set[str], known: KnownTable) -> str:
    key = known.partition_key
    return ", ".join(column for column in key if column not in columns)


RULE = Rule(
    id="EC407",
    name="partitioned-index-refused",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(CreateIndex, a.AlterTable, Reindex),
    actions=(a.AddConstraint,),
    check=check,
)

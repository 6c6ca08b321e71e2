"""CLUSTER, VACUUM FULL and REPACK copy the whole table while nobody can read or write it.

They write a new file and all indexes under ACCESS EXCLUSIVE.

Bad:

    VACUUM FULL orders;

Says:

    VACUUM FULL rewrites orders under ACCESS EXCLUSIVE

Instead:

    VACUUM without FULL keeps the table usable; REPACK (CONCURRENTLY) shrinks it online from
    PostgreSQL 19 on, and pg_repack or pg_squeeze do before.

Good:

    VACUUM orders;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName


def check(node: m.Cluster | m.Vacuum, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for tables others can see."""
    tables: tuple[TableName, ...]
    if isinstance(node, m.Cluster):
        if node.concurrently:
            return
        what, tables = node.verb, (node.table,) if node.table else ()
    elif node.full:
        what, tables = "VACUUM FULL", node.tables
    else:
        return
    live = [name.plain for name in tables if context.live(name)]
    if live or not tables:
        where = ", ".join(live) or "every table of the database"
        yield Hit(message=f"{what} rewrites {where} under ACCESS EXCLUSIVE")


RULE = Rule(
    id="EC121",
    name="rewriting-command",
    severity=Severity.ERROR,
    hazard=Hazard.REWRITES,
    nodes=(m.Cluster, m.Vacuum),
    check=check,
)

"""Replacing a function that an index, a CHECK or a generated column uses leaves old results behind.

PostgreSQL trusts that an IMMUTABLE function never changes: what is stored stays as the old body
computed it, and queries that use the index miss rows.

Given:

    CREATE TABLE orders (id int, code text);
    CREATE FUNCTION folded(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
    CREATE INDEX orders_folded ON orders (folded(code));

Bad:

    CREATE OR REPLACE FUNCTION folded(text) RETURNS text LANGUAGE sql IMMUTABLE
        AS 'SELECT lower(trim($1))';

Says:

    what orders_folded of orders has stored by the old folded stays as it is

Instead:

    Create a function of another name, build what uses it anew, and drop the old one; or REINDEX
    CONCURRENTLY right after the change.

Good:

    CREATE FUNCTION folded_2(text) RETURNS text LANGUAGE sql IMMUTABLE
        AS 'SELECT lower(trim($1))';
"""

from collections.abc import Iterator

from expandcontract.lint.forms import objects as o
from expandcontract.lint.known import KnownTable
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: o.CreateRoutine, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for what was computed by the old body."""
    name = node.name.name
    if not node.replace or name not in context.history.routines:
        return
    for table in context.history.tables.values():
        users = list(_users(table, name))
        if users and context.live(table.name):
            yield Hit(
                message=f"what {', '.join(users)} of {table.spelled.plain} has stored by the old "
                f"{name} stays as it is"
            )


def _users(table: KnownTable, function: str) -> Iterator[str]:
    for index in table.indexes:
        if function in index.expression_names():
            yield index.name
    for constraint in table.constraints:
        if constraint.condition is not None and function in constraint.condition.names():
            yield constraint.name
    for column in table.columns:
        if column.generated is not None and function in column.generated.names():
            yield column.name


RULE = Rule(
    id="EC309",
    name="function-in-index",
    severity=Severity.WARNING,
    hazard=Hazard.LOSES_DATA,
    nodes=(o.CreateRoutine,),
    check=check,
)

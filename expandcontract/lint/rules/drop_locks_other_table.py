"""Dropping a foreign key, or a table that has one, locks the referenced table as well.

The triggers of the key stand on both tables, so that dropping it takes ACCESS EXCLUSIVE on both:
often on the busiest table of all.

Given:

    CREATE TABLE customers (id int PRIMARY KEY);
    CREATE TABLE orders (id int, customer_id int REFERENCES customers);

Bad:

    ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;

Says:

    dropping orders_customer_id_fkey takes ACCESS EXCLUSIVE on customers too

Instead:

    Drop one foreign key in a transaction of its own, with a short lock_timeout and retries, before
    anything else.

Good:

    SET lock_timeout = '100ms';
    ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName


def check(node: a.AlterTable | m.Drop, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for the other ends of keys that go."""
    if context.session.milliseconds("lock_timeout"):
        return
    if isinstance(node, m.Drop):
        names = node.names if node.kind == "TABLE" else ()
        for name in names:
            known = context.known(name)
            if known is None or not context.live(name):
                continue
            others = {key.parent for key in known.foreign_keys} | {known.parent}
            others -= {known.name, None}
            yield from _tell(name.plain, others, context)
        return
    known = context.known(node.table)
    for action in node.actions if known and context.live(node.table) else ():
        if isinstance(action, a.DropConstraint) and known:
            found = known.constraint(action.constraint)
            yield from _tell(action.constraint, {found.parent if found else None}, context)
        elif isinstance(action, a.DropColumn) and known:
            keys = [key for key in known.foreign_keys if action.column in key.columns]
            yield from _tell(action.column, {key.parent for key in keys}, context)


def _tell(what: str, parents: set[TableName | None], context: Context) -> Iterator[Hit]:
    live = sorted(p.plain.removeprefix("public.") for p in parents if p and context.live(p))
    if live:
        yield Hit(message=f"dropping {what} takes ACCESS EXCLUSIVE on {', '.join(live)} too")


RULE = Rule(
    id="EC128",
    name="drop-locks-other-table",
    severity=Severity.WARNING,
    hazard=Hazard.BLOCKS_READS,
    nodes=(a.AlterTable, m.Drop),
    actions=(a.DropColumn, a.DropConstraint),
    check=check,
)

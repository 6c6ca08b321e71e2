"""Renaming a table breaks every running instance that still uses the old name.

The lock is brief; the harm is that the release which is still running gets "relation does not
exist" from then on. A view under the old name, made in the same transaction, keeps it working.

Bad:

    ALTER TABLE users RENAME TO people;

Says:

    renaming users to people breaks running code that uses the old name

Instead:

    In one transaction rename the table and create an updatable view under the old name; drop the
    view when no release uses it any more.

On MySQL:

    Write to both names from the application: make the new table, keep both equal with triggers,
    and switch. A view under the old name serves reads, and writes as far as it is simple, but
    for a moment neither stands. Swapping two tables in one RENAME TABLE is safe.

Good:

    BEGIN;
    ALTER TABLE users RENAME TO people;
    CREATE VIEW users AS SELECT * FROM people;
    COMMIT;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.reading import Read
from expandcontract.lint.release import Use
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a name that vanishes before running code knows the new one."""
    if node.kind == "INDEX" or context.history.is_fresh(node.table):
        return
    for action in node.actions:
        if not isinstance(action, a.RenameTable) or _view_follows(node, context):
            continue
        use = context.release.table(node.table)
        if use is Use.UNMAPPED:
            continue
        broken = "the running release, which maps" if use is Use.MAPPED else ""
        broken = broken or "running code that uses"
        renamed = f"{node.table.plain} to {action.to}"
        yield Hit(
            message=f"renaming {renamed} breaks {broken} the old name", certainty=use.certainty
        )


def _view_follows(node: a.AlterTable, context: Context) -> bool:
    """Whether the same transaction puts a view, or another relation, in the old place."""
    if not context.session.in_transaction:
        return False
    made = context.in_this_transaction(o.CreateView, CreateTable, of=node.table.name)
    if any(_same(later.node, node.table) for later in made):
        return True
    return any(
        isinstance(action, a.RenameTable) and action.to == node.table.name
        for later in context.in_this_transaction(a.AlterTable)
        for action in getattr(later.node, "actions", ())
    )


def _same(made: object, old: TableName) -> bool:
    """Whether it stands in the old place."""
    if not isinstance(made, o.CreateView | CreateTable):
        return False
    return (made.name.schema or "public") == (old.schema or "public")


RULE = Rule(
    id="EC201",
    name="rename-table",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable,),
    actions=(a.RenameTable,),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)

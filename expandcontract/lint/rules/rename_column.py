"""Renaming a column breaks every running instance that still uses the old name.

The lock is brief; the harm is that the release which is still running gets "column does not
exist" from then on, in every statement that names it.

Bad:

    ALTER TABLE users RENAME COLUMN email TO email_address;

Says:

    renaming users.email to email_address breaks running code that uses the old name

Instead:

    Add the new column, keep both equal, backfill, switch, and drop the old one later;
    op.expand(RenameColumn(...)) does this.

On MySQL:

    Add the new column, write both from the application, fill it in batches, switch the reads, and
    drop the old one once no running release uses it.

Good:

    ALTER TABLE users ADD COLUMN email_address text;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.release import Use
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a name that running code uses."""
    if node.kind == "INDEX" or context.history.is_fresh(node.table):
        return
    for action in node.actions:
        if not isinstance(action, a.RenameColumn):
            continue
        use = context.release.column(node.table, action.column)
        if use is Use.UNMAPPED:
            continue
        broken = "the running release, which maps" if use is Use.MAPPED else ""
        broken = broken or "running code that uses"
        renamed = f"{node.table.plain}.{action.column} to {action.to}"
        yield Hit(
            message=f"renaming {renamed} breaks {broken} the old name", certainty=use.certainty
        )


RULE = Rule(
    id="EC202",
    name="rename-column",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable,),
    actions=(a.RenameColumn,),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)

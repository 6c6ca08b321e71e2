"""Dropping a column breaks running code that still names it, and its data is gone.

Statements of the running release fail with "column does not exist"; server-prepared SELECT * and
RETURNING * fail once in every session. Indexes and constraints over several columns go with it.
With a release file this is said only of columns that the running release maps.

Bad:

    ALTER TABLE users DROP COLUMN nickname;

Says:

    dropping users.nickname breaks running code that names it, and its data is lost

Instead:

    First deploy a release that neither reads nor writes the column, then drop it.

On MySQL:

    First deploy a release that neither reads nor writes the column, then drop it.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.release import Use
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a column that somebody may still use."""
    if not context.live(node.table):
        return
    known = context.known(node.table)
    for action in node.actions:
        if not isinstance(action, a.DropColumn):
            continue
        if known is not None and known.complete and known.find(action.column) is None:
            continue
        use = context.release.column(node.table, action.column)
        if use is Use.UNMAPPED:
            continue
        broken = "the running release, which maps it" if use is Use.MAPPED else ""
        broken = broken or "running code that names it"
        message = f"dropping {node.table.plain}.{action.column} breaks {broken}, and its data is "
        message += "lost"
        if known is not None:
            lost = [i.name for i in known.indexes if action.column in i.columns and len(i.keys) > 1]
            message += f"; so are {', '.join(lost)}, which hold other columns too" if lost else ""
        yield Hit(message=message, certainty=use.certainty)


RULE = Rule(
    id="EC203",
    name="drop-column",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable,),
    actions=(a.DropColumn,),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)

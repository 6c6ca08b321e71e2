"""Without its default, a column that must not be null refuses the INSERTs of running code.

Code that leaves the column out got the default until now, and gets 23502 from now on.

Given:

    CREATE TABLE orders (region text NOT NULL DEFAULT 'eu', note text DEFAULT 'none');

Bad:

    ALTER TABLE orders ALTER COLUMN region DROP DEFAULT;

Says:

    INSERTs of running code that leave out orders.region fail without its default

Instead:

    First deploy a release that always writes the column.

On MySQL:

    First deploy a release that always writes the column.

Good:

    ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.release import Use
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a column that old code may leave out."""
    if not context.live(node.table):
        return
    known = context.known(node.table)
    for action in node.actions:
        if not isinstance(action, a.DropDefault):
            continue
        use = _left_out(node.table, action.column, context)
        if use is Use.UNMAPPED:
            continue
        whose = "the running release, which leave" if use is Use.MAPPED else ""
        whose = whose or "running code that leave"
        column = known.find(action.column) if known else None
        message = f"INSERTs of {whose} out {node.table.plain}.{action.column}"
        message += "," if use is Use.MAPPED else ""
        if column is None:
            yield Hit(message=f"{message} fail, if it is NOT NULL", certainty=Certainty.UNKNOWN)
        elif column.not_null and column.default is not None:
            message += " fail without its default"
            yield Hit(message=message, severity=Severity.ERROR, certainty=use.certainty)


def _left_out(table: TableName, name: str, context: Context) -> Use:
    """Whether the running release leaves the column to its default: mapped means that it does."""
    if context.release.table(table) is not Use.MAPPED:
        return context.release.table(table)
    column = context.release.find(table, name)
    return Use.MAPPED if column is None or column.default == "server" else Use.UNMAPPED


RULE = Rule(
    id="EC207",
    name="drop-default",
    severity=Severity.WARNING,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable,),
    actions=(a.DropDefault,),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)

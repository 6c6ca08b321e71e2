"""Without its default, a column that must not be null refuses the INSERTs of running code.

Code that leaves the column out got the default until now, and gets 23502 from now on. DROP IDENTITY
does the same: an identity column is NOT NULL, and stays it.

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
        if isinstance(action, a.DropIdentity):
            yield from _without_identity(node, action, context)
        if not isinstance(action, a.DropDefault):
            continue
        use = _left_out(node.table, action.column, context)
        if use is Use.UNMAPPED:
            continue
        column = known.find(action.column) if known else None
        message = _inserts(node.table, action.column, use)
        if column is None:
            yield Hit(message=f"{message} fail, if it is NOT NULL", certainty=Certainty.UNKNOWN)
        elif column.not_null and column.default is not None:
            message += " fail without its default"
            yield Hit(message=message, severity=Severity.ERROR, certainty=use.certainty)


def _without_identity(node: a.AlterTable, gone: a.DropIdentity, context: Context) -> Iterator[Hit]:
    """What fills the column must come back before anybody else can write."""
    known = context.known(node.table)
    column = known.find(gone.column) if known else None
    use = _left_out(node.table, gone.column, context)
    if use is Use.UNMAPPED or (column is not None and not column.identity):
        return
    behind = context.in_this_transaction(a.AlterTable, of=node.table.name)
    later = [one.node for one in behind] if context.session.in_transaction else []
    if any(_fills(action, gone.column) for one in (node, *later) for action in _of(one, node)):
        return
    message = f"{_inserts(node.table, gone.column, use)} fail without its identity"
    certain = use.certainty if column is not None else Certainty.ASSUMED
    yield Hit(message=message, severity=Severity.ERROR, certainty=certain)


def _of(other: object, node: a.AlterTable) -> tuple[a.Action, ...]:
    same = isinstance(other, a.AlterTable) and other.table == node.table
    return other.actions if same and isinstance(other, a.AlterTable) else ()


def _fills(action: a.Action, column: str) -> bool:
    return isinstance(action, a.SetDefault | a.AddIdentity) and action.column == column


def _inserts(table: TableName, column: str, use: Use) -> str:
    """Whose INSERTs fail."""
    whose = "the running release, which leave" if use is Use.MAPPED else ""
    whose = whose or "running code that leave"
    return f"INSERTs of {whose} out {table.plain}.{column}{',' if use is Use.MAPPED else ''}"


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
    actions=(a.DropDefault, a.DropIdentity),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)

"""A change of type that keeps the rows may still read them all, or lock another table.

A CHECK that reads the column is verified again; an index whose expression or condition reads it is
built again; a foreign key on either side is verified again, with both tables locked. All of it
happens under ACCESS EXCLUSIVE.

Given:

    CREATE TABLE orders (code varchar(20), note varchar(20), CHECK (length(code) < 99));

Bad:

    ALTER TABLE orders ALTER COLUMN code TYPE varchar(50);

Says:

    changing the type of code scans orders under ACCESS EXCLUSIVE: orders_code_check is verified
    again

Instead:

    Drop the constraint or index, change the type, and bring it back: the CHECK as NOT VALID with a
    later VALIDATE, the index CONCURRENTLY.

Good:

    ALTER TABLE orders ALTER COLUMN note TYPE varchar(50);
"""

from collections.abc import Iterator

from expandcontract.lint import retyping
from expandcontract.lint.costing.columns import rebuilt_indexes, rescanned_checks
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.known import KnownTable
from expandcontract.lint.reading import Read
from expandcontract.lint.retyping import Rewrite
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look at what hangs on a column whose rows can stay."""
    known = context.known(node.table)
    if known is None or not context.live(node.table):
        return
    for action in node.actions:
        if isinstance(action, a.SetType):
            yield from _judge(action, known, node.table.plain, context)


def _judge(action: a.SetType, known: KnownTable, table: str, context: Context) -> Iterator[Hit]:
    column = known.find(action.column)
    if column is None or (column.type == action.type and action.collation == column.collation):
        return
    timezone = context.session.setting("timezone")
    judged = retyping.judge(action, column.type, context.history, timezone)
    begin = f"changing the type of {action.column}"
    if keys := _keys(action.column, known, context):
        others, names = ", ".join(keys), ", ".join(dict.fromkeys(keys.values()))
        yield Hit(
            message=f"{begin} locks {others} as well and scans them all: {names} is verified again"
        )
    if judged.rewrite is Rewrite.YES:
        return
    if checks := rescanned_checks(known, action.column):
        yield Hit(
            message=f"{begin} scans {table} under ACCESS EXCLUSIVE: {', '.join(checks)} is "
            "verified again"
        )
    every = judged.rewrite is Rewrite.INDEXES
    if indexes := rebuilt_indexes(known, action, every=every):
        yield Hit(
            message=f"{begin} blocks reads and writes of {table} while {', '.join(indexes)} is "
            "built again"
        )


def _keys(column: str, known: KnownTable, context: Context) -> dict[str, str]:
    """The tables at the other ends of the column's foreign keys, and the keys' names."""
    found = {}
    for key in known.foreign_keys:
        if column in key.columns and key.parent is not None:
            found[_spelled(key.parent, context)] = key.name
    for child in context.history.referencing(known.name):
        for key in child.foreign_keys:
            if key.parent == known.name and column in key.parent_columns:
                found[child.spelled.plain] = key.name
    return found


def _spelled(name: TableName, context: Context) -> str:
    known = context.known(name)
    return known.spelled.plain if known else name.plain


RULE = Rule(
    id="EC109",
    name="change-type-rescans",
    severity=Severity.ERROR,
    hazard=Hazard.SCANS,
    nodes=(a.AlterTable,),
    actions=(a.SetType,),
    check=check,
)

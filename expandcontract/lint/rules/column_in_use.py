"""A column that a view or a generated column reads can neither be dropped nor change its type.

The server refuses with 2BP01 or 0A000 until what depends on it is gone.

Given:

    CREATE TABLE orders (id int, note text, remark text);
    CREATE VIEW notes AS SELECT id, note FROM orders;

Bad:

    ALTER TABLE orders DROP COLUMN note;

Says:

    notes reads orders.note, so that the column cannot be dropped

Instead:

    Drop or replace what depends on it first, and make it again afterwards.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.known import KnownTable
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for dependents that are known."""
    known = context.known(node.table)
    if known is None:
        return
    for action in node.actions:
        match action:
            case a.DropColumn() if not action.cascade:
                end = "the column cannot be dropped"
            case a.SetType():
                end = "its type cannot be changed"
            case _:
                continue
        column = action.column
        readers = [*_views(known, column, context), *_generated(known, column, action, context)]
        if readers and known.find(column) is not None:
            yield Hit(
                message=f"{', '.join(readers)} reads {node.table.plain}.{column}, so that {end}"
            )


def _views(known: KnownTable, column: str, context: Context) -> list[str]:
    return [
        view.spelled.plain
        for view in context.history.dependents(known.name)
        if (known.name, column) in view.reads
    ]


_PG_DROP_FAILS = 15


def _generated(
    known: KnownTable, column: str, action: a.DropColumn | a.SetType, context: Context
) -> list[str]:
    """Before 15 a dropped column took the generated ones along without a word."""
    if isinstance(action, a.DropColumn) and context.major < _PG_DROP_FAILS:
        return []
    return [
        f"the generated column {one.name}"
        for one in known.columns
        if one.generated is not None and column in one.generated.names()
    ]


RULE = Rule(
    id="EC406",
    name="column-in-use",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(a.AlterTable,),
    actions=(a.DropColumn, a.SetType),
    check=check,
)

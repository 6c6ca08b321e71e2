"""A new NOT NULL column without a default fails as soon as the table has one row.

It works on the empty table of a developer and fails in production; and the running release, which
does not know the column, could not insert any more.

Bad:

    ALTER TABLE orders ADD COLUMN region text NOT NULL;

Says:

    adding region as NOT NULL without a default fails unless orders is empty

Instead:

    Give it a constant default, which costs nothing, or add it nullable, fill it, and SET NOT NULL
    after that.

Good:

    ALTER TABLE orders ADD COLUMN region text NOT NULL DEFAULT 'eu';
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.release import Use
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a column that old rows and old code have no value for."""
    if not context.live(node.table):
        return
    for action in node.actions:
        if not isinstance(action, a.AddColumn):
            continue
        column = action.column
        required = column.not_null or column.primary
        serial = column.type is not None and column.type.serial
        filled = column.default is not None and column.default.words != ("NULL",)
        if required and not (filled or serial or column.identity or column.generated):
            message = f"adding {column.name} as NOT NULL without a default fails unless "
            message += f"{node.table.plain} is empty"
            unwritten = context.release.table(node.table) is Use.MAPPED
            if unwritten and context.release.column(node.table, column.name) is Use.UNMAPPED:
                message += ", and so do the INSERTs of the running release, which does not map it"
                yield Hit(message=message)
            else:
                yield Hit(message=message, certainty=Certainty.ASSUMED)


RULE = Rule(
    id="EC205",
    name="required-column",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(a.AlterTable,),
    actions=(a.AddColumn,),
    check=check,
)

"""A json column has no equality: SELECT DISTINCT and GROUP BY over the row fail.

Queries of running code that compare whole rows get 42883 as soon as the column is there.

Bad:

    ALTER TABLE orders ADD COLUMN extra json;

Says:

    SELECT DISTINCT over orders fails once it has the json column extra

Instead:

    Use jsonb, which compares, and can be indexed.

Good:

    ALTER TABLE orders ADD COLUMN extra jsonb;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for the type among new columns."""
    for action in node.actions:
        if not isinstance(action, a.AddColumn) or not context.live(node.table):
            continue
        kind = action.column.type
        if kind is not None and kind.base == "json":
            yield Hit(
                message=f"SELECT DISTINCT over {node.table.plain} fails once it has the json "
                f"column {action.column.name}"
            )


RULE = Rule(
    id="EC216",
    name="json-column",
    severity=Severity.WARNING,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable,),
    actions=(a.AddColumn,),
    check=check,
)

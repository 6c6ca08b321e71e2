"""Adding a column whose value differs from row to row writes the whole table anew.

PostgreSQL stores a constant or stable default once, in the catalog. A volatile default, a serial
or identity column, a stored generated column and a constrained domain are computed or checked for
every row: the table and all its indexes are written again under ACCESS EXCLUSIVE.

Bad:

    ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();

Says:

    adding token rewrites orders under ACCESS EXCLUSIVE: the volatile default gen_random_uuid() is
    computed for every row

Instead:

    Add the column without a default, SET DEFAULT for new rows in a statement of its own, fill old
    rows in batches.

Good:

    ALTER TABLE orders ADD COLUMN token uuid;
    ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid();
"""

from collections.abc import Iterator

from expandcontract.lint.costing.columns import add_column_rewrites
from expandcontract.lint.effects import Costs
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.lint.volatility import unknown_function
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look at every column that is added to a table others can see."""
    if not context.live(node.table):
        return
    known = context.known(node.table)
    for action in node.actions:
        if not isinstance(action, a.AddColumn):
            continue
        if action.if_not_exists and known and known.find(action.column.name):
            continue
        yield from _judge(action, node, context)


def _judge(action: a.AddColumn, node: a.AlterTable, context: Context) -> Iterator[Hit]:
    name, table = action.column.name, node.table.plain
    reason = add_column_rewrites(action, Costs(context.history, context.major))
    if reason:
        yield Hit(message=f"adding {name} rewrites {table} under ACCESS EXCLUSIVE: {reason}")
    elif reason is None and action.column.default is not None:
        function = unknown_function(action.column.default)
        yield Hit(
            message=f"adding {name} rewrites {table} if {function or 'its default'} is volatile, "
            "which is not known here",
            severity=Severity.WARNING,
            certainty=Certainty.UNKNOWN,
            help="Give the definition of the function with --schema, or set the default in a "
            "statement of its own.",
        )


RULE = Rule(
    id="EC104",
    name="add-column-rewrites",
    severity=Severity.ERROR,
    hazard=Hazard.REWRITES,
    nodes=(a.AlterTable,),
    actions=(a.AddColumn,),
    check=check,
)

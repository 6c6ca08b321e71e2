"""Changing a column's type writes the whole table anew, unless the old values can stay as they are.

The table and all its indexes are written under ACCESS EXCLUSIVE. Free are: a longer or no limit on
varchar, text and varchar to each other, numeric with more digits at the same scale, more
precision, cidr to inet, a domain without conditions. What the old type was comes from earlier
statements or from --schema.

Given:

    CREATE TABLE orders (id integer PRIMARY KEY, note varchar(20));

Bad:

    ALTER TABLE orders ALTER COLUMN id TYPE bigint;

Says:

    changing id from integer to bigint rewrites orders under ACCESS EXCLUSIVE

Instead:

    Add a column of the new type, keep both equal with a trigger, backfill, and let the code
    switch before the old column goes.

Good:

    ALTER TABLE orders ALTER COLUMN note TYPE varchar(50);
"""

from collections.abc import Iterator

from expandcontract.lint import retyping
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.retyping import Retyping, Rewrite
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look at what the old type allows."""
    if not context.live(node.table):
        return
    known = context.known(node.table)
    for action in node.actions:
        if isinstance(action, a.SetType):
            column = known.find(action.column) if known else None
            old = column.type if column else None
            timezone = context.session.setting("timezone")
            judged = retyping.judge(action, old, context.history, timezone)
            yield from _tell(judged, action.column, node.table.plain)


def _tell(judged: Retyping, column: str, table: str) -> Iterator[Hit]:
    change = f"changing {column} from {judged.old} to {judged.new}"
    if judged.old is None:
        change = f"changing {column} to {judged.new}"
    if judged.rewrite is Rewrite.YES:
        why = f": {judged.why}" if judged.why else ""
        yield Hit(message=f"{change} rewrites {table} under ACCESS EXCLUSIVE{why}")
    elif judged.rewrite is Rewrite.UNKNOWN:
        yield Hit(
            message=f"{change} rewrites {table} under ACCESS EXCLUSIVE, unless the old type, "
            "which is not known here, is stored the same way",
            severity=Severity.WARNING,
            certainty=Certainty.UNKNOWN,
        )


RULE = Rule(
    id="EC108",
    name="change-type-rewrites",
    severity=Severity.ERROR,
    hazard=Hazard.REWRITES,
    nodes=(a.AlterTable,),
    actions=(a.SetType,),
    check=check,
)

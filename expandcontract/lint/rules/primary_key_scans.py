"""A primary key on an index whose columns may be null reads every row.

USING INDEX spares the building of the index, not the proof that no value is null: PostgreSQL sets
the columns NOT NULL, and scans the table under ACCESS EXCLUSIVE unless that is proven.

Given:

    CREATE TABLE orders (code text);
    CREATE UNIQUE INDEX orders_code_key ON orders (code);

Bad:

    ALTER TABLE orders ADD PRIMARY KEY USING INDEX orders_code_key;

Says:

    the primary key scans orders under ACCESS EXCLUSIVE, because code may be null

Instead:

    Prove NOT NULL first: CHECK (.. IS NOT NULL) NOT VALID, VALIDATE, SET NOT NULL; then the primary
    key.

Good:

    ALTER TABLE orders ADD CONSTRAINT code_filled CHECK (code IS NOT NULL) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT code_filled;
    ALTER TABLE orders ALTER COLUMN code SET NOT NULL;
    ALTER TABLE orders ADD PRIMARY KEY USING INDEX orders_code_key;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.constraint import Unique
from expandcontract.lint.proofs import refuses_nulls
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a key column that nothing proves to be filled."""
    known = context.known(node.table)
    if known is None or not context.live(node.table):
        return
    for action in node.actions:
        key = getattr(action, "constraint", None)
        if not (isinstance(key, Unique) and key.primary and key.using_index):
            continue
        index = known.index(key.using_index)
        columns = index.columns if index and known.complete else ()
        nullable = [column for column in columns if not refuses_nulls(known, column)]
        if nullable:
            yield Hit(
                message=f"the primary key scans {node.table.plain} under ACCESS EXCLUSIVE, because "
                f"{', '.join(nullable)} may be null"
            )


RULE = Rule(
    id="EC115",
    name="primary-key-scans",
    severity=Severity.ERROR,
    hazard=Hazard.SCANS,
    nodes=(a.AlterTable,),
    actions=(a.AddConstraint,),
    check=check,
)

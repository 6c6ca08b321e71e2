"""CREATE OR REPLACE VIEW cannot drop, rename or reorder a view's columns.

It fails with 42P16 unless the old columns come first, under their old names and with their types.

Given:

    CREATE TABLE orders (id int, note text);
    CREATE VIEW notes AS SELECT id, note FROM orders;

Bad:

    CREATE OR REPLACE VIEW notes AS SELECT note FROM orders;

Says:

    notes has the columns id, note, and a replacement has to begin with them

Instead:

    Add new columns behind the old ones, or drop and create the view in one transaction.

Good:

    CREATE OR REPLACE VIEW notes AS SELECT id, note, note AS remark FROM orders;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import objects as o
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: o.CreateView, _read: Read, context: Context) -> Iterator[Hit]:
    """Compare the columns, where both lists can be told."""
    known = context.known(node.name)
    if not node.replace or known is None or not node.output or not known.output:
        return
    if node.output[: len(known.output)] != known.output:
        yield Hit(
            message=f"{node.name.plain} has the columns {', '.join(known.output)}, and a "
            "replacement has to begin with them"
        )


RULE = Rule(
    id="EC410",
    name="view-replace-refused",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(o.CreateView,),
    check=check,
)

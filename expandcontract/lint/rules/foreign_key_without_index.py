"""Without an index on its columns, a foreign key makes every DELETE of a parent scan the table.

PostgreSQL builds no index for a foreign key by itself.

Given:

    CREATE TABLE customers (id int PRIMARY KEY);
    CREATE TABLE orders (id int, customer_id int);

Bad:

    ALTER TABLE orders ADD CONSTRAINT orders_fk
        FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;

Says:

    no index of orders begins with customer_id

Instead:

    CREATE INDEX CONCURRENTLY on the columns of the key first.

Good:

    CREATE INDEX CONCURRENTLY orders_customer_idx ON orders (customer_id);
    ALTER TABLE orders ADD CONSTRAINT orders_fk
        FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.constraint import ForeignKey
from expandcontract.lint.forms.index import CreateIndex
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for the index, among those that are known and those that follow."""
    known = context.known(node.table)
    if known is None or not known.complete:
        return
    columns = [index.columns for index in known.indexes if index.where is None]
    columns += [
        tuple(key.column or "" for key in later.node.keys)
        for later in context.later(CreateIndex, of=node.table.name)
        if isinstance(later.node, CreateIndex) and later.node.table == node.table
    ]
    for action in node.actions:
        key = getattr(action, "constraint", None)
        if not isinstance(key, ForeignKey) or not key.enforced:  # a DELETE looks nothing up
            continue
        if not any(index[: len(key.columns)] == key.columns for index in columns):
            yield Hit(
                message=f"no index of {node.table.plain} begins with {', '.join(key.columns)}"
            )


RULE = Rule(
    id="EC503",
    name="foreign-key-without-index",
    severity=Severity.INFO,
    hazard=Hazard.ADVICE,
    nodes=(a.AlterTable,),
    actions=(a.AddConstraint,),
    check=check,
    by_default=False,
)

"""A partitioned table takes no NOT VALID foreign key before PostgreSQL 18.

It fails with 42809.

Given:

    CREATE TABLE customers (id int PRIMARY KEY);
    CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);

Bad:

    ALTER TABLE events ADD CONSTRAINT events_fk
        FOREIGN KEY (id) REFERENCES customers (id) NOT VALID;

Says:

    events is partitioned, and before 18 its foreign keys cannot be NOT VALID

Instead:

    Add the key NOT VALID to each partition and VALIDATE it there; the parent's key then finds them
    and verifies nothing again.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.constraint import ForeignKey
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.kinds import TableKind

_PG_KNOWS_IT = 18


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for the key on a table that holds no rows of its own."""
    known = context.known(node.table)
    if known is None or known.kind is not TableKind.PARTITIONED or context.major >= _PG_KNOWS_IT:
        return
    for action in node.actions:
        key = getattr(action, "constraint", None)
        if isinstance(key, ForeignKey) and key.not_valid:
            yield Hit(
                message=f"{node.table.plain} is partitioned, and before {_PG_KNOWS_IT} its foreign "
                "keys cannot be NOT VALID"
            )


RULE = Rule(
    id="EC408",
    name="partitioned-foreign-key-refused",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(a.AlterTable,),
    actions=(a.AddConstraint,),
    check=check,
)

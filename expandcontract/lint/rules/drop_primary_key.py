"""A table in a publication refuses UPDATE and DELETE once its primary key is gone.

Logical replication finds rows by the replica identity, which is the primary key by default: both
fail with 55000 at once. ON CONFLICT of running code fails as well. Of a table that is not known a
constraint whose name ends with _pkey is taken for its key: so the server names it.

Given:

    CREATE TABLE orders (id int PRIMARY KEY);
    CREATE PUBLICATION all_tables FOR ALL TABLES;

Bad:

    ALTER TABLE orders DROP CONSTRAINT orders_pkey;

Says:

    without orders_pkey, UPDATE and DELETE on orders fail: it is published

Instead:

    In the same transaction set REPLICA IDENTITY USING another unique index, or swap the key:
    DROP CONSTRAINT, ADD PRIMARY KEY USING INDEX in one statement.

Good:

    CREATE UNIQUE INDEX CONCURRENTLY orders_new ON orders (id);
    ALTER TABLE orders DROP CONSTRAINT orders_pkey, ADD PRIMARY KEY USING INDEX orders_new;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.constraint import Unique
from expandcontract.lint.known import KnownTable
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.kinds import ConstraintKind


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a primary key that nothing replaces."""
    if not context.live(node.table):
        return
    known = context.known(node.table)
    added = [x.constraint for x in node.actions if isinstance(x, a.AddConstraint)]
    replaced = any(isinstance(one, Unique) and one.primary for one in added)
    for action in node.actions:
        if not isinstance(action, a.DropConstraint) or replaced:
            continue
        name, table = action.constraint, node.table.plain
        certain = _is_key(known, name)
        if certain is None:
            continue
        if context.history.is_published(node.table):
            yield Hit(
                message=f"without {name}, UPDATE and DELETE on {table} fail: it is published",
                certainty=certain,
            )
        else:
            yield Hit(
                message=f"without {name}, {table} has no key: ON CONFLICT of running code "
                "and logical replication rely on it",
                severity=Severity.WARNING,
                certainty=certain,
            )


def _is_key(known: KnownTable | None, name: str) -> Certainty | None:
    """How sure it is that the constraint is the primary key; None where it is not."""
    if known is not None and (found := known.constraint(name)):
        return Certainty.PROVEN if found.kind is ConstraintKind.PRIMARY_KEY else None
    unseen = known is None or known.guessed
    return Certainty.ASSUMED if unseen and name.endswith("_pkey") else None


RULE = Rule(
    id="EC306",
    name="drop-primary-key",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable,),
    actions=(a.DropConstraint,),
    check=check,
)

"""ALTER CONSTRAINT changes foreign keys, and what is inherited of NOT NULL, and nothing else.

A CHECK cannot be made NOT ENFORCED before PostgreSQL 19, and a UNIQUE never DEFERRABLE: the server
refuses with 42809.

Given:

    CREATE TABLE orders (id int, code text, CONSTRAINT orders_code_key UNIQUE (code));

Bad:

    ALTER TABLE orders ALTER CONSTRAINT orders_code_key DEFERRABLE;

Says:

    orders_code_key is no foreign key, so that it cannot be made DEFERRABLE

Instead:

    Add a second constraint as it should be (a CHECK as NOT VALID, a UNIQUE on an index that was
    built CONCURRENTLY), and drop the old one.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.kinds import ConstraintKind

_PG_ENFORCES_CHECKS = 19


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for constraints of other kinds."""
    known = context.known(node.table)
    for action in node.actions:
        if not isinstance(action, a.AlterConstraint) or known is None:
            continue
        found = known.constraint(action.constraint)
        if found is None:
            continue
        what = ""
        if found.kind is not ConstraintKind.FOREIGN_KEY:
            what = _refused(action, found.kind, context.major)
            message = f"{found.name} is no foreign key, so that it cannot be made {what}"
        if what:
            yield Hit(message=message)
        elif action.inherit is not None and found.kind is not ConstraintKind.NOT_NULL:
            yield Hit(message=f"{found.name} is no NOT NULL, so that INHERIT cannot be changed")


def _refused(action: a.AlterConstraint, kind: ConstraintKind, major: int) -> str:
    """The words that only foreign keys know."""
    if action.deferrable is not None:
        return "DEFERRABLE" if action.deferrable else "NOT DEFERRABLE"
    if kind is ConstraintKind.CHECK and major >= _PG_ENFORCES_CHECKS:
        return ""
    if action.enforced is not None:
        return "ENFORCED" if action.enforced else "NOT ENFORCED"
    return ""


RULE = Rule(
    id="EC421",
    name="alter-constraint-refused",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(a.AlterTable,),
    actions=(a.AlterConstraint,),
    check=check,
)

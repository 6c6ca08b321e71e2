"""A new enum value cannot be used in the transaction that has added it.

It fails with 55P04 until the addition is committed.

Bad:

    BEGIN;
    ALTER TYPE mood ADD VALUE 'fine';
    UPDATE people SET mood = 'fine' WHERE id = 3;
    COMMIT;

Says:

    'fine' was added to mood in line 2 of the same transaction and cannot be used yet

Instead:

    Commit between the two. With Alembic put ADD VALUE into an autocommit_block() or an earlier
    revision with transaction_per_migration=True.

Good:

    ALTER TYPE mood ADD VALUE 'fine';
    UPDATE people SET mood = 'fine' WHERE id = 3;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms import query as q
from expandcontract.lint.forms import transaction as t
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(_node: object, read: Read, context: Context) -> Iterator[Hit]:
    """Look for the literal in a later statement of the transaction."""
    if not context.session.in_transaction or "'" not in read.text:
        return
    for earlier in context.earlier(o.AlterType, t.Begin, t.Commit, t.Rollback):
        added = earlier.node
        if not isinstance(added, o.AlterType):
            return
        if added.change != "ADD VALUE":
            continue
        if f"'{added.value}'" in read.text and not _made_here(added, context):
            yield Hit(
                message=f"'{added.value}' was added to {added.name.plain} in line {earlier.line} "
                "of the same transaction and cannot be used yet"
            )


def _made_here(added: o.AlterType, context: Context) -> bool:
    """From 17 on the values of a type made in the same transaction can be used."""
    made = context.earlier(o.CreateType, of=added.name.name)
    return any(getattr(earlier.node, "name", None) == added.name for earlier in made)


RULE = Rule(
    id="EC405",
    name="enum-value-used-at-once",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(q.Write, q.Query, a.AlterTable),
    check=check,
)

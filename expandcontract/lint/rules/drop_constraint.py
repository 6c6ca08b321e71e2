"""Without its constraint, a table takes values that running code never expected.

Bad rows that come in meanwhile are in the way when the constraint is wanted back. A CHECK that only
proved what NOT NULL says by now is not missed. Of a table that is not known a constraint whose name
ends with _key is taken to be UNIQUE: so the server names it.

Given:

    CREATE TABLE orders (id int PRIMARY KEY, code text UNIQUE);

Bad:

    ALTER TABLE orders DROP CONSTRAINT orders_code_key;

Says:

    without orders_code_key, nothing keeps orders.code unique

Instead:

    Deploy a release that does not rely on it first; to change a constraint, add the new one NOT
    VALID before the old one is dropped.

Good:

    ALTER TABLE orders ADD CONSTRAINT code_short CHECK (length(code) < 20) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT code_short;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.known import KnownConstraint, KnownTable
from expandcontract.lint.proofs import implies_not_null
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.kinds import ConstraintKind
from expandcontract.model.names import TableName


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a guarantee that nothing else gives."""
    known = context.known(node.table)
    if not context.live(node.table):
        return
    if known is None or known.guessed:
        yield from _by_name(node, known, context)
    if known is None:
        return
    added = {type(x) for x in node.actions}
    required = {x.column for x in node.actions if isinstance(x, a.SetNotNull)}
    for action in node.actions:
        found = (
            known.constraint(action.constraint) if isinstance(action, a.DropConstraint) else None
        )
        if found is None or a.AddConstraint in added or _is_proof(found, known, required):
            continue
        columns = ", ".join(f"{node.table.plain}.{column}" for column in found.columns)
        if found.kind is ConstraintKind.UNIQUE and not _unique_still(found, known):
            yield Hit(message=f"without {found.name}, nothing keeps {columns} unique")
        elif found.kind is ConstraintKind.CHECK and not _added(node.table, found.name, context):
            yield Hit(message=f"without {found.name}, nothing checks {columns or 'the rows'}")


def _by_name(node: a.AlterTable, known: KnownTable | None, context: Context) -> Iterator[Hit]:
    """Of what nobody saw made, the name is all there is."""
    if any(isinstance(action, a.AddConstraint) for action in node.actions):
        return
    for action in node.actions:
        if not isinstance(action, a.DropConstraint) or not action.constraint.endswith("_key"):
            continue
        seen = known is not None and known.constraint(action.constraint) is not None
        if not seen and not _added(node.table, action.constraint, context):
            yield Hit(
                message=f"without {action.constraint}, which is named like a UNIQUE constraint, "
                f"nothing keeps rows of {node.table.plain} unique",
                certainty=Certainty.ASSUMED,
            )


def _is_proof(found: KnownConstraint, known: KnownTable, required: set[str]) -> bool:
    return found.condition is not None and any(
        (column.not_null or column.name in required)
        and implies_not_null(found.condition, column.name)
        for column in known.columns
    )


def _unique_still(found: KnownConstraint, known: KnownTable) -> bool:
    return any(
        index.unique and index.columns == found.columns and index.constraint != found.name
        for index in known.indexes
    )


def _added(table: TableName, name: str, context: Context) -> bool:
    """Whether it came with the same text: a helper goes with it."""
    return any(
        isinstance(action, a.AddConstraint) and action.constraint.name == name
        for earlier in context.earlier(a.AlterTable, of=table.name)
        if isinstance(earlier.node, a.AlterTable)
        for action in earlier.node.actions
    )


RULE = Rule(
    id="EC307",
    name="drop-constraint",
    severity=Severity.WARNING,
    hazard=Hazard.LOSES_DATA,
    nodes=(a.AlterTable,),
    actions=(a.DropConstraint,),
    check=check,
)

"""Without autovacuum a table bloats, and its transaction ids run out.

The server forces a vacuum in the end, at a time nobody has chosen.

Bad:

    ALTER TABLE orders SET (autovacuum_enabled = false);

Says:

    autovacuum is switched off for orders

Instead:

    Tune it for the table: autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay.

Good:

    ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.01);
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, _context: Context) -> Iterator[Hit]:
    """Look for the switch."""
    off = {("autovacuum_enabled", value) for value in ("false", "off", "0", "'false'", "'off'")}
    for action in node.actions:
        if isinstance(action, a.SetParameters) and not action.reset and off & {*action.parameters}:
            yield Hit(message=f"autovacuum is switched off for {node.table.plain}")


RULE = Rule(
    id="EC502",
    name="autovacuum-off",
    severity=Severity.WARNING,
    hazard=Hazard.ADVICE,
    nodes=(a.AlterTable,),
    actions=(a.SetParameters,),
    check=check,
)

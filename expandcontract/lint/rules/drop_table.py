"""Dropping a table loses its data and breaks running code that still uses it.

Nothing brings the rows back but a backup. With a release file a table that the running release does
not map is a note: only its data is lost.

Bad:

    DROP TABLE old_orders;

Says:

    dropping old_orders loses its data and breaks running code that uses it

Instead:

    First deploy a release that does not use the table; rename it out of the way before you drop
    it, so that a mistake can be taken back.

On MySQL:

    First deploy a release that does not use the table; rename it out of the way before you drop
    it, so that a mistake can be taken back.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.reading import Read
from expandcontract.lint.release import Use
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: m.Drop, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for tables that stood before."""
    if node.kind not in {"TABLE", "FOREIGN TABLE"}:
        return
    for name in node.names:
        if not context.live(name):
            continue
        use = context.release.table(name)
        if use is Use.UNMAPPED:
            message = f"dropping {name.plain} loses its data; the running release does not map it"
            yield Hit(message=message, severity=Severity.INFO)
            continue
        broken = "the running release, which maps it" if use is Use.MAPPED else ""
        broken = broken or "running code that uses it"
        message = f"dropping {name.plain} loses its data and breaks {broken}"
        yield Hit(message=message, certainty=use.certainty)


RULE = Rule(
    id="EC204",
    name="drop-table",
    severity=Severity.ERROR,
    hazard=Hazard.LOSES_DATA,
    nodes=(m.Drop,),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)

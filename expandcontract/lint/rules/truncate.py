"""TRUNCATE deletes every row while nobody can read or write.

It takes ACCESS EXCLUSIVE and gives the table new, empty files; CASCADE empties every table that
references it, and those that reference them.

Bad:

    TRUNCATE sessions;

Says:

    TRUNCATE deletes every row of sessions and blocks its readers

Instead:

    DELETE in batches, or make a new table and switch.

On MySQL:

    DELETE in batches, or make a new table and swap the two in one RENAME TABLE.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: m.Truncate, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for rows that stood before."""
    live = [name.plain for name in node.tables if context.live(name)]
    if not live:
        return
    message = f"TRUNCATE deletes every row of {', '.join(live)} and blocks its readers"
    if node.cascade:
        others = [x.relation for x in context.effects.locks if x.relation not in live]
        named = f": {', '.join(others)}" if others else ""
        message += f"; CASCADE does the same to every table that references it{named}"
    yield Hit(message=message)


RULE = Rule(
    id="EC302",
    name="truncate",
    severity=Severity.ERROR,
    hazard=Hazard.LOSES_DATA,
    nodes=(m.Truncate,),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)

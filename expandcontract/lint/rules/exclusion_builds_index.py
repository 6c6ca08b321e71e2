"""Adding an EXCLUDE constraint builds its index while nobody can read or write.

There is no way to build it beforehand: exclusion constraints know neither USING INDEX nor NOT
VALID, and the same is true of a key WITHOUT OVERLAPS (18 and later).

Bad:

    ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&);

Says:

    building the index of no_overlap blocks reads and writes of bookings

Instead:

    Make a new table with the constraint, keep both equal, and switch; or accept the window on a
    small table.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.constraint import Exclude, Unique
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for the constraint on a table others can see."""
    for action in node.actions:
        constraint = getattr(action, "constraint", None)
        periods = isinstance(constraint, Unique) and constraint.without_overlaps
        if (periods or isinstance(constraint, Exclude)) and context.live(node.table):
            what = "the key WITHOUT OVERLAPS" if periods else "the exclusion constraint"
            name = getattr(constraint, "name", None) or what
            yield Hit(
                message=f"building the index of {name} blocks reads and writes of "
                f"{node.table.plain}"
            )


RULE = Rule(
    id="EC114",
    name="exclusion-builds-index",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_READS,
    nodes=(a.AlterTable,),
    actions=(a.AddConstraint,),
    check=check,
)

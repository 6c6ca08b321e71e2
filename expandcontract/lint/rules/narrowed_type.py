"""A type that holds less refuses values that the running release still writes.

22001, 22003 or a value cut short: the release that runs while the column changes was written for
the wider type, and its next write may not fit. The change itself fails as well if one of the rows
does not. A column that the release file does not map is written by nobody.

Given:

    CREATE TABLE orders (note varchar(200), quantity bigint);

Bad:

    ALTER TABLE orders ALTER COLUMN note TYPE varchar(50);

Says:

    orders.note becomes character varying(50), and running code may write what only character
    varying(200) holds

Instead:

    First deploy a release that writes only what fits; let a CHECK constraint, added NOT VALID and
    validated later, hold it to that, and leave the type as it is. Where the type has to change,
    ec.ChangeType keeps both columns until nobody writes the old one.

Good:

    ALTER TABLE orders ADD CONSTRAINT note_short CHECK (char_length(note) <= 50) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT note_short;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.narrowing import narrows
from expandcontract.lint.reading import Read
from expandcontract.lint.release import Use
from expandcontract.lint.retyping import base_of
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a known type that holds more than the new one."""
    known = context.known(node.table)
    if known is None or not context.live(node.table):
        return
    for action in node.actions:
        column = known.find(action.column) if isinstance(action, a.SetType) else None
        if column is None or column.type is None or not isinstance(action, a.SetType):
            continue
        use = context.release.column(node.table, action.column)
        old, new = (base_of(type_, context.history) for type_ in (column.type, action.type))
        if use is not Use.UNMAPPED and narrows(old, new):
            writer = "the running release" if use is Use.MAPPED else "running code"
            yield Hit(
                message=f"{node.table.plain}.{action.column} becomes {action.type}, and {writer} "
                f"may write what only {column.type} holds",
                certainty=use.certainty,
            )


RULE = Rule(
    id="EC221",
    name="narrowed-type",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable,),
    actions=(a.SetType,),
    check=check,
)

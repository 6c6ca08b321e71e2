"""A foreign key needs an index on its columns, and the server refuses to drop the last one (1553).

Without it, every check of the key would read the whole table.

Given:

    CREATE TABLE items (
        id bigint NOT NULL PRIMARY KEY, order_id bigint, KEY items_order (order_id),
        CONSTRAINT items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id)
    );

Bad:

    ALTER TABLE items DROP INDEX items_order;

Says:

    items_order cannot be dropped: the foreign key items_order_fk needs it

Instead:

    Drop the foreign key first, or add another index that begins with its columns.

Good:

    ALTER TABLE items ADD INDEX items_order_and_id (order_id, id);
    ALTER TABLE items DROP INDEX items_order;
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for the last index that a foreign key stands on."""
    table = context.known(node.table)
    if table is None:
        return
    dropped = [action for action in node.actions if isinstance(action, f.DropKey)]
    gone = {(drop.name or "").lower() for drop in dropped if drop.kind == "INDEX"}
    released = {drop.name for drop in dropped if drop.kind != "INDEX"}
    added = [action.key for action in node.actions if isinstance(action, f.AddKey)]
    left = [key for key in (*table.keys, *added) if (key.name or "").lower() not in gone]
    for foreign in table.keys:
        if foreign.kind != "FOREIGN" or foreign.name in released:
            continue
        serving = [key for key in table.keys if _serves(key, foreign)]
        lost = [key for key in serving if (key.name or "").lower() in gone]
        if lost and not any(_serves(key, foreign) for key in left):
            yield Hit(
                message=f"{lost[0].name} cannot be dropped: the foreign key "
                f"{foreign.name or 'on its columns'} needs it"
            )


def _serves(key: f.Key, foreign: f.Key) -> bool:
    """Whether an index begins with the columns of a foreign key."""
    columns = tuple(name.lower() for name in foreign.columns)
    mine = tuple(name.lower() for name in key.columns[: len(columns)])
    return key.kind in {"PRIMARY", "UNIQUE", "INDEX"} and mine == columns


RULE = Rule(
    id="EC623",
    name="foreign-key-needs-index",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(f.AlterTable,),
    check=check,
    dialects=("mysql", "mariadb"),
)

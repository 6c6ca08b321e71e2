"""Who plays: the two releases of the application, and the change between them."""

from expandcontract.changes.rename_column import RenameColumn
from expandcontract.demo.instance import Role
from expandcontract.demo.users import Shop

OLD, NEW = "email", "email_address"
CHANGE = RenameColumn(table="users", old=OLD, new=NEW)

INSTANCES = 2
"""Instances of each release."""

PAUSE = 0.005
"""Seconds between two requests of one instance: busy, and two processors are not worn out."""


def old_release(shop: Shop, rows: int, number: int) -> Role:
    """Knows nothing of the change."""
    return Role(
        dsn=shop.application,
        name=f"old-{number}",
        release="old",
        writes=OLD,
        reads=OLD,
        reads_after_switch=OLD,
        follows=None,
        rows=rows,
        pause=PAUSE,
        seed=number,
    )


def new_release(shop: Shop, rows: int, number: int) -> Role:
    """Writes the new column from its first request, and reads it as soon as the switch says so."""
    return Role(
        dsn=shop.application,
        name=f"new-{number}",
        release="new",
        writes=NEW,
        reads=OLD,
        reads_after_switch=NEW,
        follows=CHANGE.name,
        rows=rows,
        pause=PAUSE,
        seed=INSTANCES + number,
    )

"""SQLAlchemy, for the time between expand and contract.

`switched` is one attribute over two columns, `install` lets an engine name its release, follow
the switches and survive DDL.
"""

from expandcontract.orm.installing import Installed, install
from expandcontract.orm.retired import RetiredColumnWarning
from expandcontract.orm.shadow import Shadow
from expandcontract.orm.switched import Switched, switched
from expandcontract.orm.switches import Position, Switches, switches

__all__ = [
    "Installed",
    "Position",
    "RetiredColumnWarning",
    "Shadow",
    "Switched",
    "Switches",
    "install",
    "switched",
    "switches",
]

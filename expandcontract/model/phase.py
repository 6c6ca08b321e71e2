"""The four deploy windows of a change."""

from enum import IntEnum


class Phase(IntEnum):
    """One deploy window; old and new application code may both run in the first three.

    >>> Phase.EXPAND < Phase.CONTRACT, str(Phase.BACKFILL)
    (True, 'backfill')
    """

    EXPAND = 1
    BACKFILL = 2
    SWITCH = 3
    CONTRACT = 4

    def __str__(self) -> str:
        return self.name.lower()

    @property
    def participle(self) -> str:
        """How a change is described once the phase is over: `expanded`, `switched`."""
        return {1: "expanded", 2: "backfilled", 3: "switched", 4: "contracted"}[self.value]

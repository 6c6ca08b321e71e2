"""Compares both sides of rows that are read anyway, and counts where they differ."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect

if TYPE_CHECKING:
    from expandcontract.orm.switched import Switched

Difference = Callable[[object, str, Any, Any], None]
"""Is told the instance, the attribute's name, and the value of the old and of the new side."""


class Shadow:
    """Looks at a share of the reads, and is asked for its counts by whoever reports them."""

    def __init__(self, rate: float, on_difference: Difference | None = None) -> None:
        self.rate = rate
        self.on_difference = on_difference
        self.compared = self.differing = 0
        self._untold = [0, 0]
        self._lock = threading.Lock()

    def compare(self, instance: object, attribute: "Switched[Any]") -> None:
        """Compare what was loaded; what is not, or was written since, says nothing."""
        state: Any = inspect(instance)
        sides, loaded = attribute.sides, state.dict
        if state.modified or sides.old not in loaded or sides.new not in loaded:
            return
        old, new = sides.lifted(loaded[sides.old]), loaded[sides.new]
        differs = bool(old != new)
        with self._lock:
            self.compared += 1
            self.differing += differs
            self._untold[0] += 1
            self._untold[1] += differs
        if differs and self.on_difference is not None:
            self.on_difference(instance, attribute.__name__, old, new)

    def take(self) -> tuple[int, int]:
        """What was counted since the last time."""
        with self._lock:
            taken, self._untold = (self._untold[0], self._untold[1]), [0, 0]
        return taken

    def give_back(self, counts: tuple[int, int]) -> None:
        """What could not be reported is reported the next time."""
        with self._lock:
            self._untold = [self._untold[0] + counts[0], self._untold[1] + counts[1]]

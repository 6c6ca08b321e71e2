"""Where the switches of a database stand, as this process knows it.

Asking is a look into a dictionary and never touches the network. Somebody else (`polling`) brings
what the database says, again and again; what cannot be brought leaves the last values standing,
and before the first ones everything is old.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

ALL = 100


@dataclass(frozen=True, slots=True)
class Position:
    """One row of `expandcontract.switches`."""

    change_id: int
    name: str
    objects: tuple[str, ...]  #: `schema.table.column` of what the change works on
    state: str  #: `planned`, the last phase that is over, `closed` or `reverted`
    percent: int
    killed: bool = False
    retires: tuple[str, ...] = ()  #: what contract will drop

    @property
    def is_readable(self) -> bool:
        """Whether the new side is complete, so that it may be read at all."""
        return self.state in {"backfill", "switch", "contract", "closed"}

    def is_called(self, name: str) -> bool:
        """Whether that is its name, or a column of it with its table: `users.email`."""
        if name == self.name:
            return True
        return "." in name and any(f".{one}".endswith(f".{name}") for one in self.objects)

    def allows(self, percent: int) -> int:
        """So many per cent as a feature flag asks for, unless there is no new side or a kill."""
        return max(0, min(ALL, percent)) if self.is_readable and not self.killed else 0


class Switches:
    """The positions of one database; `ec.orm.switches` serves all attributes that name no other."""

    def __init__(self) -> None:
        self._positions: Mapping[str, Position] = {}
        self._by_wanted: dict[str, Position | None] = {}
        self._wake: Callable[[], object] | None = None

    def position(self, name: str) -> Position | None:
        """The change of that name or with that column; None as long as nothing is known of it."""
        if self._wake is not None:  # this process is the child of one that polled
            wake, self._wake = self._wake, None
            wake()
        found = self._by_wanted
        try:
            return found[name]
        except KeyError:
            return found.setdefault(name, self._find(name))

    def percent(self, name: str) -> int:
        """How much of the reading goes to the new side."""
        position = self.position(name)
        return 0 if position is None else position.allows(position.percent)

    def everything(self) -> tuple[Position, ...]:
        """All that is known."""
        return tuple(self._positions.values())

    def put(self, positions: Iterable[Position]) -> None:
        """Replace what is known, at once for every thread."""
        self._positions = {position.name: position for position in positions}
        self._by_wanted = {}

    def after_fork(self, wake: Callable[[], object]) -> None:
        """What a child process has to do before it asks for the first time."""
        self._wake = wake

    def _find(self, name: str) -> Position | None:
        exact = self._positions.get(name)
        if exact is not None:
            return exact
        called = [one for one in self._positions.values() if one.is_called(name)]
        # An open change first, then the newest.
        called.sort(key=lambda one: (one.state in {"closed", "reverted"}, -one.change_id))
        return called[0] if called else None


switches = Switches()
"""The switches that an attribute follows unless it names others."""

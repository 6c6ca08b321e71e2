"""Where in a text the statements of each kind stand.

A rule that looks around asks for some kind of statement, of some name, and meets those alone: what
a statement costs does not grow with the length of its file.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from heapq import merge

from expandcontract.lint.reading import Read
from expandcontract.model.names import TableName

_NAMED = ("name", "table", "names")
"""Where a form says what it is about."""


class Places:
    """The statements of one text, by their kinds and by what they are about."""

    __slots__ = ("_of_kind", "_of_name", "_of_source", "reads")

    def __init__(self, reads: Sequence[Read]) -> None:
        self.reads = tuple(reads)
        self._of_kind: dict[type, list[int]] | None = None
        self._of_name: dict[tuple[type, str], list[int]] | None = None
        self._of_source: dict[str, list[int]] | None = None

    def before(self, index: int, *kinds: type, of: str | None = None) -> Iterator[Read]:
        """Those before a place, nearest first; `of` is a name without its schema."""
        return map(
            self.reads.__getitem__,
            merge(*(_upwards(at, index) for at in self._found(kinds, of)), reverse=True),
        )

    def after(self, index: int, *kinds: type, of: str | None = None) -> Iterator[Read]:
        """Those behind a place, nearest first."""
        found = self._found(kinds, of)
        return map(self.reads.__getitem__, merge(*(_downwards(at, index) for at in found)))

    def that_read(self, index: int, name: str) -> Iterator[Read]:
        """Those before a place that read a relation for what they make, nearest first."""
        if self._of_source is None:
            self._of_source = {}
            for at, read in enumerate(self.reads):
                for source in {one.name for one in getattr(read.node, "reads", ())}:
                    self._of_source.setdefault(source, []).append(at)
        return map(self.reads.__getitem__, _upwards(self._of_source.get(name, []), index))

    def _found(self, kinds: tuple[type, ...], of: str | None) -> list[list[int]]:
        by_kind = self._indexed() if self._of_kind is None else self._of_kind
        found = [kind for kind in kinds if kind in by_kind]
        if of is None or not found:
            return [by_kind[kind] for kind in found]
        by_name = self._named() if self._of_name is None else self._of_name
        return [by_name[kind, of] for kind in found if (kind, of) in by_name]

    def _indexed(self) -> dict[type, list[int]]:
        """Made when a rule first looks around: most texts are over before one does."""
        by_kind: dict[type, list[int]] = {}
        for at, read in enumerate(self.reads):
            by_kind.setdefault(type(read.node), []).append(at)
        self._of_kind = by_kind
        return by_kind

    def _named(self) -> dict[tuple[type, str], list[int]]:
        """Made when there is something of the kind that a rule looks for."""
        by_name: dict[tuple[type, str], list[int]] = {}
        for at, read in enumerate(self.reads):
            for name in _names(read.node):
                by_name.setdefault((type(read.node), name), []).append(at)
        self._of_name = by_name
        return by_name


def _upwards(places: list[int], index: int) -> Iterator[int]:
    return (places[at] for at in range(bisect_left(places, index) - 1, -1, -1))


def _downwards(places: list[int], index: int) -> Iterator[int]:
    return (places[at] for at in range(bisect_right(places, index), len(places)))


def _names(node: object) -> set[str]:
    """What a statement is about, each without its schema."""
    found: set[str] = set()
    for given in (getattr(node, where, None) for where in _NAMED):
        if isinstance(given, TableName):
            found.add(given.name)
        elif isinstance(given, str):
            found.add(given)
        elif isinstance(given, tuple):
            found.update(one.name if isinstance(one, TableName) else str(one) for one in given)
    return found

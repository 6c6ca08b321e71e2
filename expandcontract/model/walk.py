"""In which order a lane meets its rows, and how far it has come: along a key, or by blocks."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from expandcontract.errors import PositionNotReadError
from expandcontract.model.backfill import BlockChunk, Chunk, Key
from expandcontract.model.names import TableName

VERSION = 1
"""Of the documents; a lane that was begun before they had one is a walk along the key."""


EVEN = 0.5
"""Of the rows that turns would have had, from which on they are taken for even."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWindow:
    """A range of keys that is gone over several times before the next one.

    A row has its turn by its key alone, so that it has one however often it is moved.
    """

    until: Key  #: its last key
    passes: int = 1
    rows: int = 0  #: in it, when it was opened
    turn: int = 0
    at: Key | None = None  #: the last key that is done in this turn; None: from the first row
    met: int = 0  #: rows that were written in it

    @property
    def is_even(self) -> bool:
        """Whether the turns so far had about as many rows as all will have.

        Keys with a step of as many as there are turns have one turn, and that one all rows.

        >>> [KeyWindow(until=("9",), passes=4, rows=80, turn=2, met=met).is_even for met in (39, 0)]
        [True, False]
        """
        if self.passes == 1:
            return True
        return self.turn > 0 and self.met * self.passes >= EVEN * self.rows * self.turn


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWalk:
    """Rows in the order of a unique key: `position < key <= high`, each met exactly once."""

    table: TableName
    high: Key | None  #: None: there was no row when the walk began
    position: Key | None = None  #: the last key that is done; None: from the first row
    in_turns: bool = False  #: window by window, with turns as in a walk by blocks
    window: KeyWindow | None = None  #: which one is open

    @property
    def is_finished(self) -> bool:
        """Whether every row up to the upper bound was met."""
        return self.high is None or self.position == self.high

    @property
    def is_first_turn(self) -> bool:
        """Whether the next chunk finds its pages full."""
        return self.in_turns and (self.window is None or self.window.turn == 0)

    @property
    def top(self) -> Key:
        """The last key of the window, or of all."""
        top = self.high if self.window is None else self.window.until
        if top is None:
            raise AssertionError
        return top

    def chunk(self, bound: Key) -> Chunk:
        """The next chunk, up to that key."""
        if self.window is None:
            return Chunk(self.position, bound)
        low = self.position if self.window.at is None else self.window.at
        return Chunk(low, bound, self.window.turn, self.window.passes)

    def opened(self, window: KeyWindow) -> "KeyWalk":
        """The walk as it begins a window."""
        return replace(self, window=window)

    def moved(self, position: Key, met: int = 0) -> "KeyWalk":
        """The walk after the rows up to the position: in this turn, where a window is open.

        >>> walk = KeyWalk(table=TableName("t"), high=("9",), in_turns=True)
        >>> walk = walk.opened(KeyWindow(until=("4",), passes=2)).moved(("3",), met=1)
        >>> walk.chunk(("4",))
        Chunk(low=('3',), high=('4',), turn=0, passes=2)
        >>> walk.moved(("4",)).chunk(("4",))
        Chunk(low=None, high=('4',), turn=1, passes=2)
        >>> walk.moved(("4",)).moved(("4",)).chunk(("9",))
        Chunk(low=('4',), high=('9',), turn=0, passes=1)
        """
        window = self.window
        if window is None:
            return replace(self, position=position)
        met += window.met
        if position != window.until:
            return replace(self, window=replace(window, at=position, met=met))
        if window.turn + 1 < window.passes:
            return replace(self, window=replace(window, turn=window.turn + 1, at=None, met=met))
        return replace(self, position=window.until, window=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockWalk:
    """Blocks of the table's file, in windows; over each window as many turns as there are passes.

    One turn writes every n-th row of a page. The next one finds the dead versions of the last one
    pruned, and puts its new versions on the same page: most are HOT. A row that is moved between
    blocks meanwhile may be missed, so another walk looks at all rows afterwards.
    """

    table: TableName
    end: int  #: the table's size in blocks when the walk began
    passes: int = 1
    window: int = 1
    start: int = 0  #: the first block of the window
    turn: int = 0
    at: int = 0  #: the next block of this turn
    written: int = 0  #: in this window
    rows_in_block: float | None = None  #: as estimated when the walk began

    @property
    def is_first_turn(self) -> bool:
        """Whether the next chunk finds its pages full."""
        return self.turn == 0

    @property
    def until(self) -> int:
        """The first block after the window."""
        return min(self.start + self.window, self.end)

    @property
    def is_finished(self) -> bool:
        """Whether every window had all its turns."""
        return self.start >= self.end

    def chunk(self, blocks: int) -> BlockChunk:
        """The next chunk of so many blocks, within the window."""
        high = min(self.at + max(1, blocks), self.until)
        return BlockChunk(self.at, high, self.turn, self.passes)

    def moved(self, chunk: BlockChunk, written: int) -> "BlockWalk":
        """The walk after a chunk: further in the turn, in the next turn, or in the next window.

        >>> walk = BlockWalk(table=TableName("t"), end=3, passes=2, window=2)
        >>> walk = walk.moved(walk.chunk(5), 1)
        >>> walk.at, walk.turn, walk.written
        (0, 1, 1)
        >>> walk = walk.moved(walk.chunk(5), 0)
        >>> walk.start, walk.until, walk.turn
        (2, 3, 0)
        """
        total = self.written + written
        if chunk.high < self.until:
            return replace(self, at=chunk.high, written=total)
        if self.turn + 1 < self.passes:
            return replace(self, at=self.start, turn=self.turn + 1, written=total)
        return replace(self, start=self.until, at=self.until, turn=0, written=0)

    @property
    def given_up(self) -> "BlockWalk":
        """The walk, ended here: what is left is the next walk's."""
        return replace(self, start=self.end, at=self.end, turn=0, written=0)


Walk = KeyWalk | BlockWalk


@dataclass(frozen=True, slots=True)
class Documents:
    """A walk as the ledger keeps it: what it is, how far it has come, and where it ends."""

    walk: dict[str, Any]
    position: Any
    high: Any


def to_documents(walk: Walk) -> Documents:
    """What the ledger keeps of a walk."""
    common = {"version": VERSION, "table": [walk.table.schema, walk.table.name]}
    if isinstance(walk, KeyWalk):
        high = None if walk.high is None else list(walk.high)
        place = None if walk.position is None else list(walk.position)
        if not walk.in_turns:
            return Documents({**common, "by": "key"}, place, high)
        window = None if walk.window is None else asdict(walk.window)
        return Documents({**common, "by": "key in turns"}, {"key": place, "window": window}, high)
    kind: dict[str, Any] = {"by": "blocks", "passes": walk.passes, "window": walk.window}
    kind["rows_in_block"] = walk.rows_in_block
    position = {"start": walk.start, "turn": walk.turn, "at": walk.at, "written": walk.written}
    return Documents({**common, **kind}, position, {"block": walk.end})


def from_documents(
    walk: dict[str, Any] | None,
    position: Any,  # noqa: ANN401  (JSON)
    high: Any,  # noqa: ANN401
    table: TableName,
) -> Walk:
    """Read what `to_documents` wrote, or what a release before it did on `table`."""
    if walk is None:
        walk = {"version": VERSION, "by": "key", "table": [table.schema, table.name]}
    schema, name = walk["table"]
    match walk:
        case {"version": 1, "by": "key"}:
            return KeyWalk(table=TableName(name, schema), position=_key(position), high=_key(high))
        case {"version": 1, "by": "key in turns"}:
            return KeyWalk(
                table=TableName(name, schema),
                position=_key(position["key"]),
                high=_key(high),
                in_turns=True,
                window=_window(position["window"]),
            )
        case {"version": 1, "by": "blocks"}:
            return BlockWalk(
                table=TableName(name, schema),
                end=high["block"],
                passes=walk["passes"],
                window=walk["window"],
                rows_in_block=walk["rows_in_block"],
                **position,
            )
        case _:
            raise PositionNotReadError(walk)


def _window(found: dict[str, Any] | None) -> KeyWindow | None:
    if found is None:
        return None
    until, at = tuple(found["until"]), _key(found["at"])
    return KeyWindow(**{**found, "until": until, "at": at})


def _key(parts: list[str] | None) -> Key | None:
    return None if parts is None else tuple(parts)

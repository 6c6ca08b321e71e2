"""What two releases know of the same rows: the words in which a story of any kind is told.

A row is an entity of facts, each an SQL expression of a number `s` that no other write has. A
release stores an entity in columns, each an expression of the facts. `twin` has a column for each
fact, and no change touches it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from expandcontract.changes.base import Change
from expandcontract.model.phase import Phase

START, OVER = 0, len(Phase) + 1
"""Before the first phase, and after the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """How one release stores an entity, and what its writes mean."""

    columns: Mapping[str, str]  #: column → expression of facts
    born: Mapping[str, str] = field(default_factory=dict)  #: fact → what its INSERT makes of it
    default: Mapping[str, str] = field(default_factory=dict)  #: the same, without any column
    seeds: int = 1  #: it writes only what such multiples make
    table: str = "t"

    def writes(self, facts: Mapping[str, str]) -> list[str]:
        """The facts that its UPDATE of every column sets."""
        return [fact for fact in facts if fact not in self.born]

    def plain(self, facts: Mapping[str, str]) -> list[str]:
        """Columns that are a fact each, and can be written alone."""
        return [column for column, text in self.columns.items() if text in facts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A statement that is accepted from one phase on, and until another one."""

    sql: str
    accepted: tuple[int, int] = (START, OVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A change under two releases."""

    id: str
    setup: str
    change: Change
    facts: Mapping[str, str]
    old: Release
    new: Release | None  #: none knows what goes
    after: Release | None = None  #: who goes through contract, if not the new one
    start: Mapping[str, str] = field(default_factory=dict)  #: first columns, if not the old ones
    new_from: Phase = Phase.BACKFILL
    prepares: bool = True
    is_one_way: bool = False  #: only forwards
    mend: str = ""  #: what an operator does before expand comes back
    settle: str = ""  #: where the first rows go before anybody writes
    upserts: bool = True  #: whether a key is one over all tables of the tree
    asks: tuple[Ask, ...] = ()

    def __str__(self) -> str:
        return f"{self.change.kind} {self.id}"

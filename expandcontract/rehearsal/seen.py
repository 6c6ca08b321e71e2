"""What a rehearsal found, as values."""

from dataclasses import dataclass, field

from expandcontract.lint.effects import Effects
from expandcontract.model.lock import Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """On whose behalf a statement ran: a revision's, or a phase of a change after all revisions."""

    name: str
    path: str = ""  #: of the revision's file
    wanted: bool = True  #: else it only prepares what was asked about

    @property
    def is_revision(self) -> bool:
        """Whether it stands in a file."""
        return bool(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the server did for one statement, on relations that stood before the stage."""

    locks: dict[str, Lock] = field(default_factory=dict)  #: new ones, by table
    held: dict[str, Lock] = field(default_factory=dict)  #: with those that were held before
    indexes: dict[str, Lock] = field(default_factory=dict)
    rewrites: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    builds: tuple[str, ...] = ()
    exact: bool = True  #: the session itself was asked; else another one has watched it


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that the server did otherwise than the linter had said."""

    text: str
    harsher: bool  #: more than was said: the linter is contradicted


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One statement, what it did, and what the linter had said of it."""

    stage: Stage
    line: int | None
    sql: str
    seconds: float
    seen: Seen
    said: Effects
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What ended the rehearsal."""

    stage: str
    reason: str
    path: str = ""
    line: int | None = None


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one made-up release has done."""

    done: int = 0
    refused: int = (
        0  #: for a value that was there already, or a deadlock: an application repeats it
    )
    failed: int = 0
    worst: float = 0.0  #: seconds of its longest statement
    worst_at: str = ""
    errors: dict[str, str] = field(default_factory=dict)  #: the first of each, and when it was
    left_out: tuple[str, ...] = ()  #: what could not be made up


@dataclass(slots=True, kw_only=True)
class Rehearsal:
    """All of it."""

    schema_from: str = ""
    target: str = ""  #: release of the target's server; empty: none was asked
    scratch: str = ""  #: release of the scratch server
    heads: tuple[str, ...] = ()  #: where the target is
    revisions: tuple[tuple[str, str], ...] = ()  #: that were rehearsed: id and path
    notes: list[str] = field(default_factory=list)
    ran: list[Ran] = field(default_factory=list)
    failure: Failure | None = None
    load: dict[str, Tally] = field(default_factory=dict)

    @property
    def contradictions(self) -> int:
        """How often the server did more than the linter said."""
        return sum(one.harsher for ran in self.ran for one in ran.differences)

    @property
    def is_good(self) -> bool:
        """Whether it went through, as foreseen, and nobody was disturbed."""
        failed = sum(tally.failed for tally in self.load.values())
        return self.failure is None and not self.contradictions and not failed

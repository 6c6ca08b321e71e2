"""May the next phase open?"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that keeps a gate closed, what it was seen by, and what would open it."""

    text: str
    next_step: str = ""
    can_be_overridden: bool = False
    """Whether somebody who knows better may go on: what would be lost or refused stays a reason."""

    def __str__(self) -> str:
        return f"{self.text} ({self.next_step})" if self.next_step else self.text


@dataclass(frozen=True, slots=True)
class Open:
    """Nothing speaks against the phase; `evidence` says what was looked at."""

    evidence: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Closed:
    """The phase would do harm now: every reason, not only the first."""

    reasons: tuple[Reason, ...]
    evidence: dict[str, str] = field(default_factory=dict)


Gate = Open | Closed

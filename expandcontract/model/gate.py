"""May the next phase open?"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that keeps a gate closed, what it was seen by, and what would open it."""

    text: str
    next_step: str = ""
    can_be_overridden: bool = False
    """Whether somebody who knows better may go on: what would be lost or refused stays a reason."""

    def __str__(self) -> str:
        return f"{self.text} ({self.next_step})" if self.next_step else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one probe of a gate saw, and what it was not allowed or not able to see."""

    probe: str
    reasons: tuple[Reason, ...] = ()
    evidence: dict[str, str] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """The look as JSON keeps it."""
        return {
            "probe": self.probe,
            "open": not self.reasons,
            "reasons": [str(reason) for reason in self.reasons],
            "evidence": self.evidence,
            "unseen": list(self.unseen),
        }


@dataclass(frozen=True, slots=True)
class Open:
    """Nothing speaks against the phase; `looks` say what was looked at."""

    looks: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """The phase would do harm now: every reason, not only the first."""

    reasons: tuple[Reason, ...]
    looks: tuple[Look, ...] = ()


Gate = Open | Closed


def verdict(looks: tuple[Look, ...]) -> Gate:
    """Open where no probe has a reason against it.

    >>> verdict((Look(probe="order"),))
    Open(looks=(Look(probe='order', reasons=(), evidence={}, unseen=()),))
    """
    reasons = tuple(reason for look in looks for reason in look.reasons)
    return Closed(reasons, looks) if reasons else Open(looks)


def evidence(gate: Gate) -> dict[str, str]:
    """All that was seen, whoever saw it."""
    return {what: value for look in gate.looks for what, value in look.evidence.items()}

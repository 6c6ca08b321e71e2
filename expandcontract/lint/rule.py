"""The words of judging: rule, hit, finding, severity, fix."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from expandcontract.lint.effects import Effects
from expandcontract.lint.knowledge import History
from expandcontract.lint.known import KnownTable
from expandcontract.lint.reading import Read
from expandcontract.lint.session import Session
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName


class Severity(StrEnum):
    """How much it matters; the order of definition is from worst to mildest."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text between two offsets of the source."""

    start: int
    end: int
    text: str

    def document(self) -> dict[str, Any]:
        """The edit as JSON prints it."""
        return {"start": self.start, "end": self.end, "text": self.text}


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of the text that removes the finding without changing what is meant."""

    title: str
    edits: tuple[Edit, ...]

    def document(self) -> dict[str, Any]:
        """The fix as JSON prints it."""
        return {"title": self.title, "edits": [edit.document() for edit in self.edits]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a rule says about a statement; what is left out, the rule's own values fill in."""

    message: str
    help: str = ""
    severity: Severity | None = None
    hazard: Hazard | None = None
    fix: Fix | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All that a rule may know beside the statement: the world just before it runs."""

    history: History
    effects: Effects
    session: Session
    major: int
    reads: tuple[Read, ...]
    index: int

    def live(self, name: TableName) -> bool:
        """Whether other sessions can see the relation: the text did not make it itself."""
        return not self.history.is_fresh(name)

    def known(self, name: TableName) -> KnownTable | None:
        """What is known of a relation before the statement."""
        return self.history.table(name)

    def later(self) -> Iterator[Read]:
        """The statements behind this one in the same text."""
        return (self.reads[at] for at in range(self.index + 1, len(self.reads)))

    def earlier(self) -> Iterator[Read]:
        """The statements before this one in the same text, nearest first."""
        return (self.reads[at] for at in range(self.index - 1, -1, -1))


Check = Callable[[Any, Read, Context], Iterator[Hit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: which statements it looks at, and what it says of one of them."""

    id: str
    name: str
    severity: Severity
    hazard: Hazard
    nodes: tuple[type, ...]
    check: Check
    by_default: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule, one place, one sentence."""

    rule: str
    name: str
    severity: Severity
    hazard: Hazard
    message: str
    why: str
    help: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    statement: str
    fix: Fix | None = None

    def document(self) -> dict[str, Any]:
        """The finding as JSON prints it."""
        return {
            "rule": self.rule,
            "name": self.name,
            "severity": str(self.severity),
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "end_column": self.end_column,
            "message": self.message,
            "why": self.why,
            "help": self.help,
            "hazard": str(self.hazard),
            "fix": self.fix.document() if self.fix else None,
        }

"""One thing that a rule found: where, how bad, why, and what to write instead."""

from enum import StrEnum
from typing import Any

from expandcontract.model.hazard import Hazard
from expandcontract.model.value import value


class Severity(StrEnum):
    """How much it matters; the order of definition is from worst to mildest."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Certainty(StrEnum):
    """What the finding rests on."""

    PROVEN = "proven"  #: the text, the schema replayed before it, or the release file say so
    ASSUMED = "assumed"  #: it hangs on rows or on running code, which are taken to be there
    UNKNOWN = "unknown"  #: it hangs on a definition that was not seen


@value
class Edit:
    """Replace the text between two offsets of the source."""

    start: int
    end: int
    text: str

    def document(self) -> dict[str, Any]:
        """The edit as JSON prints it."""
        return {"start": self.start, "end": self.end, "text": self.text}


@value
class Fix:
    """A change of the text that removes the finding without changing what is meant."""

    title: str
    edits: tuple[Edit, ...]

    def document(self) -> dict[str, Any]:
        """The fix as JSON prints it."""
        return {"title": self.title, "edits": [edit.document() for edit in self.edits]}


@value(kw_only=True)
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
    certainty: Certainty = Certainty.PROVEN

    def document(self) -> dict[str, Any]:
        """The finding as JSON prints it."""
        return {
            "rule": self.rule,
            "name": self.name,
            "severity": str(self.severity),
            "certainty": str(self.certainty),
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

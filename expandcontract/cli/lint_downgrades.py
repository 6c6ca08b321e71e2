"""What a revision does backwards: judged on the schema behind it, and milder.

A downgrade runs by hand, on a day that is bad already; and to take something away is what it is
for. Its locks and scans last as long as those of an upgrade.
"""

from collections.abc import Sequence

from expandcontract.lint.finding import Finding, Severity
from expandcontract.lint.report import FileReport
from expandcontract.model.hazard import Hazard
from expandcontract.model.value import replace

_TAKEN_AWAY = frozenset({Hazard.BREAKS_OLD_CODE, Hazard.LOSES_DATA})
_MILDER = {
    Severity.ERROR: Severity.WARNING,
    Severity.WARNING: Severity.INFO,
    Severity.INFO: Severity.INFO,
}


def milder(finding: Finding) -> Finding:
    """The finding as one of a downgrade: one step down, or a note where it takes something away."""
    severity = Severity.INFO if finding.hazard in _TAKEN_AWAY else _MILDER[finding.severity]
    return replace(finding, severity=severity, message=f"downgrade: {finding.message}")


def together(ways: Sequence[FileReport]) -> FileReport:
    """One report of a file's upgrade and downgrade."""
    first = ways[0]
    found = [finding for way in ways for finding in way.findings]
    return replace(
        first,
        statements=tuple(statement for way in ways for statement in way.statements),
        findings=tuple(sorted(found, key=lambda f: (f.line, f.rule))),
        total=sum(way.total for way in ways),
        unread=sum(way.unread for way in ways),
    )

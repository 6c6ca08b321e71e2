"""What could not be told of a revision, as a finding on its line: never silence."""

from expandcontract.lint.finding import Finding, Severity
from expandcontract.model.value import replace
from expandcontract.ops.reading.written import Gap

_HELP = (
    "Let `ec lint --scratch` run it on a server, let it write its statements offline too "
    "(`context.is_offline_mode()`), or look at it yourself and say so in an ignore comment."
)
_HELP_BROKEN = "Mend the file: `alembic upgrade` stops at it, too."


def unread(gap: Gap, finding: Finding) -> Finding:
    """The finding about what stands in a gap's place, as one about the gap."""
    return replace(
        finding,
        severity=Severity.WARNING if gap.mild else finding.severity,
        message=message(gap),
        help=_HELP_BROKEN if gap.broken else _HELP,
        statement=gap.reason,
    )


def message(gap: Gap) -> str:
    """What is said of a gap."""
    if gap.broken:
        return gap.reason
    if gap.ends:
        return f"not analysed from this line on: {gap.reason}"
    return f"not fully analysed: {gap.reason}"

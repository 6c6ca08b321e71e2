"""Markdown, for a comment on a pull request."""

from expandcontract.lint.finding import Finding, Severity
from expandcontract.lint.report import Report


def render(report: Report) -> str:
    """A table of findings under a line that says how many there are."""
    if not report.findings:
        return f"**No findings** in {report.total} statements."
    counts = [
        f"{report.count(severity)} {severity}{'' if report.count(severity) == 1 else 's'}"
        for severity in Severity
        if report.count(severity)
    ]
    rows = [_row(finding) for finding in report.findings]
    head = ["| where | rule | what | instead |", "|---|---|---|---|"]
    return "\n".join([f"**{', '.join(counts)}**", "", *head, *rows])


def _row(finding: Finding) -> str:
    cells = (
        f"`{finding.path}:{finding.line}`",
        f"{finding.severity} {finding.rule} ({finding.name})",
        finding.message,
        finding.help,
    )
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"

"""GitHub workflow commands: findings become annotations of the pull request."""

from expandcontract.lint.finding import Finding, Severity
from expandcontract.lint.report import Report

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """One line for each finding."""
    return "\n".join(_line(finding) for finding in report.findings)


def _line(finding: Finding) -> str:
    where = {
        "file": finding.path,
        "line": finding.line,
        "col": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
        "title": f"{finding.rule} {finding.name}",
    }
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in where.items())
    text = f"{finding.message}\n{finding.help}" if finding.help else finding.message
    return f"::{_LEVELS[finding.severity]} {properties}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

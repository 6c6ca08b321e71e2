"""GitLab's code quality report."""

import json

from expandcontract.lint.finding import Severity
from expandcontract.lint.fingerprints import fingerprints
from expandcontract.lint.report import Report

_LEVELS = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Report) -> str:
    """A list of issues, as `artifacts:reports:codequality` takes it."""
    issues = [
        {
            "description": finding.message,
            "check_name": f"{finding.rule} {finding.name}",
            "fingerprint": mark,
            "severity": _LEVELS[finding.severity],
            "location": {
                "path": finding.path,
                "lines": {"begin": finding.line, "end": finding.end_line},
            },
        }
        for finding, mark in fingerprints(report)
    ]
    return json.dumps(issues, indent=2, ensure_ascii=False)

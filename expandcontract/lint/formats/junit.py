"""JUnit XML: each file is a test suite, each finding a failed case."""

import re
from xml.sax.saxutils import escape, quoteattr

from expandcontract.lint.finding import Finding
from expandcontract.lint.report import FileReport, Report

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def printable(text: str) -> str:
    """The text without the characters that XML has no way to write."""
    return _FORBIDDEN.sub("\ufffd", text)


def render(report: Report) -> str:
    """All suites; a file without findings is one passed case."""
    failures = len(report.findings)
    tests = sum(max(1, len(file.findings)) for file in report.files)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuites name="expandcontract" tests="{tests}" failures="{failures}">',
    ]
    for file in report.files:
        lines.extend(_suite(file))
    return "\n".join([*lines, "</testsuites>"])


def _suite(file: FileReport) -> list[str]:
    name = quoteattr(printable(file.path))
    count = len(file.findings)
    head = f'  <testsuite name={name} tests="{max(1, count)}" failures="{count}">'
    cases = [_case(finding) for finding in file.findings]
    return [head, *(cases or [f'    <testcase name="clean" classname={name}/>']), "  </testsuite>"]


def _case(finding: Finding) -> str:
    name = quoteattr(printable(f"{finding.rule} {finding.name} line {finding.line}"))
    text = escape(printable(f"{finding.path}:{finding.line}:{finding.column}\n{finding.help}"))
    return (
        f"    <testcase name={name} classname={quoteattr(printable(finding.path))}>"
        f'<failure type="{finding.severity}" message={quoteattr(printable(finding.message))}>'
        f"{text}</failure></testcase>"
    )

"""Checkstyle XML, which most build servers understand."""

from xml.sax.saxutils import quoteattr

from expandcontract.lint.formats.junit import printable
from expandcontract.lint.report import Report


def render(report: Report) -> str:
    """One element for each file, with its findings."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<checkstyle version="8.0">']
    for file in report.files:
        lines.append(f"  <file name={quoteattr(printable(file.path))}>")
        lines.extend(
            f'    <error line="{f.line}" column="{f.column}" severity="{f.severity}" '
            f"message={quoteattr(printable(f.message))} "
            f"source={quoteattr(f'expandcontract.{f.rule}')}/>"
            for f in file.findings
        )
        lines.append("  </file>")
    return "\n".join([*lines, "</checkstyle>"])

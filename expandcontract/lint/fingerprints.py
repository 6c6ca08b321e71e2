"""A name for a finding that outlives edits elsewhere in the file."""

from collections import Counter
from collections.abc import Iterator

from expandcontract.lint.finding import Finding
from expandcontract.lint.report import Report
from expandcontract.model.names import short_hash


def fingerprints(report: Report) -> Iterator[tuple[Finding, str]]:
    """Every finding with its fingerprint: rule, file and statement, never the line.

    The same statement twice in a file gives two fingerprints, counted from the top.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    for finding in report.findings:
        key = (finding.rule, finding.path, " ".join(finding.statement.split()), finding.message)
        seen[key] += 1
        yield finding, short_hash(*key, str(seen[key]))

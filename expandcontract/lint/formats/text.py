"""For people: each finding with its line, a mark under it, and what to do instead."""

from expandcontract.lint.finding import Certainty, Finding, Severity
from expandcontract.lint.report import Counts, FileReport, Report
from expandcontract.model.value import value

LONGEST_LINE = 400
"""Characters of a line that are shown; dumps and generated SQL have lines of megabytes."""

BEFORE = 40
"""Of them, before the finding."""


@value(kw_only=True)
class Styles:
    """What switches a style on, and all of them off."""

    reset: str = "\x1b[0m"
    bold: str = "\x1b[1m"
    dim: str = "\x1b[2m"
    error: str = "\x1b[31;1m"
    warning: str = "\x1b[33;1m"
    info: str = "\x1b[36;1m"

    def of(self, severity: Severity) -> str:
        """The style of a severity."""
        if severity is Severity.ERROR:
            return self.error
        return self.warning if severity is Severity.WARNING else self.info


ANSI = Styles()
PLAIN = Styles(reset="", bold="", dim="", error="", warning="", info="")
"""Where they would be taken out again, which takes as long as all the rest."""


def render(report: Report) -> str:
    """The findings file by file and a summary; styles are ANSI."""
    parts = [findings(file) for file in report.files if file.findings]
    return "\n".join([*parts, summary(report.counts)])


def findings(file: FileReport, styles: Styles = ANSI) -> str:
    """What was found in one file."""
    source = file.text.split("\n") if file.findings else []
    return "\n".join([_finding(finding, source, styles) for finding in file.findings])


def _finding(finding: Finding, source: list[str], styles: Styles) -> str:
    place = f"{finding.path}:{finding.line}:{finding.column}"
    reset, bold = styles.reset, styles.bold
    proven = finding.certainty is Certainty.PROVEN
    name = finding.name if proven else f"{finding.name}, {finding.certainty}"
    head = (
        f"{bold}{place}{reset}: {styles.of(finding.severity)}{finding.severity}{reset} "
        f"{finding.rule} {styles.dim}({name}){reset} {finding.message}"
    )
    lines = [head, *_snippet(finding, source, styles)]
    if finding.help:
        lines.append(f"  {bold}instead:{reset} {finding.help}")
    return "\n".join(lines) + "\n"


def _snippet(finding: Finding, source: list[str], styles: Styles) -> list[str]:
    if finding.line > len(source):
        return []
    text, column = _excerpt(source[finding.line - 1].rstrip("\r"), finding.column - 1)
    shift = finding.column - 1 - column
    stop = finding.end_column - 1 - shift if finding.end_line == finding.line else len(text)
    width = max(1, min(stop, len(text)) - column)
    number = f"{finding.line:>5}"
    blank = "".join("\t" if c == "\t" else " " for c in text[:column])
    dim, reset, colour = styles.dim, styles.reset, styles.of(finding.severity)
    return [
        f"{dim}{number} |{reset} {text}",
        f"{dim}{' ' * len(number)} |{reset} {blank}{colour}{'^' * width}{reset}",
    ]


def _excerpt(line: str, column: int) -> tuple[str, int]:
    """The line, or of a very long one what stands around the column; and where that is in it."""
    if len(line) <= LONGEST_LINE:
        return line, column
    begin = max(0, min(column - BEFORE, len(line) - LONGEST_LINE))
    left, right = "…" * (begin > 0), "…" * (begin + LONGEST_LINE < len(line))
    return f"{left}{line[begin : begin + LONGEST_LINE]}{right}", column - begin + len(left)


def summary(counts: Counts) -> str:
    """How much was found in how much."""
    found = [
        _counted(counts.by_severity[severity], str(severity))
        for severity in (Severity.ERROR, Severity.WARNING)
        if counts.by_severity[severity]
    ]
    text = f"{', '.join(found) or 'no findings'} in {_counted(counts.statements, 'statement')}"
    text += f" of {_counted(counts.files, 'file')}"
    text += f"; {min(99, round(counts.coverage))} % of the statements read" if counts.unread else ""
    text += f"; {counts.baselined} known from the baseline" if counts.baselined else ""
    return text


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"

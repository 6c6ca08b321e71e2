"""A revision's function as a text to judge, and each line of it as a line of its file."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from expandcontract.cli.lint_unread import message, unread
from expandcontract.lint.finding import Finding
from expandcontract.lint.report import Judged
from expandcontract.model.value import replace
from expandcontract.ops.reading.written import Gap, Phased, Statement, Written

_UNREADABLE = "EC_NOT_ANALYSED;"
"""What stands in the text for a gap: no SQL, so that it is judged, and ignored, as unread."""
_UNREAD = "EC001"
_LINE = re.compile(r"\bline (\d+)")
_NAME_A_LINE = frozenset({"EC112", "EC130", "EC133", "EC405"})
"""Rules whose sentence names the line of another statement."""
_IGNORE = re.compile(r"#[ \t]*(ec:[ \t]*ignore.*)")


@dataclass(frozen=True)
class Python:
    """The source of a revision, and the ignore comments in it."""

    text: str

    @cached_property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.text.splitlines()

    def comments(self, line: int) -> Iterator[tuple[int, str]]:
        """The ignore comments on a call and right above it."""
        first, last = self._extents.get(line, (line, line))
        while first > 1 and self.lines[first - 2].lstrip().startswith("#"):
            first -= 1
        for place in range(first, min(last, len(self.lines)) + 1):
            if found := self._ignores.get(place):
                yield place, found

    @cached_property
    def _ignores(self) -> Mapping[int, str]:
        found = ((at, _IGNORE.search(line)) for at, line in enumerate(self.lines, start=1))
        return {at: match[1].strip() for at, match in found if match}

    @cached_property
    def _extents(self) -> Mapping[int, tuple[int, int]]:
        """The first and the last line of the innermost statement, for each line of it."""
        extents: dict[int, tuple[int, int]] = {}
        if not self._ignores:
            return extents
        try:
            tree = ast.parse(self.text)
        except SyntaxError:
            return extents
        for node in ast.walk(tree):  # from the outer to the inner ones
            if isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef | ast.ClassDef):
                own = node.lineno, node.end_lineno or node.lineno
                extents |= dict.fromkeys(range(own[0], own[1] + 1), own)
        return extents


def segments(written: Written) -> Iterator[Written | Phased]:
    """What one function writes, cut where one of our operations stands; a text comes last.

    Backwards it is not cut: what runs before it there is not known.
    """
    rest = _with_parts(written, ())
    for part in written.parts:
        if not isinstance(part, Phased):
            rest.parts.append(part)
        elif not written.back:
            if rest.parts:
                yield rest
            yield part
            rest = _with_parts(written, ())
    yield rest


def _with_parts(written: Written, parts: Sequence[Statement | Gap | Phased]) -> Written:
    """The same function with other parts."""
    return Written(
        path=written.path, revision=written.revision, back=written.back, parts=list(parts)
    )


@dataclass(slots=True)
class Rendered:
    """The SQL of a revision, and for each of its lines the line of the file."""

    written: Written
    python: Python
    text: str = ""
    lines: list[int] = field(default_factory=list)
    gaps: dict[int, Gap] = field(default_factory=dict)  #: by their line of the text

    def __post_init__(self) -> None:
        texts = []
        for part in self.written.parts:
            if isinstance(part, Phased):
                continue
            for place, comment in self.python.comments(part.line):
                texts.append(f"-- {comment}")
                self.lines.append(place)
            text = part.text if isinstance(part, Statement) else _UNREADABLE
            texts.append(text)
            self.lines += [part.line] * (text.count("\n") + 1)
            if isinstance(part, Gap):
                self.gaps[len(self.lines)] = part
        self.text = "".join(f"{text}\n" for text in texts)

    def line(self, line: int) -> int:
        """The line of the file that wrote a line of the text."""
        return self.lines[line - 1] if line <= len(self.lines) else 1

    def statement(self, judged: Judged) -> Judged:
        """A statement in the lines of the file; what stands for a gap says what it is."""
        gap = self.gaps.get(judged.line)
        sql = judged.sql if gap is None else f"-- {message(gap)}"
        first, last = self.line(judged.line), self.line(judged.end_line)
        return replace(judged, line=first, end_line=last, sql=sql)

    def placed(self, finding: Finding) -> Finding:
        """The finding on its line of the file; a fix of the SQL is none of the Python."""
        if finding.rule == _UNREAD and (gap := self.gaps.get(finding.line)):
            finding = unread(gap, finding)
        said = finding.message
        if finding.rule in _NAME_A_LINE:
            said = _LINE.sub(lambda found: f"line {self.line(int(found[1]))}", said)
        line = self.line(finding.line)
        text = self.python.lines[line - 1] if line <= len(self.python.lines) else ""
        start, end = len(text) - len(text.lstrip()) + 1, len(text.rstrip()) + 1
        return replace(
            finding,
            message=said,
            line=line,
            column=min(start, end),
            end_line=line,
            end_column=end,
            fix=None,
        )

    def without_used_ignores(self, found: Sequence[Finding]) -> Iterator[Finding]:
        """A comment above a call that writes several statements is used if one of them needs it."""
        written = Counter(
            line
            for line, text in zip(self.lines, self.text.splitlines(), strict=False)
            if text.startswith("-- ec:")
        )
        unused = Counter(f.line for f in found if f.rule == "EC003")
        told = set()
        for finding in found:
            if finding.rule in {"EC002", "EC003", "EC004"}:
                key = finding.rule, finding.line, finding.message
                used = finding.rule == "EC003" and unused[finding.line] < written[finding.line]
                if used or key in told:
                    continue
                told.add(key)
            yield finding

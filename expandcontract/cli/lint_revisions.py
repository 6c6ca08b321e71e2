"""The revisions of an Alembic project as texts to judge, and findings back to their lines.

Each `upgrade()` and `downgrade()` is rendered to SQL without env.py and without a database. What is
written while a line of the revision runs belongs to that line; our own operations write nothing
here, since what they run is guarded step by step.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import groupby
from pathlib import Path
from types import FrameType

from alembic.config import Config
from alembic.operations.base import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.script.base import Script, ScriptDirectory

from expandcontract.cli.lint_downgrades import milder, together
from expandcontract.cli.lint_inputs import InputNotReadError, text_of
from expandcontract.lint.effects import Effects
from expandcontract.lint.finding import Finding
from expandcontract.lint.linter import each
from expandcontract.lint.options import Options, Runner, Source
from expandcontract.lint.registry import entry
from expandcontract.lint.report import FileReport, Judged
from expandcontract.ops.capture import alembic_config
from expandcontract.ops.history import SINK

_IGNORE = re.compile(r"#[ \t]*(ec:[ \t]*ignore.*)")
_PER_MIGRATION = re.compile(r"transaction_per_migration\s*=\s*True")
_NO_TRANSACTION = re.compile(r"transactional_ddl\s*=\s*False")
_OF_THE_RUNNER = frozenset({"EC413"})
"""Alembic opens and closes the transactions; what stands in the text is the rest of them."""


@dataclass(slots=True)
class Rendered:
    """The SQL of a revision, and for each of its lines the line of the file."""

    path: str
    revision: str
    python: str
    text: str = ""
    lines: list[int] = field(default_factory=list)
    failure: str = ""
    back: bool = False  #: it is what `downgrade()` writes

    def add(self, text: str, line: int) -> None:
        """Take what the revision writes at one of its lines, below the ignores of that line."""
        for place, comment in self._comments(line):
            self._append(f"-- {comment}", place)
        self._append(text.rstrip("\n"), line)

    def _append(self, text: str, line: int) -> None:
        self.text += text + "\n"
        self.lines += [line] * (text.count("\n") + 1)

    def _comments(self, line: int) -> Iterator[tuple[int, str]]:
        source = self.python.splitlines()
        first, last = _extent(self.python, line)
        while first > 1 and source[first - 2].lstrip().startswith("#"):
            first -= 1
        for place in range(first, min(last, len(source)) + 1):
            if found := _IGNORE.search(source[place - 1]):
                yield place, found[1].strip()


def _extent(python: str, line: int) -> tuple[int, int]:
    """The first and the last line of the innermost statement that holds a line."""
    best = line, line
    for node in ast.walk(ast.parse(python)):
        if not isinstance(node, ast.stmt) or isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        end = node.end_lineno or node.lineno
        if node.lineno <= line <= end and (best == (line, line) or node.lineno >= best[0]):
            best = node.lineno, end
    return best


class _Recorder(StringIO):
    """Where Alembic writes: it looks up which line of the revision is running."""

    def __init__(self, rendered: Rendered) -> None:
        super().__init__()
        self._rendered = rendered

    def write(self, text: str) -> int:
        """Take a statement of the revision; Alembic's own have no line and are left out."""
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  it is told nowhere else
        while frame is not None and frame.f_code.co_filename != self._rendered.path:
            frame = frame.f_back
        if frame is not None and text.strip():
            self._rendered.add(text, frame.f_lineno)
        return len(text)


def judged(
    ini: Path,
    options: Options,
    wanted: Callable[[str], bool],
    runner: str | None,
    *,
    downgrades: bool = True,
) -> Iterator[FileReport]:
    """Judge the revisions that are wanted; those before them are their history."""
    config = alembic_config(ini)
    rendered = [
        one
        for script, revision in _scripts(config)
        for one in _both_ways(config, script, revision, back=downgrades)
        if wanted(one.path) or not one.back
    ]
    sources = [
        Source(
            text=one.text,
            path=_shown(one.path),
            revision=one.revision,
            rendered=True,
            judged=wanted(one.path),
            aside=one.back,
        )
        for one in rendered
    ]
    chosen = Runner(runner) if runner else _runner(config)
    reports = each(sources, replace(options, runner=chosen))
    judged = [one for one in rendered if wanted(one.path)]
    mapped = (_mapped(report, one) for one, report in zip(judged, reports, strict=True))
    for _, both in groupby(mapped, key=lambda report: report.revision):
        yield together(list(both))


def _shown(path: str) -> str:
    """The path as people say it: from here, where it is below."""
    absolute, here = Path(path).resolve(), Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else path)


def _scripts(config: Config) -> Iterator[tuple[ScriptDirectory, Script]]:
    try:
        script = ScriptDirectory.from_config(config)
        found = list(script.walk_revisions())
    except Exception as error:  # a revision is a program: anything can come out of its import
        name = config.config_file_name or "alembic.ini"
        raise InputNotReadError(name, f"its revisions cannot be read: {error}") from error
    return ((script, one) for one in reversed(found))


def _runner(config: Config) -> Runner:
    """What env.py says about transactions; it is read, not run."""
    env = Path(ScriptDirectory.from_config(config).dir) / "env.py"
    text = text_of(env) if env.is_file() else ""
    if _NO_TRANSACTION.search(text):
        return Runner.AUTOCOMMIT
    return Runner.ALEMBIC_PER_MIGRATION if _PER_MIGRATION.search(text) else Runner.ALEMBIC


def _both_ways(
    config: Config, script: ScriptDirectory, one: Script, *, back: bool
) -> Iterator[Rendered]:
    yield _render(config, script, one, back=False)
    if back and hasattr(one.module, "downgrade"):
        yield _render(config, script, one, back=True)


def _render(config: Config, script: ScriptDirectory, one: Script, *, back: bool) -> Rendered:
    path = one.module.__file__ or one.path
    rendered = Rendered(path, one.revision, text_of(Path(path)), back=back)
    with EnvironmentContext(config, script, as_sql=True, **{SINK: _pass}) as environment:
        environment.configure(
            dialect_name="postgresql",
            output_buffer=_Recorder(rendered),
            literal_binds=True,
            dialect_opts={"paramstyle": "named"},
        )
        with Operations.context(environment.get_context()):
            try:
                (one.module.downgrade if back else one.module.upgrade)()
            except NotImplementedError as error:
                if not back:  # backwards it is the way to say that there is no way back
                    rendered.failure = f"NotImplementedError: {error}"
            except Exception as error:  # noqa: BLE001  whatever a revision does, the rest is judged
                rendered.failure = f"{type(error).__name__}: {error}".split("\n")[0]
    return rendered


def _pass(_operation: object) -> None:
    """Our own operations: guarded, probed and proved elsewhere."""


def _mapped(report: FileReport, one: Rendered) -> FileReport:
    """The report in the lines of the revision's file."""
    found = [_placed(f, one) for f in report.findings if f.rule not in _OF_THE_RUNNER]
    findings = tuple(_without_used_ignores(found, one))
    statements = tuple(
        replace(x, line=_line(one, x.line), end_line=_line(one, x.end_line))
        for x in report.statements
    )
    unread = report.unread
    if one.failure:
        findings += (_unrendered(one),)
        unread += 1
        nothing = Judged(line=1, column=1, end_line=1, sql="", effects=Effects(read=False))
        statements += (nothing,)
    if one.back:
        findings = tuple(milder(finding) for finding in findings)
    return replace(
        report,
        text=one.python,
        statements=statements,
        findings=tuple(sorted(findings, key=lambda f: (f.line, f.rule))),
        total=len(statements),
        unread=unread,
    )


def _line(one: Rendered, line: int) -> int:
    return one.lines[line - 1] if line <= len(one.lines) else 1


def _placed(finding: Finding, one: Rendered) -> Finding:
    """The finding on the whole line of the file; a fix of the SQL is none of the Python."""
    source = one.python.splitlines()
    line = _line(one, finding.line)
    text = source[line - 1] if line <= len(source) else ""
    start = len(text) - len(text.lstrip()) + 1
    return replace(
        finding, line=line, column=start, end_line=line, end_column=len(text.rstrip()) + 1, fix=None
    )


def _without_used_ignores(found: Sequence[Finding], one: Rendered) -> Iterator[Finding]:
    """A comment above a call that writes several statements is used if one of them needs it."""
    written = Counter(
        line
        for line, text in zip(one.lines, one.text.splitlines(), strict=False)
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


def _unrendered(one: Rendered) -> Finding:
    """What cannot be rendered without a database is unread, and says so."""
    found = entry("EC001")
    if found is None:
        raise AssertionError
    rule = found.rule
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=rule.severity,
        hazard=rule.hazard,
        message=f"the revision cannot be rendered without a database: {one.failure}",
        why=found.why,
        help="Let it write its statements offline too (`context.is_offline_mode()`), or look at it "
        "yourself and say so in an ignore comment.",
        path=_shown(one.path),
        line=1,
        column=1,
        end_line=1,
        end_column=1,
        statement=one.failure,
    )

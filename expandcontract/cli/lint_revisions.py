"""The revisions of an Alembic project as texts to judge, and findings back to their lines.

`upgrade()` and `downgrade()` are rendered to SQL without a database. What is written while a line
of the revision runs belongs to that line; our own operations write nothing here, since what they
run is guarded step by step.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from expandcontract.cli import output
from expandcontract.cli.lint_downgrades import milder, together
from expandcontract.cli.lint_inputs import InputNotReadError
from expandcontract.cli.lint_phases import Phases
from expandcontract.cli.lint_rendered import Python, Rendered, segments
from expandcontract.cli.lint_spreading import spread
from expandcontract.lint.linter import each
from expandcontract.lint.options import Interlude, Options, Runner, Source
from expandcontract.lint.report import FileReport
from expandcontract.model.value import replace
from expandcontract.ops.capture import alembic_config, revision_paths
from expandcontract.ops.reading.environment import Said
from expandcontract.ops.reading.reader import Reading, Run, read
from expandcontract.ops.reading.written import Phased

_BACKENDS = {
    "postgres": ("postgresql",),
    "mysql": ("mysql", "mariadb"),
    "mariadb": ("mariadb", "mysql"),
}
"""What SQLAlchemy calls the databases of a dialect; its SQL is written as the first one does."""

_OF_THE_RUNNER = frozenset({"EC413"})
"""Alembic opens and closes the transactions; what stands in the text is the rest of them."""


def judged(
    ini: Path,
    options: Options,
    wanted: Callable[[str], bool],
    runner: str | None,
    *,
    downgrades: bool = True,
    scratch: str | None = None,
) -> Iterator[FileReport]:
    """Judge the revisions that are wanted; those before them are their history."""
    reading = read_project(
        ini, wanted, downgrades=downgrades, scratch=scratch, dialect=options.dialect
    )
    tell(reading, wanted, options.dialect)
    yield from judged_reading(reading, options, wanted, runner)


def paths(ini: Path) -> frozenset[Path]:
    """Where the revisions of the project lie."""
    return frozenset(revision_paths(alembic_config(ini)))


def revisions_only(asked: Iterable[Path], reading: Reading) -> None:
    """Refuse a path that is no revision: nothing would be judged, and that would pass for clean."""
    known = {Path(one.path).resolve() for one in reading.files}
    for path in asked:
        if path not in known:
            raise InputNotReadError(_shown(str(path)), "it is no revision of the Alembic project")


def read_project(
    ini: Path,
    wanted: Callable[[str], bool],
    *,
    downgrades: bool,
    scratch: str | None = None,
    dialect: str = "postgres",
) -> Reading:
    """Read the revisions; what needs a database on the scratch server, if there is to be one."""
    config = alembic_config(ini)
    try:
        reading = read(
            config, wanted, downgrades=downgrades, dialect=_BACKENDS[dialect][0], spread=spread
        )
    except Exception as error:
        name = config.config_file_name or "alembic.ini"
        raise InputNotReadError(name, f"its revisions cannot be read: {error}") from error
    if scratch is not None:
        from expandcontract.cli import lint_scratch  # noqa: PLC0415  needs a driver

        lint_scratch.tried(config, reading, wanted, scratch)
    return reading


def judged_reading(
    reading: Reading, options: Options, wanted: Callable[[str], bool], runner: str | None
) -> Iterator[FileReport]:
    """Judge what was read, file by file."""
    sources = {one.path: Python(one.text) for one in reading.files}
    found: dict[str, list[FileReport]] = {one.path: [] for one in reading.files}
    for run in of_dialect(reading.runs, options.dialect):
        for path, report in _of_run(run, sources, options, wanted, runner):
            found[path].append(report)
    yield from (together(ways) for ways in found.values() if ways)


def tell(reading: Reading, wanted: Callable[[str], bool], dialect: str = "postgres") -> None:
    """Say what has to be known about all of it, and is no finding of one revision."""
    for line in _notes(reading, wanted, dialect):
        output.note(line)


def _notes(reading: Reading, wanted: Callable[[str], bool], dialect: str) -> Iterator[str]:
    if reading.failure is not None:
        yield (
            f"env.py was not run to its end, and what it sets up is not known: {reading.failure}"
        )
    unknown = [one for one in reading.files if one.module is None and not wanted(one.path)]
    if unknown:
        first = unknown[0]
        reason = f"{_shown(first.path)}:{first.faults[0].line}: {first.faults[0].reason}"
        yield f"{len(unknown)} earlier revisions are not known, {reason}"
    judged_runs = of_dialect(reading.runs, dialect)
    left = [run.said for run in reading.runs if run not in judged_runs]
    yield from (f"{one.database or one.backend}: not judged, it is {one.backend}" for one in left)


def of_dialect(runs: Sequence[Run], dialect: str = "postgres") -> Sequence[Run]:
    """The runs on such a database; all of them where env.py names none."""
    return [run for run in runs if run.said.backend in _BACKENDS[dialect]] or runs


def _of_run(
    run: Run,
    sources: dict[str, Python],
    options: Options,
    wanted: Callable[[str], bool],
    runner: str | None,
) -> Iterator[tuple[str, FileReport]]:
    phases = Phases(options.major)
    items = [
        phases.interlude(one) if isinstance(one, Phased) else Rendered(one, sources[one.path])
        for function in run.written
        for one in segments(function)
    ]
    texts = [
        one if isinstance(one, Interlude) else _source(one, judged=wanted(one.written.path))
        for one in items
    ]
    reports = each(texts, replace(options, runner=_chosen(run.said, runner, options)))
    judged = (one for one in items if isinstance(one, Rendered) and wanted(one.written.path))
    for one, report in zip(judged, reports, strict=True):
        yield one.written.path, _mapped(report, one)


def _chosen(said: Said, asked: str | None, options: Options) -> Runner:
    """Who runs it; which revisions share a transaction is known of those that are new alone."""
    if asked:
        return Runner(asked)
    found = _runner(said)
    alone = found is Runner.ALEMBIC and not options.together
    return Runner.ALEMBIC_PER_MIGRATION if alone else found


def _source(one: Rendered, *, judged: bool) -> Source:
    written = one.written
    return Source(
        text=one.text,
        path=_shown(written.path) if judged else written.path,
        revision=written.revision,
        rendered=True,
        judged=judged,
        aside=written.back,
    )


def _shown(path: str) -> str:
    """The path as people say it: from here, where it is below."""
    absolute, here = Path(path).resolve(), Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else path)


def _runner(said: Said) -> Runner:
    """What env.py says about transactions."""
    if said.autocommit:
        return Runner.AUTOCOMMIT
    return Runner.ALEMBIC_PER_MIGRATION if said.per_migration else Runner.ALEMBIC


def _mapped(report: FileReport, one: Rendered) -> FileReport:
    """The report in the lines of the revision's file."""
    found = [one.placed(f) for f in report.findings if f.rule not in _OF_THE_RUNNER]
    findings = list(one.without_used_ignores(found))
    statements = tuple(one.statement(x) for x in report.statements)
    if one.written.back:
        findings = [milder(finding) for finding in findings]
    return replace(
        report,
        text=one.python.text,
        statements=statements,
        findings=tuple(sorted(findings, key=lambda f: (f.line, f.rule))),
    )

"""What `ec lint` prints and writes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from expandcontract.cli import output
from expandcontract.cli.files import write as replaced
from expandcontract.cli.lint_inputs import encoded_again, text_of
from expandcontract.model.value import replace, value

if TYPE_CHECKING:
    from expandcontract.lint.report import Counts, FileReport, Report

_AT_ONCE = 100  #: texts printed in one go


@value(kw_only=True)
class Printed:
    """What is printed, and where; nowhere in particular is standard output."""

    major: int
    dialect: str = "postgres"
    target: Path | None = None
    effects: bool = False


def write(files: Iterable["FileReport"], name: str, *, counts: "Counts", printed: Printed) -> None:
    """Print what was found, or write it to a file; text of each file once it is judged."""
    from expandcontract.lint.report import Report  # noqa: PLC0415

    with _printer(printed.target) as say:
        if name == "text" and not printed.effects:
            plain = printed.target is not None or output.is_plain()
            _write_text(_counted(files, counts), counts, say, plain=plain)
        else:
            kept = tuple(
                file if name == "text" else replace(file, text="")
                for file in _counted(files, counts)
            )
            report = Report(
                files=kept,
                pg_version=printed.major,
                baselined=counts.baselined,
                dialect=printed.dialect,
            )
            say(_document(report, name, effects=printed.effects))


_TOPS = {"github": "GITHUB_WORKSPACE", "gitlab": "CI_PROJECT_DIR"}
"""Where a build server has the repository: its paths start there, wherever `ec` is started."""


def from_the_top(
    files: Iterable["FileReport"], name: str, variables: Mapping[str, str]
) -> Iterator["FileReport"]:
    """The files under the paths by which the build server of this format knows them."""
    top = variables.get(_TOPS.get(name, ""))
    for file in files:
        yield _below(file, Path(top).resolve()) if top else file


def _below(file: "FileReport", top: Path) -> "FileReport":
    absolute = Path(file.path).resolve()
    if not absolute.is_relative_to(top):
        return file
    path = absolute.relative_to(top).as_posix()
    findings = tuple(replace(finding, path=path) for finding in file.findings)
    return replace(file, path=path, findings=findings)


def _counted(files: Iterable["FileReport"], counts: "Counts") -> Iterator["FileReport"]:
    for file in files:
        counts.add(file)
        yield file


def _write_text(
    files: Iterable["FileReport"], counts: "Counts", say: Callable[[str], None], *, plain: bool
) -> None:
    from expandcontract.lint.formats import text  # noqa: PLC0415

    styles = text.PLAIN if plain else text.ANSI
    for file in files:
        if file.findings:
            say(text.findings(file, styles))
    if counts.files:
        say(text.summary(counts))


def _document(report: "Report", name: str, *, effects: bool) -> str:
    from expandcontract.lint import formats  # noqa: PLC0415
    from expandcontract.lint.formats import json as json_format  # noqa: PLC0415

    if name == "json":
        return json_format.render(report, effects=effects)
    text = formats.renderer(name)(report)
    return f"{costs(report)}\n{text}" if effects and name == "text" else text


@contextmanager
def _to_write(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.FileError(str(path), error.strerror or str(error)) from None


@contextmanager
def _printer(target: Path | None) -> Iterator[Callable[[str], None]]:
    """Prints texts as they come, many at a time, since a terminal takes its time for each."""
    if target is not None:
        with (
            _to_write(target),
            target.open("w", encoding="utf-8", errors="backslashreplace") as file,
        ):
            yield lambda text: click.echo(click.unstyle(text), file=file)
        return
    waiting: list[str] = []

    def say(text: str) -> None:
        waiting.append(text)
        if len(waiting) >= _AT_ONCE:
            flush()

    def flush() -> None:
        if text := "\n".join(waiting):
            output.say(text)
        waiting.clear()

    yield say
    flush()


def against_baseline(
    files: Iterable["FileReport"], path: Path, counts: "Counts", *, update: bool
) -> Iterator["FileReport"]:
    """The files without the findings that the baseline file knows; all of them once it is new."""
    from expandcontract.lint import baseline  # noqa: PLC0415
    from expandcontract.lint.report import Report  # noqa: PLC0415

    if update:
        files = tuple(files)
        text = baseline.written(Report(files=files, pg_version=0))
        replaced(path, text)
    known = baseline.read(text_of(path), str(path)) if path.exists() else frozenset()
    for file in files:
        new = baseline.new_only(file, known)
        counts.baselined += len(file.findings) - len(new.findings)
        yield new


def costs(report: "Report") -> str:
    """The locks and costs of every statement, as a table."""
    rows = []
    for file in report.files:
        for one in file.statements:
            effects = one.effects
            rows.append(
                (
                    f"{file.path}:{one.line}",
                    " ".join(one.sql.split())[:60],
                    effects.told_locks() if effects.read else "not read",
                    " ".join(effects.rewrites) or None,
                    " ".join(effects.scans) or None,
                    " ".join(effects.index_builds) or None,
                )
            )
    headings = ("where", "statement", "locks", "rewrites", "scans", "builds indexes")
    return output.table(headings, rows) + "\n"


def fix(file: "FileReport", *, write: bool, show: bool) -> None:
    """Apply the mechanical fixes to the file, or show what they would change."""
    after = fixed(file)
    if after == file.text or file.path == "<stdin>":
        return
    if show:
        import difflib  # noqa: PLC0415  when it is asked for

        lines = difflib.unified_diff(
            file.text.splitlines(keepends=True),
            after.splitlines(keepends=True),
            file.path,
            file.path,
        )
        output.say("".join(lines).rstrip("\n"))
    if write:
        replaced(Path(file.path), encoded_again(after, Path(file.path)))


def fixed(file: "FileReport") -> str:
    """The file's text with every fix that does not touch another's place."""
    from expandcontract.lint.fixing import apply_fixes  # noqa: PLC0415

    return apply_fixes(file.text, [f.fix for f in file.findings if f.fix is not None])


def refuse_unknown_rule(name: str, where: str = "") -> None:
    """A misspelt rule must not pass for a rule that finds nothing."""
    from expandcontract.lint.registry import entries  # noqa: PLC0415

    known = [entry.rule for entry in entries()]
    is_known = (rule.id.startswith(name.upper()) or rule.name == name.lower() for rule in known)
    if name and any(is_known):
        return
    words = [*(rule.id for rule in known), *(rule.name for rule in known)]
    import difflib  # noqa: PLC0415  when a name is wrong

    near = difflib.get_close_matches(name, words, n=1, cutoff=0.8)  # EC9 is near to none
    hint = f"; did you mean {near[0]}?" if near else "; `ec rules` lists them"
    message = f"{where}there is no rule {name!r}{hint}"
    raise click.UsageError(message)

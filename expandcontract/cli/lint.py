"""`ec lint`: what the statements of a migration do to a live database."""

from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from expandcontract.cli import lint_inputs as inputs
from expandcontract.cli import lint_outputs as outputs
from expandcontract.cli.collecting import seldom_collecting
from expandcontract.cli.exits import Exit
from expandcontract.cli.options import EMBEDDED, Common, common, scratch_server
from expandcontract.config.environment import environment
from expandcontract.lint import formats
from expandcontract.lint.finding import Severity
from expandcontract.lint.options import DIALECTS, OLDEST_MAJOR, Options, Runner
from expandcontract.lint.report import Counts
from expandcontract.model.value import replace, value

if TYPE_CHECKING:
    from expandcontract.config import Config
    from expandcontract.lint.report import FileReport

FILE = click.Path(dir_okay=False, path_type=Path)
FILES_INSTEAD = "name a file or a folder, or - for standard input"


@value(kw_only=True)
class Asked:
    """The options of the command, under the names that click gives them."""

    format_name: str | None
    target: Path | None
    pg_version: int | None
    dialect: str | None
    schema_file: Path | None
    release_file: Path | None
    runner: str | None
    base: str | None
    stats: bool
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str | None
    baseline: Path | None
    update_baseline: bool
    effects: bool
    fix: bool
    show_diff: bool
    no_cache: bool
    downgrades: bool
    scratch: str | None


@click.command("lint")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--format", "format_name", type=click.Choice(formats.names()), help="How to print it."
)
@click.option("--output", "target", type=FILE, help="Print to this file.")
@click.option("--pg-version", type=click.IntRange(min=12), help="The oldest major it will run on.")
@click.option("--dialect", type=click.Choice(DIALECTS), help="The SQL dialect that is linted.")
@click.option("--schema", "schema_file", type=FILE, help="SQL that ran before: known, not judged.")
@click.option(
    "--release-file", type=FILE, help="What the running code maps, as `ec snapshot` writes it."
)
@click.option(
    "--runner",
    type=click.Choice([str(runner) for runner in Runner]),
    help="Who opens which transactions; for files autocommit, for revisions what env.py says.",
)
@click.option("--base", metavar="REF", help="Only what is new since the merge base with REF.")
@click.option("--stats", is_flag=True, help="Ask the database how large the tables are.")
@click.option("--select", multiple=True, metavar="RULE", help="Only these rules.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Not these rules.")
@click.option("--fail-on", type=click.Choice(("error", "warning", "never")), help="Exit 1 from.")
@click.option("--baseline", type=FILE, help="Known findings, which do not count.")
@click.option("--update-baseline", is_flag=True, help="Write all findings to the baseline file.")
@click.option("--effects", is_flag=True, help="Print the locks and costs of every statement.")
@click.option("--fix", is_flag=True, help="Apply the mechanical fixes to the files.")
@click.option("--diff", "show_diff", is_flag=True, help="Show the mechanical fixes.")
@click.option(
    "--downgrades/--no-downgrades", default=True, help="Judge what revisions do backwards, milder."
)
@click.option(
    "--scratch",
    is_flag=False,
    flag_value=EMBEDDED,
    metavar="[DSN]",
    help="Run what needs a database on this server; alone, on an embedded one.",
)
@click.option("--no-cache", is_flag=True, help="Judge every file, changed or not.")
@common
@seldom_collecting()
def lint(*, common: Common, paths: tuple[str, ...], **options: Any) -> Exit:  # noqa: ANN401
    """Say which statements block, break or lose something on a live database.

    PATH is an SQL file, a revision file, a folder of either, or - for standard input. Without one
    the revisions of the Alembic project are meant.
    """
    asked = Asked(**options)
    config = common.settings()
    if not paths and not config.alembic_ini.is_file():
        raise click.UsageError(inputs.no_project(config, FILES_INSTEAD))
    unread: list[inputs.InputNotReadError] = []
    how = _options(asked, config)
    _refuse_together(paths, asked)
    if asked.stats:
        from expandcontract.cli import lint_stats  # noqa: PLC0415  needs a driver

        how = replace(how, sizes=lint_stats.sizes(common.database()))
    if asked.fix or asked.show_diff:
        for file in _judged(paths, asked, config, how, unread):
            outputs.fix(file, write=asked.fix, show=asked.show_diff)
        if not asked.fix:
            inputs.refuse(unread)
            return Exit.DONE
        unread.clear()
    counts = Counts()
    files = _judged(paths, asked, config, how, unread)
    if (path := _baseline(asked, config)) is not None:
        files = outputs.against_baseline(files, path, counts, update=asked.update_baseline)
    name = asked.format_name or ("json" if common.json else "text")
    printed = outputs.Printed(
        major=how.major, dialect=how.dialect, target=asked.target, effects=asked.effects
    )
    files = outputs.from_the_top(files, name, environment())
    outputs.write(files, name, counts=counts, printed=printed)
    inputs.refuse(unread)
    failed = _fails(counts, asked.fail_on or config.fail_on)
    return Exit.FINDINGS if failed else Exit.DONE


def _refuse_together(paths: Sequence[str], asked: Asked) -> None:
    if asked.scratch and asked.scratch.endswith((".py", ".sql")):
        message = "--scratch takes what follows for an address: name paths before it"
        raise click.UsageError(message)
    if "-" in paths and (asked.fix or asked.show_diff or asked.base is not None):
        message = "--fix, --diff and --base are for files, and - is standard input"
        raise click.UsageError(message)


def _judged(
    paths: Sequence[str],
    asked: Asked,
    config: "Config",
    options: Options,
    unread: list[inputs.InputNotReadError],
) -> Iterator["FileReport"]:
    """Judge the revisions that are meant, then the files."""
    named = frozenset(Path(path).resolve() for path in paths if path.endswith(".py"))
    below = _below(paths, config)
    found = frozenset(file for files in below.values() for file in files)
    if named or found or not paths:
        yield from _revisions(named, found, asked, config, options)
    rest = [path for path in paths if not path.endswith(".py")]
    if rest := [path for path in rest if path not in below or inputs.holds(path, ".sql")]:
        yield from _files(rest, asked, options, unread)


def _below(paths: Sequence[str], config: "Config") -> dict[str, frozenset[Path]]:
    """The revisions of the project in the folders that are named, where there are some."""
    folders = [path for path in paths if not path.endswith((".sql", ".py"))]
    if not folders or not config.alembic_ini.is_file():
        return {}
    if not any(inputs.holds(folder, ".py") for folder in folders):
        return {}
    from expandcontract.cli import lint_revisions  # noqa: PLC0415  imports Alembic

    known = lint_revisions.paths(config.alembic_ini)
    found = {
        folder: frozenset(file for file in known if file.is_relative_to(Path(folder).resolve()))
        for folder in folders
    }
    return {folder: files for folder, files in found.items() if files}


def _revisions(
    named: frozenset[Path],
    below: frozenset[Path],
    asked: Asked,
    config: "Config",
    options: Options,
) -> Iterator["FileReport"]:
    from expandcontract.cli import lint_base, lint_revisions  # noqa: PLC0415  imports Alembic

    if options.dialect != "postgres" and asked.scratch is not None:
        message = f"--scratch starts PostgreSQL; revisions for {options.dialect} are read without"
        raise click.UsageError(message)

    wanted = named | below
    if asked.base is not None:
        new = lint_base.changed(asked.base)
        wanted = wanted & new if wanted else new
    every = not wanted and asked.base is None

    @cache  # it is asked several times for each of what may be thousands of files
    def is_wanted(path: str) -> bool:
        return every or Path(path).resolve() in wanted

    reading = lint_revisions.read_project(
        config.alembic_ini,
        is_wanted,
        downgrades=asked.downgrades,
        scratch=None if asked.scratch is None else scratch_server(asked.scratch),
        dialect=options.dialect,
    )
    lint_revisions.revisions_only(named, reading)
    lint_revisions.tell(reading, is_wanted, options.dialect)
    return lint_revisions.judged_reading(reading, options, is_wanted, asked.runner)


def _files(
    paths: Sequence[str], asked: Asked, options: Options, unread: list[inputs.InputNotReadError]
) -> Iterator["FileReport"]:
    """Judge every series of files by itself, on the same known schema."""
    from expandcontract.cli import lint_cache, lint_running  # noqa: PLC0415  when it lints files

    rows = partial(inputs.rows, paths, unread)
    if asked.base is not None:
        from expandcontract.cli import lint_base  # noqa: PLC0415  runs git

        return lint_running.in_full(
            lint_base.only_new(rows(), lint_base.changed(asked.base)), options
        )
    if asked.effects:
        return lint_running.in_full(rows(), options)
    place = None if asked.no_cache else lint_cache.place(environment())
    return lint_running.judged(rows, options, place)


def _options(asked: Asked, config: "Config") -> Options:
    for name in (*asked.select, *asked.ignore):
        outputs.refuse_unknown_rule(name)
    for key, names in (("select", config.select), ("ignore", config.ignore)):
        for name in names:
            outputs.refuse_unknown_rule(name, f"{config.source}: {key}: ")
    schema = inputs.text_of(asked.schema_file) if asked.schema_file else ""
    release = asked.release_file or config.release_file
    return Options(
        major=asked.pg_version or config.pg_version or OLDEST_MAJOR,
        runner=Runner(asked.runner or Runner.AUTOCOMMIT),
        schema=schema,
        release=inputs.release_of(release) if release else "",
        select=asked.select or config.select,
        ignore=(*asked.ignore, *config.ignore),
        today=inputs.today(),
        together=asked.base is not None,
        dialect=asked.dialect or config.dialect,
    )


def _baseline(asked: Asked, config: "Config") -> Path | None:
    path = asked.baseline or config.baseline
    if path is None and asked.update_baseline:
        message = "--update-baseline needs --baseline FILE, or baseline in the settings"
        raise click.UsageError(message)
    if asked.baseline is not None and not asked.update_baseline and not asked.baseline.exists():
        from expandcontract.lint.baseline import BaselineNotReadError  # noqa: PLC0415

        raise BaselineNotReadError("there is no such file", str(asked.baseline))
    return path


def _fails(counts: Counts, fail_on: str) -> bool:
    errors, warnings = (counts.by_severity[s] for s in (Severity.ERROR, Severity.WARNING))
    return {"error": errors > 0, "warning": errors + warnings > 0, "never": False}[fail_on]


COMMAND = lint

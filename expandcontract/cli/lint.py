"""`ec lint`: what the statements of a migration do to a live database."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from expandcontract.cli import lint_inputs as inputs
from expandcontract.cli import lint_outputs as outputs
from expandcontract.cli.exits import Exit
from expandcontract.cli.options import Common, common

if TYPE_CHECKING:
    from expandcontract.config import Config
    from expandcontract.lint.linter import Options
    from expandcontract.lint.report import Report

FORMATS = (
    "text", "json", "github", "gitlab", "sarif", "junit", "checkstyle", "markdown",
)  # fmt: skip
RUNNERS = (
    "alembic", "alembic-per-migration", "single-transaction", "autocommit", "multi-statement",
)  # fmt: skip
FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of the command, under the names that click gives them."""

    format_name: str | None
    target: Path | None
    pg_version: int | None
    dialect: str | None
    schema_file: Path | None
    runner: str
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str | None
    baseline: Path | None
    update_baseline: bool
    effects: bool
    fix: bool
    show_diff: bool


@click.command("lint")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--format", "format_name", type=click.Choice(FORMATS), help="How to print it.")
@click.option("--output", "target", type=FILE, help="Print to this file.")
@click.option("--pg-version", type=click.IntRange(min=12), help="The oldest major it will run on.")
@click.option("--dialect", type=click.Choice(("postgres",)), help="Whose SQL it is.")
@click.option("--schema", "schema_file", type=FILE, help="SQL that ran before: known, not judged.")
@click.option(
    "--runner",
    type=click.Choice(RUNNERS),
    default="autocommit",
    show_default=True,
    help="Who runs the statements, and in which transactions.",
)
@click.option("--select", multiple=True, metavar="RULE", help="Only these rules.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Not these rules.")
@click.option("--fail-on", type=click.Choice(("error", "warning", "never")), help="Exit 1 from.")
@click.option("--baseline", type=FILE, help="Known findings, which do not count.")
@click.option("--update-baseline", is_flag=True, help="Write all findings to the baseline file.")
@click.option("--effects", is_flag=True, help="Print the locks and costs of every statement.")
@click.option("--fix", is_flag=True, help="Apply the mechanical fixes to the files.")
@click.option("--diff", "show_diff", is_flag=True, help="Show the mechanical fixes.")
@common
def lint(*, common: Common, paths: tuple[str, ...], **options: Any) -> Exit:  # noqa: ANN401
    """Say which statements block, break or lose something on a live database.

    PATH is an SQL file, a folder of them, or - for standard input.
    """
    asked = Asked(**options)
    config = common.settings()
    report = _judge(paths, asked, config)
    if asked.fix or asked.show_diff:
        outputs.fix(report, write=asked.fix, show=asked.show_diff)
        if asked.fix:
            report = _judge(paths, asked, config)
        else:
            return Exit.DONE
    report = _against_baseline(report, asked, config)
    name = asked.format_name or ("json" if common.json else "text")
    outputs.write(report, name, target=asked.target, effects=asked.effects)
    failed = _fails(report, asked.fail_on or config.fail_on)
    return Exit.FINDINGS if failed else Exit.DONE


def _judge(paths: Sequence[str], asked: Asked, config: "Config") -> "Report":
    """Judge every series of files by itself, on the same known schema."""
    from expandcontract.lint.linter import Source, judge, schema_of  # noqa: PLC0415

    options = _options(asked, config)
    if "-" in paths:
        return judge([Source(text=inputs.standard_input(), path="<stdin>")], options)
    if not paths:
        message = "name a file or a folder, or - for standard input"
        raise click.UsageError(message)
    known = schema_of(options.schema)
    reports = [
        judge([Source(text=inputs.text_of(path), path=str(path)) for path in row], options, known)
        for row in inputs.series(list(inputs.files(paths)))
    ]
    return outputs.joined(reports, options.major)


def _options(asked: Asked, config: "Config") -> "Options":
    from expandcontract.lint.linter import OLDEST_MAJOR, Options, Runner  # noqa: PLC0415

    for name in (*asked.select, *asked.ignore):
        outputs.refuse_unknown_rule(name)
    schema = inputs.text_of(asked.schema_file) if asked.schema_file else ""
    return Options(
        major=asked.pg_version or config.pg_version or OLDEST_MAJOR,
        runner=Runner(asked.runner),
        schema=schema,
        select=asked.select or config.select,
        ignore=(*asked.ignore, *config.ignore),
        today=inputs.today(),
    )


def _against_baseline(report: "Report", asked: Asked, config: "Config") -> "Report":
    from expandcontract.lint import baseline  # noqa: PLC0415

    path = asked.baseline or config.baseline
    if path is None:
        if asked.update_baseline:
            message = "--update-baseline needs --baseline FILE, or baseline in the settings"
            raise click.UsageError(message)
        return report
    if asked.update_baseline:
        path.write_text(baseline.written(report), encoding="utf-8")
    elif not path.exists():
        return report
    return baseline.without_known(report, inputs.text_of(path))


def _fails(report: "Report", fail_on: str) -> bool:
    from expandcontract.lint.rule import Severity  # noqa: PLC0415

    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    return {"error": errors > 0, "warning": errors + warnings > 0, "never": False}[fail_on]


COMMAND = lint

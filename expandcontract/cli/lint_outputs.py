"""What `ec lint` prints and writes."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from expandcontract.cli import output

if TYPE_CHECKING:
    from expandcontract.lint.report import FileReport, Report


def write(report: "Report", name: str, *, target: Path | None, effects: bool) -> None:
    """Print the report, or write it to a file."""
    from expandcontract.lint.formats import json as json_format  # noqa: PLC0415
    from expandcontract.lint.registry import renderer  # noqa: PLC0415

    if name == "json":
        text = json_format.render(report, effects=effects)
    else:
        text = renderer(name)(report)
        if effects and name == "text":
            text = f"{costs(report)}\n{text}"
    if target is not None:
        target.write_text(click.unstyle(text) + "\n", encoding="utf-8")
    elif text:
        output.say(text)


def costs(report: "Report") -> str:
    """The locks and costs of every statement, as a table."""
    rows = []
    for file in report.files:
        for one in file.statements:
            effects = one.effects
            locks = ", ".join(f"{x.mode} on {x.relation}" for x in effects.locks)
            rows.append(
                (
                    f"{file.path}:{one.line}",
                    " ".join(one.sql.split())[:60],
                    locks if effects.read else "not read",
                    " ".join(effects.rewrites) or None,
                    " ".join(effects.scans) or None,
                    " ".join(effects.index_builds) or None,
                )
            )
    headings = ("where", "statement", "locks", "rewrites", "scans", "builds indexes")
    return output.table(headings, rows) + "\n"


def joined(reports: Sequence["Report"], major: int) -> "Report":
    """Several runs as one report."""
    from expandcontract.lint.report import Report  # noqa: PLC0415

    files = tuple(file for report in reports for file in report.files)
    return Report(files=files, pg_version=major)


def fix(report: "Report", *, write: bool, show: bool) -> None:
    """Apply the mechanical fixes to their files, or show what they would change."""
    for file in report.files:
        after = fixed(file)
        if after == file.text or file.path == "<stdin>":
            continue
        if show:
            lines = difflib.unified_diff(
                file.text.splitlines(keepends=True),
                after.splitlines(keepends=True),
                file.path,
                file.path,
            )
            output.say("".join(lines).rstrip("\n"))
        if write:
            Path(file.path).write_text(after, encoding="utf-8", newline="")


def fixed(file: "FileReport") -> str:
    """The file's text with every fix that does not touch another's place."""
    from expandcontract.lint.fixing import apply_fixes  # noqa: PLC0415

    return apply_fixes(file.text, [f.fix for f in file.findings if f.fix is not None])


def refuse_unknown_rule(name: str) -> None:
    """A misspelt rule must not pass for a rule that finds nothing."""
    from expandcontract.lint.registry import entries  # noqa: PLC0415

    known = [entry.rule for entry in entries()]
    if any(rule.id.startswith(name.upper()) or rule.name == name.lower() for rule in known):
        return
    words = [*(rule.id for rule in known), *(rule.name for rule in known)]
    near = difflib.get_close_matches(name, words, n=1)
    hint = f"; did you mean {near[0]}?" if near else "; `ec rules` lists them"
    message = f"there is no rule {name!r}{hint}"
    raise click.UsageError(message)

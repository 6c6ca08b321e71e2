"""What new revisions will do, as Markdown for a pull request; without a database, too."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from expandcontract.cli.lint_revisions import judged_reading, of_dialect, read_project, tell
from expandcontract.cli.plan_foreseen import Foreseen, foreseen
from expandcontract.cli.plan_known import Known
from expandcontract.cli.plan_weights import Weights
from expandcontract.config import Config
from expandcontract.lint.options import OLDEST_MAJOR, Options
from expandcontract.lint.report import FileReport, Judged
from expandcontract.model.lock import Lock
from expandcontract.model.plan import Step
from expandcontract.model.statement import Statement

_MOST = 30
"""Statements of one revision that are listed."""
_LONGEST = 100
"""Characters of a statement that are shown."""


def comment(
    settings: Config, wanted: Callable[[str], bool], weights: Weights, database: Known
) -> str:
    """A section for each revision that is wanted: its statements, and the phases of its changes."""
    reading = read_project(settings.alembic_ini, wanted, downgrades=False)
    tell(reading, wanted)
    options = Options(major=settings.pg_version or OLDEST_MAJOR)
    phases = [
        found
        for run in of_dialect(reading.runs)
        for found in foreseen(run, wanted, options.major, database)
    ]
    sections = [
        _section(report, [one for one in phases if one.revision == report.revision], weights)
        for report in judged_reading(reading, options, wanted, None)
    ]
    if not sections:
        return "## Migrations\n\nThere is no new revision."
    return "\n\n".join(["## Migrations", *sections, *weights.legend()])


def _section(report: FileReport, phases: Sequence[Foreseen], weights: Weights) -> str:
    lines = [f"### `{report.revision}` ({_cell(Path(report.path).name)})", ""]
    telling = [one for one in report.statements if one.effects.locks or not one.effects.read]
    if telling:
        lines += _table([_row(one, weights) for one in telling[:_MOST]], weights)
        if len(telling) > _MOST:
            lines.append(f"\n… and {len(telling) - _MOST} more statements")
    elif not phases:
        lines.append("Locks nothing that was there before.")
    for phase in phases:
        lines += _phase(phase, weights)
    return "\n".join(lines).rstrip()


def _phase(one: Foreseen, weights: Weights) -> Iterator[str]:
    way = "takes back" if one.reverts else "carries out"
    yield f"\nLine {one.line} {way} **{one.phase}** of `{one.change}`."
    if one.problem:
        yield f"No plan: {_cell(one.problem)}"
    rows = [row for step in one.steps for row in _step(step, weights)]
    if rows:
        yield ""
        yield from _table(rows, weights)


def _table(rows: Sequence[Sequence[str]], weights: Weights) -> Iterator[str]:
    headings = ["line or step", "statement", "locks", "does", *weights.headings]
    yield f"| {' | '.join(headings)} |"
    yield "|" + "---|" * len(headings)
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _row(one: Judged, weights: Weights) -> list[str]:
    effects = one.effects
    if not effects.read:
        shown = _cell(one.sql[3:]) if one.sql.startswith("-- ") else _code(one.sql)
        return [str(one.line), shown, "not known", "", *weights.none]
    work = [
        *(f"rewrites {name}" for name in effects.rewrites),
        *(f"builds an index of {name}" for name in effects.index_builds),
        *(f"scans {name}" for name in effects.scans if name not in effects.index_builds),
    ]
    locks = "<br>".join(f"{lock.mode} on {_cell(lock.relation)}" for lock in effects.locks)
    tables = [lock.relation for lock in effects.locks]
    figures = weights.of(
        tables, read=effects.scans, written=(*effects.rewrites, *effects.index_builds)
    )
    return [
        str(one.line),
        _code(one.sql),
        locks,
        _cell(", ".join(work) or "for a moment"),
        *figures,
    ]


def _step(step: Step, weights: Weights) -> Iterator[list[str]]:
    for statement in step.statements:
        yield [f"`{step.name}`", _code(statement.sql), *_cost(statement, weights)]
    work = step.backfill or step.verification
    if work is not None:
        table = work.table.plain
        does = "fills the table in chunks" if step.backfill else "compares the table in chunks"
        named = {"written": [table]} if step.backfill else {"read": [table]}
        yield [
            f"`{step.name}`",
            _cell(step.summary),
            "its own rows",
            does,
            *weights.of([table], **named),
        ]


def _cost(statement: Statement, weights: Weights) -> list[str]:
    table = [] if statement.table is None else [statement.table.plain]
    done = [
        "builds an index" if statement.builds_index else "",
        "scans" if statement.scans else "",
        "rewrites" if statement.rewrites else "",
    ]
    written = table if statement.rewrites or statement.builds_index else []
    lock = f"{statement.lock} on {table[0]}" if table and statement.lock is not Lock.NONE else ""
    figures = weights.of(table, read=table if statement.scans else [], written=written)
    return [_cell(lock), ", ".join(text for text in done if text) or "for a moment", *figures]


def _code(sql: str) -> str:
    """A statement in one line of a table, cut short."""
    line = " ".join(sql.split())
    line = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    return f"<code>{_cell(line)}</code>"


def _cell(text: str) -> str:
    """Text that is nothing but text in a table of Markdown."""
    for mark, instead in (("&", "&amp;"), ("<", "&lt;"), ("|", "&#124;"), ("`", "&#96;")):
        text = text.replace(mark, instead)
    return " ".join(text.split())

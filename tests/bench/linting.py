"""The linter against programs that read the same files and judge nothing.

No bar is in seconds: what a machine does beside would decide. Every program takes its turn with the
one it is compared to, and the median of the ratios counts. What the seconds are to be on a machine
with nothing else to do stands beside, to be read.
"""

import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench import lint_corpus, programs, revision_corpus
from tests.bench.lint import EC, run
from tests.bench.options import Options
from tests.bench.programs import Run
from tests.bench.tables import Bar, Row, Table

HEADINGS = ("what", "seconds", "CPU seconds", "beside", "CPU seconds of it", "aim")
FILES, REVISIONS, CALLS = 1_000, 500, 5
TURNS = 3

IMPORT = "import sqlglot"
PARSE = """
import logging, pathlib, sys, sqlglot
logging.disable()
for file in sorted(pathlib.Path(sys.argv[1]).glob("*.sql")):
    sqlglot.parse(file.read_text(), dialect="postgres", error_level=sqlglot.ErrorLevel.IGNORE)
"""
LOAD = """
import sys
from alembic.config import Config
from alembic.script import ScriptDirectory
for revision in ScriptDirectory.from_config(Config(sys.argv[1])).walk_revisions():
    assert revision.module
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A run of the linter, what it is held against, and how much longer it may take."""

    what: str
    words: Sequence[str]
    beside: str
    other: Sequence[str]
    most: float
    aim: str
    is_warm: bool = False  #: nothing changed since the run before
    by_clock: bool = False  #: what one waits, since the work is shared out; else the work


def tables(options: Options) -> Iterator[Table]:
    """One, of all pairs; squawk's only where it is found."""
    with tempfile.TemporaryDirectory() as name:
        rows = [_row(pair, Path(name), options) for pair in _pairs(Path(name))]
    yield Table(title="Linting", headings=HEADINGS, rows=rows)


def _pairs(folder: Path) -> Iterator[Pair]:
    yield from _sql(folder)
    yield from _revisions(folder)


def _sql(folder: Path) -> Iterator[Pair]:
    one, many = folder / "one.sql", folder / "many"
    one.write_text(lint_corpus.text(1))
    lint_corpus.write(many, FILES, numbered=False)
    yield Pair(
        what="one file",
        words=[str(one)],
        beside="sqlglot, imported",
        other=(sys.executable, "-c", IMPORT),
        most=1.5,
        aim="0.25 s",
    )
    all_of_them = Pair(
        what=f"{FILES:,} files",
        words=[str(many)],
        beside="sqlglot, parsing",
        other=(sys.executable, "-c", PARSE, str(many)),
        most=1.0,
        aim="2 x squawk",
    )
    yield all_of_them
    if squawk := shutil.which("squawk"):
        other = (squawk, *map(str, sorted(many.glob("*.sql"))))
        cold = replace(all_of_them, beside="squawk", other=other, most=2.0, by_clock=True)
        yield cold
        what = f"{cold.what}, nothing changed"
        yield replace(cold, what=what, most=1.0, aim="squawk", is_warm=True)


def _revisions(folder: Path) -> Iterator[Pair]:
    project = folder / "alembic"
    revisions = revision_corpus.write(project, REVISIONS, statements=CALLS)
    config = project / "expandcontract.toml"
    config.write_text("")
    all_of_them = Pair(
        what=f"{REVISIONS} revisions",
        words=["--config", str(config)],
        beside="Alembic, reading them",
        other=(sys.executable, "-c", LOAD, str(project / "alembic.ini")),
        most=15,
        aim="15 s",
    )
    yield all_of_them
    words, what = (*all_of_them.words, str(revisions[-1])), f"one of {REVISIONS} revisions"
    yield replace(all_of_them, what=what, words=words, most=3, aim="3 s")


def _row(pair: Pair, folder: Path, options: Options) -> Row:
    kept = folder / "kept"
    shutil.rmtree(kept, ignore_errors=True)
    _ours(pair, kept)  # modules are compiled, and findings kept, before it counts
    turns = [_turn(pair, kept) for _ in range(max(options.runs, TURNS))]
    ratio = statistics.median(
        ours.seconds / other.seconds if pair.by_clock else ours.cpu / other.cpu
        for ours, other in turns
    )
    return Row(
        cells=(
            pair.what,
            f"{min(ours.seconds for ours, _ in turns):.2f}",
            f"{min(ours.cpu for ours, _ in turns):.2f}",
            pair.beside,
            f"{min(other.cpu for _, other in turns):.2f}",
            pair.aim,
        ),
        bars=(
            ("time" if pair.by_clock else "work", Bar(figure=ratio, most=pair.most, is_speed=True)),
        ),
    )


def _turn(pair: Pair, kept: Path) -> tuple[Run, Run]:
    if not pair.is_warm:
        shutil.rmtree(kept, ignore_errors=True)
    return _ours(pair, kept), programs.run(pair.other, {}, accepted=(0, 1))


def _ours(pair: Pair, kept: Path) -> Run:
    return run([str(EC), "lint", *pair.words], kept)

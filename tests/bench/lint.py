"""How long `ec lint` takes: `python -m tests.bench.lint [--squawk PROGRAM] [--files 1000]`.

Every figure is the best of a few runs of the whole program, start-up included. squawk is timed on
the same files in the same run where it is found (`pip install squawk-cli`); it checks fewer rules
and keeps no schema between statements, so that the comparison is of time only.
"""

import argparse
import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import lint_corpus as corpus
from tests.bench import programs, revision_corpus
from tests.bench.programs import Run

EC = Path(sysconfig.get_path("scripts")) / "ec"


def run(words: Sequence[str], cache: Path) -> Run:
    """Run a linter, which ends with 1 where it found something."""
    return programs.run(words, {"XDG_CACHE_HOME": str(cache)}, accepted=(0, 1))


def best(times: int, once: Callable[[], Run]) -> Run:
    """The fastest of several runs, since everything else on the machine only adds."""
    return min((once() for _ in range(times)), key=lambda one: one.seconds)


@dataclass(frozen=True)
class Bench:
    """Where the files lie, and how often each figure is taken."""

    folder: Path
    times: int

    def ec(self, *words: str, warm: bool = False) -> Run:
        """`ec lint`, without anything remembered or with everything."""
        kept = self.folder / "kept"

        def cold() -> Run:
            shutil.rmtree(kept, ignore_errors=True)
            return run([str(EC), "lint", *words], kept)

        if not warm:
            return best(self.times, cold)
        cold()
        return best(self.times, lambda: run([str(EC), "lint", *words], kept))

    def squawk(self, program: str, files: Sequence[Path]) -> Run:
        """squawk on the same files."""
        words = [program, *map(str, files)]
        return best(self.times, lambda: run(words, self.folder))


def row(what: str, figure: Run) -> None:
    """One line of the table."""
    print(f"| {what} | {figure.seconds:.2f} | {figure.cpu:.2f} | {figure.megabytes:.0f} |")  # noqa: T201


def main() -> None:
    """Print all figures as a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--squawk", default=shutil.which("squawk"), help="the program to compare")
    options.add_argument("--files", type=int, default=1000)
    options.add_argument("--times", type=int, default=3)
    asked = options.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors\n")  # noqa: T201
    print("| what | seconds | CPU seconds | MB |\n|---|---|---|---|")  # noqa: T201
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), asked.times)
        one_file(bench)
        many_files(bench, asked.files, asked.squawk)
        revisions(bench)
        dumps(bench)
        memory(bench)


def one_file(bench: Bench) -> None:
    """The start of the program."""
    file = bench.folder / "one.sql"
    file.write_text(corpus.text(1))
    row("one file, cold", bench.ec(str(file)))
    row("one file, nothing changed", bench.ec(str(file), warm=True))


def many_files(bench: Bench, count: int, squawk: str | None) -> None:
    """A folder of migrations."""
    for numbered in (False, True):
        folder = bench.folder / ("numbered" if numbered else "plain")
        corpus.write(folder, count, numbered=numbered)
        what = f"{count:,} {'files that follow each other' if numbered else 'files'}"
        row(f"{what}, cold", bench.ec(str(folder)))
        row(f"{what}, nothing changed", bench.ec(str(folder), warm=True))
        if squawk:
            row(f"{what}, squawk", bench.squawk(squawk, sorted(folder.glob("*.sql"))))


def revisions(bench: Bench) -> None:
    """An Alembic project: all of its revisions, and one with the others as its history."""
    for calls in (1, 5):
        folder = bench.folder / f"alembic{calls}"
        files = revision_corpus.write(folder, 500, statements=calls)
        config = folder / "expandcontract.toml"
        config.write_text("")
        what = f"500 revisions of {calls}"
        words = "--config", str(config)
        row(f"{what}, never compiled", best(1, lambda: bench.ec(*words)))  # noqa: B023
        row(what, bench.ec(*words))
        row(f"one of {what}", bench.ec(*words, str(files[-1])))


def dumps(bench: Bench) -> None:
    """One large file: the cost of a megabyte must not grow with the file."""
    for millions in (1, 2, 5, 10):
        file = bench.folder / f"dump{millions}.sql"
        file.write_text(corpus.dump(millions * 1_000_000))
        row(f"dump of {millions} MB", best(1, lambda: bench.ec(str(file), "--no-cache")))  # noqa: B023


def memory(bench: Bench) -> None:
    """More and more files: memory must not grow with them."""
    for count in (100, 1_000, 10_000):
        folder = bench.folder / f"memory{count}"
        corpus.write(folder, count, numbered=False)
        once = Bench(bench.folder, 1)
        row(f"{count:,} files without a cache", once.ec(str(folder), "--no-cache"))
        row(f"{count:,} files, nothing changed", once.ec(str(folder), warm=True))


if __name__ == "__main__":
    main()

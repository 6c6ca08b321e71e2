"""Measure: `python -m tests.bench [--rows N] [--runs N] [--markdown FILE]`; about two minutes.

Only ratios mean something: each way runs several times, in turn with the others, and the median
counts. Ends with 1 where something is far slower than it was when its floor was written.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.bench.measuring import Result, compared
from tests.bench.subjects import Subject, subjects
from tests.support.databases import Databases
from tests.support.server import Need, Servers
from tests.support.wish import Wish

HEADINGS = ("way", "seconds", "rows/s", "WAL per row", "growth", "rate, ratio")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000, help="of the largest table")
    parser.add_argument("--runs", type=int, default=3, help="of each way")
    parser.add_argument("--markdown", type=Path, help="write the tables to this file too")
    options = parser.parse_args(arguments)
    parts: list[str] = []
    slow: list[str] = []
    with closing(Servers(Wish.read())) as servers:
        server = servers.kept(Need(major=servers.wish.major)).primary
        intro = f"PostgreSQL {server.major}, {options.runs} runs of each way in turn, medians."
        say(intro)
        for subject in subjects(options.rows):
            begun = time.monotonic()
            results = measured(servers.databases(server), subject, options.runs)
            text = table(subject, results)
            say(f"\n{text}\n({time.monotonic() - begun:.0f} s)")
            parts.append(text)
            slow += too_slow(subject, results)
    if options.markdown is not None:
        options.markdown.write_text("\n\n".join([intro, *parts]) + "\n", encoding="utf-8")
    for line in slow:
        say(line)
    return 1 if slow else 0


def measured(databases: Databases, subject: Subject, runs: int) -> list[Result]:
    template = databases.template(subject.title, subject.prepare)
    return compared(databases, template, subject.ways, subject.check, rows=subject.rows, runs=runs)


def table(subject: Subject, results: list[Result]) -> str:
    """The results as Markdown, which reads well in a terminal too."""
    rows = [HEADINGS, *(cells(result, results[0]) for result in results)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) + " |" for r in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join([f"### {subject.title} ({subject.rows:,} rows)", "", *lines])


def cells(result: Result, first: Result) -> tuple[str, ...]:
    return (
        result.name,
        f"{result.seconds:.2f}",
        f"{result.rate:,.0f}",
        f"{result.wal / result.rows:,.0f} B",
        f"{result.growth / 1e6:,.0f} MB",
        f"{result.rate / first.rate:.2f}",
    )


def too_slow(subject: Subject, results: list[Result]) -> list[str]:
    return [
        f"{subject.title}: {result.name} has {result.rate / results[0].rate:.2f} of the rate of "
        f"{results[0].name}, less than {subject.floor}"
        for result in results[1:]
        if result.rate < subject.floor * results[0].rate
    ]


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # what was asked for


if __name__ == "__main__":
    sys.exit(main())

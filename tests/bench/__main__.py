"""Measure: `python -m tests.bench [--rows N] [--runs N] [--markdown FILE]`; about two minutes.

Only ratios mean something: each way runs several times, in turn with the others, and the median
counts. Ends with 1 where something is far slower than it was when its floor was written.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from tests.bench import filling
from tests.bench.measuring import Result, compared
from tests.bench.subjects import Subject, subjects
from tests.support.databases import Databases
from tests.support.server import Need, Servers
from tests.support.wish import Wish

HEADINGS = ("way", "seconds", "rows/s", "WAL per row", "growth", "rate, ratio", "limits")
QUIET = 0.5
"""Of a bar for a rate; below it is a failure however busy the machine is. WAL and growth are not a
matter of how busy it is."""


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
        for subject in (*subjects(options.rows), *filling.subjects(options.rows // 2)):
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
    rows = [HEADINGS, *(cells(subject, result, results[0]) for result in results)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) + " |" for r in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join([f"### {subject.title} ({subject.rows:,} rows)", "", *lines])


def cells(subject: Subject, result: Result, first: Result) -> tuple[str, ...]:
    return (
        result.name,
        f"{result.seconds:.2f}",
        f"{result.rate:,.0f}",
        f"{result.wal / result.rows:,.0f} B",
        f"{result.growth / 1e6:,.0f} MB",
        f"{result.rate / first.rate:.2f}",
        limits(subject, result, first),
    )


def limits(subject: Subject, result: Result, first: Result) -> str:
    """What the way is to reach, beside what it reached."""
    if (bar := subject.bars.get(result.name)) is None:
        return f">= {subject.floor:.2f}" if subject.floor and result is not first else ""
    told = [f"rate >= {bar.rate:.2f}" + (f" of {bar.of}" if bar.of else "")]
    for what, most, found, of in (
        ("WAL", bar.wal, result.wal, first.wal),
        ("growth", bar.growth, result.growth, first.growth),
    ):
        if most is not None:
            told.append(f"{what} {found / of:.2f} <= {most:.2f}")
    return ", ".join(told)


def too_slow(subject: Subject, results: list[Result]) -> list[str]:
    return [
        f"{subject.title}: {result.name} has {result.rate / results[0].rate:.2f} of the rate of "
        f"{results[0].name}, less than {subject.floor}"
        for result in results[1:]
        if result.rate < subject.floor * results[0].rate
    ] + list(missed(subject, results))


def missed(subject: Subject, results: list[Result]) -> Iterator[str]:
    """What is far from its bar, or above one that does not depend on the machine."""
    by_name = {result.name: result for result in results}
    for name, bar in subject.bars.items():
        if (found := by_name.get(name)) is None:
            continue
        peer, first = by_name[bar.of or results[0].name], results[0]
        if found.rate < QUIET * bar.rate * peer.rate:
            yield f"{subject.title}: {name} has {found.rate / peer.rate:.2f} of {peer.name}'s rate"
        if bar.wal is not None and found.wal > bar.wal * first.wal:
            yield f"{subject.title}: {name} writes {found.wal / first.wal:.2f} of the log"
        if bar.growth is not None and found.growth > bar.growth * first.growth:
            yield f"{subject.title}: {name} grows by {found.growth / first.growth:.2f}"


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # what was asked for


if __name__ == "__main__":
    sys.exit(main())

"""Measure: `python -m tests.bench [PART…] [--rows N] [--runs N] [--large N] [--markdown FILE]`.

`lint` needs no server, and none is started for it alone.

Only ratios mean something: each way runs several times, in turn with the others, and the median
counts. Ends with 1 where a figure is far from its bar: a speed, half of it, since other work on
the machine counts too; log, growth, memory and lag, anything beyond.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from tests.bench import (
    beside,
    computing,
    linting,
    overhead,
    phases,
    rates,
    sizes,
    standby,
    verifying,
)
from tests.bench.bed import Bed, bed
from tests.bench.options import Options
from tests.bench.tables import Table

#: One name, one module, on a server.
PARTS: Mapping[str, Callable[[Bed, Options], Iterator[Table]]] = {
    "rates": rates.tables,
    "beside": beside.tables,
    "standby": standby.tables,
    "sizes": sizes.tables,
    "overhead": overhead.tables,
    "verifying": verifying.tables,
    "computing": computing.tables,
    "phases": phases.tables,
}
#: The same, without one.
ALONE: Mapping[str, Callable[[Options], Iterator[Table]]] = {"lint": linting.tables}


def main(arguments: Sequence[str] | None = None) -> int:
    known = [*PARTS, *ALONE]
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(known)}; all")
    parser.add_argument("--rows", type=int, default=600_000, help="of a table")
    parser.add_argument("--large", type=int, default=2_000_000, help="rows of the large table")
    parser.add_argument("--runs", type=int, default=3, help="of each way")
    parser.add_argument("--major", type=int, help="of PostgreSQL; else the newest found here")
    parser.add_argument("--markdown", type=Path, help="write the tables to this file too")
    given = parser.parse_args(arguments)
    if unknown := [part for part in given.parts if part not in known]:
        parser.error(f"no part is called {unknown[0]}")
    options = Options(rows=given.rows, runs=given.runs, large=given.large)
    told = [f"{options.runs} runs of each way in turn, medians."]
    with ExitStack() as stack:

        @cache
        def servers() -> Bed:
            made = stack.enter_context(bed(given.major))
            told.insert(0, made.title)
            say(made.title)
            return made

        say(told[0])
        found = list(_measured(servers, options, given.parts or known))
    if given.markdown is not None:
        texts = [" ".join(told), *(table.markdown() for table in found)]
        given.markdown.write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    far = [line for table in found for line in table.far()]
    for line in far:
        say(line)
    return 1 if far else 0


def _measured(
    servers: Callable[[], Bed], options: Options, parts: Sequence[str]
) -> Iterator[Table]:
    for part in parts:
        begun = time.monotonic()
        alone = ALONE.get(part)
        for table in alone(options) if alone else PARTS[part](servers(), options):
            say(f"\n{table.markdown()}\n({time.monotonic() - begun:.0f} s)")
            begun = time.monotonic()
            yield table


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # what was asked for


if __name__ == "__main__":
    sys.exit(main())

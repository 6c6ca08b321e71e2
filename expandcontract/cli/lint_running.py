"""Judges many texts: through the cache, in several processes where that pays, in order.

A row is what is judged together, because one text of it is history for the next. Rows come in
and outcomes go out in batches, so that memory does not grow with the number of files.
"""

import signal
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import accumulate, chain, groupby, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from expandcontract.cli import lint_outcomes as outcomes
from expandcontract.cli.lint_cache import Cache, key
from expandcontract.cli.processors import processors
from expandcontract.lint.options import Options, Source
from expandcontract.lint.report import FileReport

if TYPE_CHECKING:
    from expandcontract.cli.lint_sharing import Share

Row = Sequence[Source]
_Judge = Callable[..., Iterator[bytes]]
"""Takes a row, and from which of its texts on it is judged; gives the outcome of each."""

_BATCH = 2000  #: rows in memory at a time
_CHUNK = 10  #: rows that a process takes at a time: at the end the others wait for the last one
_PAYS = 200_000  #: characters from which starting processes costs less than it saves
_PAYS_SPAWNED = 5_000_000  #: where they start from nothing and import everything again
_REPLAYING = 0.6  #: what replaying takes of judging: half, and later texts cost somewhat more
_MOST_PARTS = 4  #: of a row; with more of them hardly anything comes sooner


def judged(
    rows: Callable[[Callable[[], object] | None], Iterable[Row]],
    options: Options,
    cache_file: Path | None,
) -> Iterator[FileReport]:
    """The outcome of every text, in order; statements are left out, their counts are not.

    Where nothing was kept, the linter is imported while the rows are read.
    """
    outcomes_before = Cache(cache_file, options.today or "")
    try:
        waiting = iter(rows(None if outcomes_before.knows_any else partial(_judge, options)))
        while batch := list(islice(waiting, _BATCH)):
            yield from _of_batch(batch, options, outcomes_before)
    finally:
        outcomes_before.close()


def in_full(rows: Iterable[Row], options: Options) -> Iterator[FileReport]:
    """The outcome of every text with its statements and their costs, which are not kept."""
    from expandcontract.lint import linter  # noqa: PLC0415

    known = linter.schema_of(options.schema)
    for row in rows:
        yield from linter.each(row, options, known)


def _of_batch(batch: Sequence[Row], options: Options, before: Cache) -> Iterator[FileReport]:
    keys = [key(row, options) for row in batch] if before.knows_any else []
    known = before.read(keys)
    found = [outcomes.read(known.get(mark), row) for mark, row in zip(keys, batch, strict=False)]
    found = found or [None] * len(batch)
    fresh = _contents([row for row, one in zip(batch, found, strict=True) if one is None], options)
    new: dict[bytes, bytes] = {}
    for at, row in enumerate(batch):
        outcome, found[at] = found[at], None
        if outcome is not None:
            yield from outcome
            continue
        contents = []
        for source, content in zip(row, fresh, strict=False):
            contents.append(content)
            yield from outcomes.read(outcomes.joined([content]), [source]) or ()
        if before.open:
            new[keys[at] if keys else key(row, options)] = outcomes.joined(contents)
    before.write(new, [mark for mark in keys if mark not in new])


def _contents(rows: Sequence[Row], options: Options) -> Iterator[bytes]:
    """The outcome of every text, row after row."""
    workers = processors()
    size = sum(map(_size, rows))
    forks = sys.platform == "linux"
    few = len(rows) <= _CHUNK and not any(_is_parted(row, options) for row in rows)
    if workers < 2 or few or size < (_PAYS if forks else _PAYS_SPAWNED):  # noqa: PLR2004
        yield from chain.from_iterable(map(_judge(options), rows))
        return
    if forks:
        from expandcontract.cli import lint_sharing  # noqa: PLC0415  not there on every platform

        yield from lint_sharing.contents(_shares(rows, options, workers), workers)
        return
    from multiprocessing import get_context  # noqa: PLC0415  takes time, hardly ever needed

    with get_context("spawn").Pool(workers, _start, (options,)) as pool:
        yield from chain.from_iterable(pool.imap(_content, rows, _CHUNK))


def _size(row: Row) -> int:
    return sum(len(source.text) for source in row)


def _is_parted(row: Row, options: Options) -> bool:
    """Whether it is worth replaying the beginning of the row in one process more."""
    return len(row) > 1 and options.dialect == "postgres" and _size(row) >= _PAYS


def _shares(rows: Sequence[Row], options: Options, workers: int) -> "list[Share]":
    """Short rows some at a time, and parts of long ones."""
    from expandcontract.cli.lint_sharing import Share  # noqa: PLC0415  not there everywhere

    judge = _judge(options)
    shares: list[Share] = []
    for parted, some in groupby(rows, lambda row: _is_parted(row, options)):
        for row in some if parted else ():
            parts = _parts(row, workers)
            shares += (Share(stop - at, partial(judge, row[:stop], at)) for at, stop in parts)
        while few := list(islice(some, _CHUNK)):
            shares.append(Share(sum(map(len, few)), partial(_several, judge, few)))
    return shares


def _several(judge: _Judge, rows: Sequence[Row]) -> Iterator[bytes]:
    return chain.from_iterable(map(judge, rows))


def _parts(row: Row, workers: int) -> Iterator[tuple[int, int]]:
    """Where the parts of a long row begin and end, so that their processes end together.

    A process replays all that stands before its part, which takes some of the time of judging: the
    first one judges most.
    """
    left, count = 1 - _REPLAYING, min(workers, _MOST_PARTS)
    shares = [(1 - left**part) / (1 - left**count) for part in range(1, count)]
    sizes = list(accumulate(len(source.text) for source in row))
    stops = [bisect_left(sizes, sizes[-1] * share) + 1 for share in shares]
    return ((one, two) for one, two in pairwise((0, *stops, len(row))) if one < two)


_options: list[Options] = []  #: of this process, so that a row comes without them


def _start(options: Options) -> None:
    """A process leaves it to the first one to answer Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _options[:] = [options]


def _content(row: Row) -> list[bytes]:
    return list(_judge(_options[0])(row))


@cache
def _judge(options: Options) -> _Judge:
    """How a row is judged; the linter is imported only when there is something to judge."""
    from expandcontract.lint import linter  # noqa: PLC0415
    from expandcontract.lint.selecting import rules  # noqa: PLC0415

    rules(options.select, options.ignore)
    known = linter.schema_of(options.schema)

    def judge(row: Row, start: int = 0) -> Iterator[bytes]:
        return map(outcomes.written, linter.each(row, options, known, start=start))

    return judge

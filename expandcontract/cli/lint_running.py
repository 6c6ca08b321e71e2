"""Judges many texts: through the cache, in several processes where that pays, in order.

A row is what is judged together, because one text of it is history for the next. Rows come in
and outcomes go out in batches, so that memory does not grow with the number of files.
"""

import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

from expandcontract.cli import lint_outcomes as outcomes
from expandcontract.cli.lint_cache import Cache, key
from expandcontract.cli.processors import processors
from expandcontract.lint.options import Options, Source
from expandcontract.lint.report import FileReport

Row = Sequence[Source]

_BATCH = 2000  #: rows in memory at a time
_CHUNK = 20  #: rows that a process takes at a time
_PAYS = 200_000  #: characters from which starting processes costs less than it saves
_PAYS_SPAWNED = 5_000_000  #: where they start from nothing and import everything again


def judged(rows: Iterable[Row], options: Options, cache_file: Path | None) -> Iterator[FileReport]:
    """The outcome of every text, in order; statements are left out, their counts are not."""
    outcomes_before = Cache(cache_file, options.today or "")
    try:
        waiting = iter(rows)
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
    keys = [key(row, options) for row in batch] if before.open else []
    known = before.read(keys)
    found = [outcomes.read(known.get(mark), row) for mark, row in zip(keys, batch, strict=False)]
    found = found or [None] * len(batch)
    fresh = _contents([row for row, one in zip(batch, found, strict=True) if one is None], options)
    new: dict[bytes, bytes] = {}
    for at, row in enumerate(batch):
        outcome, found[at] = found[at], None
        if outcome is None:
            content = next(fresh)
            outcome = outcomes.read(content, row)
            if keys:
                new[keys[at]] = content
        yield from outcome or ()
    before.write(new, [mark for mark in keys if mark not in new])


def _contents(rows: Sequence[Row], options: Options) -> Iterator[bytes]:
    workers = processors()
    size = sum(len(source.text) for row in rows for source in row)
    forks = sys.platform == "linux"
    if workers < 2 or len(rows) <= _CHUNK or size < (_PAYS if forks else _PAYS_SPAWNED):  # noqa: PLR2004
        yield from map(_judge(options), rows)
        return
    if forks:
        from expandcontract.cli import lint_sharing  # noqa: PLC0415  not there on every platform

        yield from lint_sharing.contents(rows, _judge(options), workers)
        return
    from multiprocessing import get_context  # noqa: PLC0415  takes time, hardly ever needed

    with get_context("spawn").Pool(workers, _start, (options,)) as pool:
        yield from pool.imap(_content, rows, _CHUNK)


_options: list[Options] = []  #: of this process, so that a row comes without them


def _start(options: Options) -> None:
    """A process leaves it to the first one to answer Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _options[:] = [options]


def _content(row: Row) -> bytes:
    return _judge(_options[0])(row)


@cache
def _judge(options: Options) -> Callable[[Row], bytes]:
    """How a row is judged; the linter is imported only when there is something to judge."""
    from expandcontract.lint import linter  # noqa: PLC0415
    from expandcontract.lint.selecting import rules  # noqa: PLC0415

    rules(options.select, options.ignore)
    known = linter.schema_of(options.schema)
    return lambda row: outcomes.written(linter.each(row, options, known))

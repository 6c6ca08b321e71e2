"""Backfills against one UPDATE of the whole table: rate, log and growth."""

import os
from collections.abc import Iterator, Mapping
from functools import partial

from tests.bench import by_hand, users
from tests.bench.bed import Bed
from tests.bench.measuring import Result, Work, in_turn, summary
from tests.bench.options import Options
from tests.bench.tables import Bar, Row, Table

BUSY_WITH_ONE = 2
"""Processors that one worker, its log and the standby keep busy; a second worker needs another."""

HEADINGS = ("way", "seconds", "rows/s", "rate", "WAL per row", "WAL", "growth", "of it")


def tables(bed: Bed, options: Options) -> Iterator[Table]:
    """One for each kind of key; all of them in turn, since they are compared with each other."""
    ways: dict[tuple[str, str], tuple[str, Work]] = {}
    for key in users.KEYS:
        build = partial(users.build, rows=options.rows, key=key)
        template = bed.databases.template(f"{key} {options.rows}", build)
        ways |= {(key, name): (template, work) for name, work in _ways(key).items()}
    made = in_turn(bed.databases, ways, users.is_right, runs=options.runs)
    dense: Mapping[str, Result] | None = None
    for key in users.KEYS:
        found = {
            name: summary(name, options.rows, runs)
            for (of, name), runs in made.items()
            if of == key
        }
        rows = [_row(found, name, dense if key == "sparse" else None) for name in found]
        title = f"Filling a column of a table with a {key} key ({options.rows:,} rows)"
        yield Table(title=title, headings=HEADINGS, rows=rows)
        dense = dense or found


def _ways(key: str) -> dict[str, Work]:
    ways: dict[str, Work] = {
        "one UPDATE": users.one_update,
        "by hand, keys of 5,000": by_hand.keys,
        "ec, by blocks": users.filled(),
        "ec, along the key": users.filled(change=users.ONCE),
    }
    if key == "bigint":
        ways["ec, 2 workers"] = users.filled(2)
    return ways


def _row(found: Mapping[str, Result], name: str, dense: Mapping[str, Result] | None) -> Row:
    one, first = found[name], found["one UPDATE"]
    cells = (
        name,
        f"{one.seconds:.2f}",
        f"{one.rate:,.0f}",
        f"{one.rate / first.rate:.2f}",
        f"{one.wal / one.rows:,.0f} B",
        f"{one.wal / first.wal:.2f}",
        f"{one.growth / 1e6:,.0f} MB",
        f"{one.growth / first.growth:.2f}",
    )
    bars: list[tuple[str, Bar]] = []
    if name == "ec, by blocks":
        bars.append(("rate", Bar(figure=one.rate / first.rate, least=1.2, is_speed=True)))
        bars.append(("WAL", Bar(figure=one.wal / first.wal, most=0.7)))
        bars.append(("growth", Bar(figure=one.growth / first.growth, most=0.5)))
        if dense is not None:
            peer = dense[name].rate
            bars.append(("of dense", Bar(figure=one.rate / peer, least=0.9, is_speed=True)))
    elif name == "ec, along the key":
        bars.append(("rate", Bar(figure=one.rate / first.rate, least=0.85, is_speed=True)))
    elif name == "ec, 2 workers" and (os.cpu_count() or 1) > BUSY_WITH_ONE:
        alone = found["ec, by blocks"].rate
        bars.append(("of one", Bar(figure=one.rate / alone, least=1.3, is_speed=True)))
    return Row(cells=cells, bars=tuple(bars))

"""Rows that are judged in several processes: in order, whatever becomes of the processes."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from expandcontract.lint.options import Source

if sys.platform != "linux":
    pytest.skip("shared out so on Linux alone", allow_module_level=True)

from expandcontract.cli import lint_sharing

ROWS = tuple((Source(text=f"SELECT {number};"),) for number in range(205))
FIRST = os.getpid()


def told(row: Sequence[Source]) -> bytes:
    return row[0].text.encode() * 1000


@pytest.mark.parametrize("count", [1, 20, 21, 205])
def test_outcomes_come_in_order_and_whole(count: int) -> None:
    rows, before = ROWS[:count], children()

    found = list(lint_sharing.contents(lint_sharing.shares(rows, told), 3))

    assert found == [told(row) for row in rows]
    assert children() <= before


def killed(row: Sequence[Source]) -> bytes:
    if row is ROWS[50] and os.getpid() != FIRST:
        os.kill(os.getpid(), signal.SIGKILL)
    return told(row)


def failing(row: Sequence[Source]) -> bytes:
    if row is ROWS[50] and os.getpid() != FIRST:
        raise MemoryError
    return told(row)


@pytest.mark.parametrize("judge", [killed, failing])
def test_what_a_process_left_undone_is_done_here(
    judge: Callable[[Sequence[Source]], bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    found = list(lint_sharing.contents(lint_sharing.shares(ROWS, judge), 2))

    assert found == [told(row) for row in ROWS]
    assert capfd.readouterr() == ("", "")


def test_who_stops_asking_leaves_no_process() -> None:
    before = children()
    some = lint_sharing.contents(lint_sharing.shares(ROWS, told), 2)

    assert next(some) == told(ROWS[0])
    assert children() > before
    some.close()

    assert children() <= before


def children() -> set[int]:
    """Of this process, which other tests may have given some."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # one that has ended meanwhile
            _, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == FIRST:
                found.add(int(stat.parent.name))
    return found

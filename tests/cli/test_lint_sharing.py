"""Rows that are judged in several processes: in order, whatever becomes of the processes."""

import os
import signal
import sys
from collections.abc import Callable, Sequence

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
    rows = ROWS[:count]

    found = list(lint_sharing.contents(rows, told, 3))

    assert found == [told(row) for row in rows]
    assert no_children()


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
    found = list(lint_sharing.contents(ROWS, judge, 2))

    assert found == [told(row) for row in ROWS]
    assert capfd.readouterr() == ("", "")


def test_who_stops_asking_leaves_no_process() -> None:
    some = lint_sharing.contents(ROWS, told, 2)

    assert next(some) == told(ROWS[0])
    some.close()

    assert no_children()


def no_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False

"""Judges rows in several processes that are copies of this one, and gives the outcomes in order.

The rows are known before the copies are made, so that only numbers go in and outcomes come out:
`multiprocessing`, which takes as long to import as a hundred files to judge, is not needed.
"""

import os
import signal
from collections.abc import Callable, Generator, Sequence
from select import select
from typing import NoReturn, TypeVar

from expandcontract.model.value import field, value

_Row = TypeVar("_Row")

_SHARE = 20  #: rows that a process takes at a time
_NUMBER = 4  #: bytes of a number
_AT_ONCE = 1 << 16  #: bytes
_STOPS = (signal.SIGINT, signal.SIGTERM)  #: to be answered by one process or by none


@value(frozen=False)
class _Worker:
    """A process, where its outcomes come out, and what has come of the next message."""

    process: int
    outcomes: int
    come: bytearray = field(default_factory=bytearray)


def contents(
    rows: Sequence[_Row], judge: Callable[[_Row], bytes], processes: int
) -> Generator[bytes]:
    """The outcome of every row, in order.

    What a process leaves undone, because it was killed or failed, is done here: then this process
    fails in the same way, and says so.
    """
    workers = _started(rows, judge, processes)
    done: dict[int, bytes] = {}
    try:
        for number, row in enumerate(rows):
            while number not in done and workers:
                _take(workers, done)
            yield done.pop(number) if number in done else judge(row)
    finally:
        for worker in workers:
            _end(worker, kill=True)


def _started(rows: Sequence[_Row], judge: Callable[[_Row], bytes], processes: int) -> list[_Worker]:
    """Copies of this process, which take the numbers of shares from one pipe until it is empty."""
    shares, numbers = os.pipe()
    with open(numbers, "wb") as told:  # noqa: PTH123  (a number, not a path)
        told.writelines(number.to_bytes(_NUMBER, "big") for number in range(0, len(rows), _SHARE))
    workers: list[_Worker] = []
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        for _ in range(processes):
            out, into = os.pipe()
            process = os.fork()
            if process == 0:
                _work(rows, judge, shares, into)
            os.close(into)
            workers.append(_Worker(process, out))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(shares)
    return workers


def _work(rows: Sequence[_Row], judge: Callable[[_Row], bytes], shares: int, into: int) -> NoReturn:
    """Judge one share after the other; it is left to the first process to answer Ctrl-C."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
        with open(into, "wb", closefd=False) as outcomes:
            while told := os.read(shares, _NUMBER):
                first = int.from_bytes(told, "big")
                for number in range(first, min(first + _SHARE, len(rows))):
                    content = judge(rows[number])
                    outcomes.write(number.to_bytes(_NUMBER, "big"))
                    outcomes.write(len(content).to_bytes(_NUMBER, "big"))
                    outcomes.write(content)
                outcomes.flush()
        code = 0
    finally:
        os._exit(code)


def _take(workers: list[_Worker], done: dict[int, bytes]) -> None:
    """Wait for the next outcomes; a worker that says no more has ended."""
    ready, _, _ = select([worker.outcomes for worker in workers], [], [])
    for worker in [worker for worker in workers if worker.outcomes in ready]:
        if some := os.read(worker.outcomes, _AT_ONCE):
            worker.come += some
            _unpack(worker.come, done)
        else:
            workers.remove(worker)
            _end(worker, kill=False)


def _unpack(come: bytearray, done: dict[int, bytes]) -> None:
    """Move the messages that are complete: the number of a row, the length, the outcome."""
    at = 0
    while len(come) >= at + 2 * _NUMBER:
        start = at + 2 * _NUMBER
        number = int.from_bytes(come[at : at + _NUMBER], "big")
        end = start + int.from_bytes(come[at + _NUMBER : start], "big")
        if len(come) < end:
            break
        done[number] = bytes(come[start:end])
        at = end
    del come[:at]


def _end(worker: _Worker, *, kill: bool) -> None:
    os.close(worker.outcomes)
    if kill:
        os.kill(worker.process, signal.SIGTERM)
    os.waitpid(worker.process, 0)

"""Judges in several processes that are copies of this one, and gives the outcomes in order.

What is to be done is known before the copies are made, so that only numbers go in and outcomes come
out: `multiprocessing`, which takes as long to import as a hundred files to judge, is not needed.
"""

import os
import signal
from collections.abc import Callable, Generator, Iterable, Sequence
from functools import partial
from itertools import accumulate
from select import select
from typing import NoReturn, TypeVar

from expandcontract.model.value import field, value

_Row = TypeVar("_Row")

_TOGETHER = 20  #: rows that make a share
_NUMBER = 4  #: bytes of a number
_AT_ONCE = 1 << 16  #: bytes, as many as a pipe holds
_STOPS = (signal.SIGINT, signal.SIGTERM)  #: to be answered by one process or by none


@value
class Share:
    """What a process takes at a time: how many outcomes it has, and how they are made."""

    count: int
    outcomes: Callable[[], Iterable[bytes]]


@value(frozen=False)
class _Worker:
    """A process, where its outcomes come out, and what has come of the next message."""

    process: int
    outcomes: int
    come: bytearray = field(default_factory=bytearray)


def shares(rows: Sequence[_Row], judge: Callable[[_Row], bytes]) -> list[Share]:
    """Rows of which each has one outcome, a few to a share."""
    parts = [rows[at : at + _TOGETHER] for at in range(0, len(rows), _TOGETHER)]
    return [Share(len(part), partial(map, judge, part)) for part in parts]


def contents(shares: Sequence[Share], processes: int) -> Generator[bytes]:
    """The outcomes of every share, in order.

    What a process leaves undone, because it was killed or failed, is done here: then this process
    fails in the same way, and says so.
    """
    firsts = list(accumulate((share.count for share in shares), initial=0))
    workers = _started(shares, firsts, processes)
    done: dict[int, bytes] = {}
    try:
        for share, first in zip(shares, firsts, strict=False):
            for number in range(first, first + share.count):
                while number not in done and workers:
                    _take(workers, done)
                if number not in done:
                    done.update(enumerate(share.outcomes(), first))
                yield done.pop(number)
    finally:
        for worker in workers:
            _end(worker, kill=True)


def _started(shares: Sequence[Share], firsts: Sequence[int], processes: int) -> list[_Worker]:
    """Copies of this process, which take the numbers of shares from one pipe until it is empty."""
    waiting, numbers = os.pipe()
    with open(numbers, "wb") as told:  # noqa: PTH123  (a number, not a path)
        told.writelines(number.to_bytes(_NUMBER, "big") for number in range(len(shares)))
    workers: list[_Worker] = []
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        for _ in range(processes):
            out, into = os.pipe()
            process = os.fork()
            if process == 0:
                _work(shares, firsts, waiting, into)
            os.close(into)
            workers.append(_Worker(process, out))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(waiting)
    return workers


def _work(shares: Sequence[Share], firsts: Sequence[int], waiting: int, into: int) -> NoReturn:
    """Judge one share after the other; it is left to the first process to answer Ctrl-C."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
        with open(into, "wb", buffering=_AT_ONCE, closefd=False) as told:
            while number := os.read(waiting, _NUMBER):
                at = int.from_bytes(number, "big")
                for place, content in enumerate(shares[at].outcomes(), firsts[at]):
                    told.write(place.to_bytes(_NUMBER, "big"))
                    told.write(len(content).to_bytes(_NUMBER, "big"))
                    told.write(content)
                told.flush()
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

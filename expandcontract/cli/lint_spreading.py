"""What revisions write, written in several processes: rendering SQL is most of the work.

Each revision runs alone here, as it does in production, where one release brings one of them: what
it writes does not hang on which others ran in its process before.
"""

import os
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from expandcontract.cli.processors import processors
from expandcontract.ops.reading.written import Written

_Item = TypeVar("_Item")
_PAYS = 60  #: functions; making two copies of a process costs as much as a dozen


def spread(items: Sequence[_Item], write: Callable[[_Item], Written]) -> Iterable[Written]:
    """What each function writes, in order."""
    workers = processors()
    if workers < 2 or len(items) < _PAYS or not _may_be_copied():  # noqa: PLR2004
        return map(write, items)
    return _spread(items, write, workers)


def _may_be_copied() -> bool:
    """Whether this is the only thread: a copy has no other, and would wait for what they hold."""
    return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208


def _spread(
    items: Sequence[_Item], write: Callable[[_Item], Written], workers: int
) -> Iterator[Written]:
    from expandcontract.cli import lint_sharing  # noqa: PLC0415  not there on every platform

    def sent(item: _Item) -> bytes:
        try:
            return pickle.dumps(write(item), pickle.HIGHEST_PROTOCOL)
        except Exception:  # noqa: BLE001  a change may hold what cannot be sent
            return b""

    contents = lint_sharing.contents(lint_sharing.shares(items, sent), workers)
    for item, content in zip(items, contents, strict=True):
        yield _received(content) or write(item)


def _received(content: bytes) -> Written | None:
    try:
        written: Written | None = pickle.loads(content) if content else None  # noqa: S301  our own
    except Exception:  # noqa: BLE001  then it is written here
        return None
    return written

"""How often Python looks for circles among objects, which nobody waits for where few are in one."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_UNCOLLECTED = 200_000  #: objects; not never, so that a gigabyte of text is no leak


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look only after many objects.

    Judging leaves hardly any circle behind, and importing Alembic none: what was made stays. For
    both a sixth of the time went into the search.
    """
    before = gc.get_threshold()
    gc.set_threshold(_UNCOLLECTED, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def never_again() -> None:
    """The process is about to end: what is in memory goes with it, and is not searched first.

    Where SQLAlchemy is loaded that last search took a fifth of a second. Everything else that
    belongs to an orderly end still happens, in this process and in others.
    """
    gc.freeze()

"""Where the command `ec` begins: before anything else, what Ctrl-C means is said.

It imports next to nothing, so that the moment in which an interruption is Python's own business,
and a traceback, is as short as it can be.
"""

import gc
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

STOPPED = 4  # cli.exits.Exit.STOPPED, which takes click to import
LINE = b"stopped: on request, nothing is half done\n"


def main() -> NoReturn:
    """Run `ec`, and end with one line and its exit code where it is stopped while it loads."""
    _end_at_once()
    _occupy()
    gc.disable()  # what is imported stays: to look for circles in it is in vain
    from expandcontract.cli import main as run  # noqa: PLC0415  (what is waited for)

    gc.freeze()
    gc.enable()
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        run()
    except KeyboardInterrupt:  # before or after `run` looked out for it
        _stop(signal.SIGINT, None)
    finally:
        _end_at_once()


def _end_at_once() -> None:
    """While nothing is begun yet, or everything is over, Ctrl-C is no exception."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)


def _occupy() -> None:
    """Open the standard streams that are closed, to nowhere.

    The next one to be opened would get the number: a connection, into which every word for
    standard error would be written.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004  # standard error
        os.set_inheritable(number, True)  # noqa: FBT003
    os.close(number)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    """End at once: an exception would come out of the middle of an import, which may swallow it."""
    os.write(2, LINE)
    os._exit(STOPPED)


if __name__ == "__main__":
    main()

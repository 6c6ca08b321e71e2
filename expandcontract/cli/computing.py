"""`--python module:function` and where it runs: threads, processes, or a Dask cluster."""

import importlib
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from expandcontract.changes.compute_columns import ComputeColumns
from expandcontract.engine.computing import Compute, Fill
from expandcontract.errors import FunctionNotFoundError

MOST = 256
KINDS = f"threads, threads:N, processes, processes:N (1 to {MOST}), or dask://HOST:PORT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line says about a fill in Python."""

    python: str
    columns: tuple[str, ...]
    reads: tuple[str, ...]
    executor: str | None

    def change(self, table: str, where: str | None) -> ComputeColumns:
        """The change that it is."""
        return ComputeColumns(
            table=table, columns=self.columns, reads=self.reads, where=where or ""
        )

    @contextmanager
    def compute(self) -> Iterator[Compute]:
        """The function, and its executor for as long as the block lasts."""
        found = function(self.python)
        with executor(self.executor) as where:
            yield Compute(function=found, executor=where)


def function(text: str) -> Fill:
    """Import `module:function`; modules of the current folder are found, as by `python -m`."""
    module, colon, name = text.partition(":")
    if not colon or not module or not name:
        raise FunctionNotFoundError(text, "write module:function")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        home = importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise FunctionNotFoundError(text, str(error)) from error
    except (Exception, SystemExit) as error:  # a module is a program: anything can come out of it
        reason = f"{type(error).__name__}: {error}".split("\n")[0]
        raise FunctionNotFoundError(text, f"{module} cannot be imported, {reason}") from error
    if (found := getattr(home, name, None)) is None:
        raise FunctionNotFoundError(text, f"{module} has no {name}")
    if not callable(found):
        raise FunctionNotFoundError(text, f"{name} is a {type(found).__name__}, no function")
    return found  # type: ignore[no-any-return]  # what it gives is checked row by row


@contextmanager
def executor(text: str | None) -> Iterator[Executor | None]:
    """Open what `--executor` names, and close it after the block."""
    if text is None:
        yield None
        return
    kind, _, rest = text.partition(":")
    if text.startswith("dask://"):
        with _dask(text) as cluster:
            yield cluster
    elif kind == "threads":
        with ThreadPoolExecutor(_number(text, rest)) as pool:
            yield pool
    elif kind == "processes":
        with ProcessPoolExecutor(
            _number(text, rest), mp_context=get_context("spawn"), initializer=_leave_interrupts
        ) as pool:
            with _no_interrupts():  # what is started inherits it, and hears none while it loads
                for _ in range(_number(text, rest)):
                    pool.submit(_nothing)
            yield pool
    else:
        raise FunctionNotFoundError(text, f"an executor is one of {KINDS}")


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back; it comes afterwards."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _nothing() -> None:
    """What lets a pool start a process."""


def _leave_interrupts() -> None:
    """The terminal's Ctrl-C comes to every process; what to do about it the first one says."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _number(text: str, rest: str) -> int:
    if not rest:
        return os.cpu_count() or 1
    if not rest.isdecimal() or not 1 <= int(rest) <= MOST:
        raise FunctionNotFoundError(text, f"an executor is one of {KINDS}")
    return int(rest)


@contextmanager
def _dask(text: str) -> Iterator[Executor]:
    try:
        from dask.distributed import Client  # noqa: PLC0415  # an extra, and slow to import
    except ImportError:
        problem = "dask.distributed is not installed: pip install 'expandcontract[dask]'"
        raise FunctionNotFoundError(text, problem) from None
    address = f"tcp://{text.removeprefix('dask://')}"
    try:
        connect: Any = Client  # it has no types
        client = connect(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise FunctionNotFoundError(text, f"no scheduler answers there ({error})") from error
    with client:
        yield client.get_executor(pure=False)

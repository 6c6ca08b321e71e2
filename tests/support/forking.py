"""Runs Python programs as `python …` does, without starting Python anew for each of them.

One process imports what they all need, and forks a child for each program: a process of its own,
with its own folder, environment, output and exit code.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: What takes its time to import, and is the same for every program.
COMMON = (
    "alembic.config",
    "alembic.autogenerate",
    "alembic.ddl.postgresql",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.orm",
    "sqlglot.dialects.postgres",
    "psycopg",
    "expandcontract.cli.lint",
    "expandcontract.cli.plan",
    "expandcontract.cli.plan_comment",
    "expandcontract.ops.autogenerate.scripts",
    "expandcontract.ops.offline",
    "expandcontract.ops.online",
    "expandcontract.ops.script.phases",
)


class Forks:
    """The process that forks; programs run one after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forking"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONWARNINGS": "error"},  # imports are held to it too
        )
        atexit.register(self._close)

    def run(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run `python WORDS` in a folder, and wait for it."""
        with tempfile.TemporaryDirectory() as place:
            out, err = Path(place) / "out", Path(place) / "err"
            request = {
                "words": list(words),
                "folder": str(folder),
                "environment": dict(environment),
                "out": str(out),
                "err": str(err),
            }
            print(json.dumps(request), file=self._process.stdin, flush=True)
            answer = self._process.stdout.readline() if self._process.stdout else ""
            texts = [path.read_text("utf-8") for path in (out, err)]
        return subprocess.CompletedProcess(list(words), int(answer), *texts)

    def _close(self) -> None:
        if self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            self._process.stdout.close()
        self._process.wait()


@cache
def forks() -> Forks:
    """The one of this test process, which ends with it."""
    return Forks()


def _become(request: dict[str, object]) -> None:
    """Take the place of a `python` that has just been started."""
    words = [str(word) for word in request["words"]]  # type: ignore[attr-defined]
    for number, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, str(request["out"]), os.O_WRONLY | os.O_CREAT),
        (2, str(request["err"]), os.O_WRONLY | os.O_CREAT),
    ):
        os.dup2(os.open(name, flags, 0o600), number)
    os.chdir(str(request["folder"]))
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[call-overload]
    if chosen := os.environ.get("PYTHONWARNINGS"):
        sys.warnoptions[:] = [chosen]
        warnings.simplefilter(chosen)  # type: ignore[arg-type]
    else:
        sys.warnoptions.clear()
        warnings.resetwarnings()
    is_module = words[0] == "-m"
    sys.argv = words[1:] if is_module else words
    sys.path[0] = str(request["folder"])
    if is_module:
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(words[0], run_name="__main__")


def _code_of(request: dict[str, object]) -> int:
    """Run a program to its end, as the interpreter does."""
    try:
        _become(request)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF
        print(end.code, file=sys.stderr)  # noqa: T201  # as Python does
        return 1
    except BaseException:  # noqa: BLE001  # as Python does
        traceback.print_exc()
        return 1
    return 0


def _forked(request: dict[str, object]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = _code_of(request)
            atexit._run_exitfuncs()  # noqa: SLF001  # as the interpreter does at its end
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    for common in COMMON:
        importlib.import_module(common)
    gc.collect()
    gc.freeze()  # no child looks through what all of them share, which would copy its pages
    for line in sys.stdin:
        print(_forked(json.loads(line)), flush=True)  # noqa: T201  # the answer

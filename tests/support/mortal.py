"""A process that carries changes out, and dies or freezes where it is told to.

`Mortals` starts it once; for each life it forks a child, which is a process of its own with a
connection of its own. A point is a command after which the database is another one: each COMMIT,
and each statement outside a transaction.
"""

import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from expandcontract.changes.base import Change
from expandcontract.changes.document import from_document, to_document
from expandcontract.changes.registry import kinds
from expandcontract.errors import ExpandContractError
from expandcontract.model.phase import Phase
from expandcontract.postgres.session import Params, Session
from tests.support.walk import back, closed, forward

When = Literal["before", "after"]
CLOSE = "close"
"""What may come after the phases, where the change keeps something."""
KILLED = -signal.SIGKILL
ROOT = Path(__file__).parent.parent.parent


@dataclass(slots=True)
class Death:
    """Where a life ends: before or after the point of that number; 0 is never."""

    when: When = "before"
    point: int = 0
    by: signal.Signals = signal.SIGKILL
    passed: int = field(default=0, init=False)

    @contextmanager
    def at(self, sql: str) -> Iterator[None]:
        """Count a command, and die where it is the one."""
        if sql != "COMMIT" and " CONCURRENTLY " not in sql:
            yield
            return
        self.passed += 1
        if self.passed == self.point and self.when == "before":
            os.kill(os.getpid(), self.by)
        yield
        if self.passed == self.point and self.when == "after":
            os.kill(os.getpid(), self.by)


class MortalSession:
    """A session whose process dies at a point."""

    def __init__(self, session: Session, death: Death) -> None:
        self._session = session
        self._death = death

    def rows(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        return self._session.rows(sql, params)

    def run(self, sql: str, params: Params | None = None) -> int:
        with self._death.at(sql):
            return self._session.run(sql, params)

    def sibling(self) -> Session | None:
        return self._session.sibling()

    def reopen(self) -> bool:
        return self._session.reopen()

    def is_pooled(self) -> bool:
        return self._session.is_pooled()

    def close(self) -> None:
        self._session.close()


class Mortals:
    """Lives of runners, one after the other."""

    def __init__(self) -> None:
        self._child: int | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.mortal"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.bury()
        if self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            self._process.stdout.close()
        self._process.wait()

    def begin(self, request: "Request") -> int:
        """Let a child begin; its process id."""
        print(request.to_json(), file=self._process.stdin, flush=True)
        self._child = int(self._answer())
        return self._child

    def end(self) -> "Life":
        """Wait for the end of the child."""
        life = Life(**json.loads(self._answer()))
        self._child = None
        return life

    def bury(self) -> None:
        """End a child that still lives, so that another one may begin."""
        if self._child is not None:
            os.kill(self._child, signal.SIGKILL)
            self.end()

    def live(self, request: "Request") -> "Life":
        """Let a child live to its end."""
        self.begin(request)
        return self.end()

    def _answer(self) -> str:
        if self._process.stdout is None:
            raise AssertionError
        return self._process.stdout.readline()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a child is to do: all phases of a change, or all reverts, and where to end."""

    dsn: str
    change: Change
    when: When = "before"
    point: int = 0
    by: signal.Signals = signal.SIGKILL
    revert: bool = False
    stages: tuple[str, ...] = ()  #: phases, in this order, or CLOSE; none is all phases

    def to_json(self) -> str:
        return json.dumps({**asdict(self), "change": to_document(self.change)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How a child ended: its exit code or signal, the points it passed, the error it told."""

    code: int
    passed: int = 0
    error: str = ""
    text: str = ""


def _live(request: dict[str, Any]) -> dict[str, Any]:
    death = Death(request["when"], request["point"], signal.Signals(request["by"]))

    def mortal(session: Session) -> Session:
        return MortalSession(session, death)

    change = from_document(request["change"])
    try:
        phases = [Phase[stage.upper()] for stage in request["stages"] if stage != CLOSE]
        go = back if request["revert"] else forward
        if phases or not request["stages"]:
            go(request["dsn"], change, *phases, wrap=mortal)
        if CLOSE in request["stages"]:
            closed(request["dsn"], change, wrap=mortal)
    except ExpandContractError as error:
        told = {"error": type(error).__name__, "text": str(error), "code": error.exit_code}
        return {**told, "passed": death.passed}
    return {"passed": death.passed, "code": 0}


def _fork(request: dict[str, Any]) -> dict[str, Any]:
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(tell, json.dumps(_live(request)).encode())
        finally:
            os._exit(0)
    os.close(tell)
    print(child, flush=True)  # noqa: T201  # the first answer
    _, status = os.waitpid(child, 0)
    with os.fdopen(hear) as heard:
        text = heard.read()
    return json.loads(text) if text else {"code": os.waitstatus_to_exitcode(status)}


def _read_all() -> None:
    """Import before the first child what each of them would import for itself."""
    kinds()
    importlib.import_module("sqlglot.dialects.postgres")
    for name in ("expandcontract.engine", "expandcontract.postgres", "expandcontract.signals"):
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(module.name)


if __name__ == "__main__":
    _read_all()
    gc.collect()
    gc.freeze()  # no child looks through what all of them share, which would copy its pages
    for line in sys.stdin:
        print(json.dumps(_fork(json.loads(line))), flush=True)  # noqa: T201  # the second answer

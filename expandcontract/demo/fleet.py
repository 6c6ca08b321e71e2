"""The instances that are running: started, listened to, stopped, and asked what they wrote."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from expandcontract.demo.instance import ERRORS_KEPT, REPORT_EVERY, Role
from expandcontract.errors import ExpandContractError

PATIENCE = 60.0
"""Seconds for an instance to start or to end, on a machine that has much else to do."""


class InstanceDiedError(ExpandContractError):
    """An instance of the demonstration's application ended when nobody had asked it to."""

    exit_code = 3

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"the instance {self.name} of the application did not start or ended early"


@dataclass(slots=True)
class Tally:
    """Requests of one release."""

    done: int = 0
    failed: int = 0


@dataclass(slots=True)
class Counted:
    """Everything that the instances reported."""

    tallies: dict[str, Tally] = field(default_factory=lambda: {"old": Tally(), "new": Tally()})
    worst: dict[str, float] = field(default_factory=dict)  #: by what was going on
    requests: dict[str, int] = field(default_factory=dict)  #: the same
    errors: list[str] = field(default_factory=list)
    during: str = ""  #: what is going on now

    @property
    def done(self) -> int:
        """Requests that got their answer."""
        return sum(tally.done for tally in self.tallies.values())

    @property
    def failed(self) -> int:
        """Requests that did not."""
        return sum(tally.failed for tally in self.tallies.values())

    def add(self, role: Role, report: dict[str, Any]) -> None:
        """Take in what an instance reported."""
        tally = self.tallies[role.release]
        tally.done += report["done"]
        tally.failed += report["failed"]
        self.worst[self.during] = max(self.worst.get(self.during, 0.0), report["worst"])
        self.requests[self.during] = self.requests.get(self.during, 0) + report["done"]
        found = [f"{role.name}, {self.during}: {error}" for error in report["errors"]]
        self.errors = [*self.errors, *found][:ERRORS_KEPT]


class Instance:
    """A process of the application, and the thread that listens to it."""

    def __init__(self, role: Role, counted: Counted, lock: threading.Lock) -> None:
        self.role = role
        self.written: dict[int, tuple[int, str | None]] | None = None
        self.is_gone = False
        self.is_ready, self.has_switched = threading.Event(), threading.Event()
        self._counted, self._lock = counted, lock
        # In a session of its own Ctrl-C does not reach it; it ends with its standard input, so
        # also when this process is killed.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "expandcontract.demo.instance"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._tell(json.dumps(asdict(role)) + "\n")

    def _tell(self, line: str) -> None:
        if self._process.stdin is not None and self._process.poll() is None:
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            report = json.loads(line)
            if "ready" in report:
                self.is_ready.set()
            elif "switched" in report:
                self.has_switched.set()
            elif "written" in report:
                self.written = {int(key): tuple(value) for key, value in report["written"].items()}
            else:
                with self._lock:
                    self._counted.add(self.role, report)
        self.is_gone = True
        self.is_ready.set()

    def check(self) -> None:
        """Raise unless it is up and running."""
        if not self.is_ready.wait(PATIENCE) or self.is_gone:
            raise InstanceDiedError(self.role.name)

    def end(self) -> None:
        """Let it finish the request it is at, and keep what it wrote."""
        self._hang_up()
        try:
            self._process.wait(PATIENCE)
            self._listener.join(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
        if self.written is None:
            raise InstanceDiedError(self.role.name)

    def kill(self) -> None:
        """End it now."""
        self._process.kill()
        self._process.wait()
        self._hang_up()
        self._listener.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _hang_up(self) -> None:
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()


class Fleet:
    """All instances of both releases; a context manager that leaves none behind."""

    def __init__(self) -> None:
        self.counted = Counted()
        self.instances: list[Instance] = []
        self.ended: list[Instance] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for instance in (*self.instances, *self.ended):
            instance.kill()

    def during(self, what: str) -> None:
        """Count what comes next under this heading, once all reports about the last one are in."""
        time.sleep(1.5 * REPORT_EVERY)
        with self._lock:
            self.counted.during = what

    def start(self, role: Role) -> None:
        """Start an instance, and wait until it serves."""
        instance = Instance(role, self.counted, self._lock)
        self.instances.append(instance)
        instance.check()

    def end(self, release: str) -> None:
        """End all instances of a release, one after the other, as a rolling deployment does."""
        for instance in [i for i in self.instances if i.role.release == release]:
            self.instances.remove(instance)
            self.ended.append(instance)
            instance.end()

    def wait_until_switched(self, release: str) -> None:
        """Wait until every instance of the release reads the new column."""
        for instance in self.instances:
            if instance.role.release == release and not instance.has_switched.wait(PATIENCE):
                raise InstanceDiedError(instance.role.name)

    def check(self) -> None:
        """Raise when an instance has died."""
        for instance in self.instances:
            instance.check()

    def written(self) -> Iterator[tuple[int, int, str | None]]:
        """What the ended instances wrote: row, version, email or None for deleted."""
        for instance in self.ended:
            for user, (version, email) in (instance.written or {}).items():
                yield user, version, email

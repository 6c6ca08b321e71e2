"""One instance of the application: a process that serves until its standard input ends.

Run as `python -m expandcontract.demo.instance`. It is told what to be in one line of JSON, reports
a few times a second what it served, and says at the end what it wrote last to each row.
"""

import json
import os
import random
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import LiteralString

import psycopg

from expandcontract.demo.requests import Visitors, WrongAnswerError

REPORT_EVERY = 0.2
ERRORS_KEPT = 3

# Every role may read these two, so that an application can follow the switch.
SWITCHED: LiteralString = """
    SELECT percent = 100 FROM expandcontract.switches
    WHERE change_id = (SELECT max(id) FROM expandcontract.changes WHERE name = %s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What an instance is told to be."""

    dsn: str = field(repr=False)
    name: str
    release: str
    writes: str
    reads: str
    reads_after_switch: str
    follows: str | None  #: the change whose switch moves its reads
    rows: int
    pause: float  #: seconds between two requests, on average
    seed: int


@dataclass(slots=True)
class Served:
    """What was served since the last report."""

    done: int = 0
    failed: int = 0
    worst: float = 0.0
    errors: list[str] = field(default_factory=list)


class Stop:
    """Standard input ends when the instance is to stop, and when its parent is gone."""

    def __init__(self) -> None:
        self.is_set = False
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        sys.stdin.read()
        self.is_set = True


def serve(role: Role, stop: Stop) -> Visitors:
    """Serve visitors, one after the other, and report."""
    visitors = Visitors(
        connection=_connect(role),
        name=role.name,
        writes=role.writes,
        reads=role.reads,
        rows=role.rows,
        chance=random.Random(role.seed),  # noqa: S311  # whom to serve next is no secret
    )
    served, reported = Served(), time.monotonic()
    _say({"ready": True})
    while not stop.is_set:
        _one(role, visitors, served)
        if time.monotonic() - reported >= REPORT_EVERY:
            _follow(role, visitors, served)
            _say(asdict(served))
            served, reported = Served(), time.monotonic()
        time.sleep(visitors.chance.random() * 2 * role.pause)
    _say(asdict(served))
    return visitors


def _connect(role: Role) -> "psycopg.Connection":
    return psycopg.connect(role.dsn, autocommit=True, application_name=f"shop {role.release}")


def _one(role: Role, visitors: Visitors, served: Served) -> None:
    """One request, timed and counted."""
    begun = time.monotonic()
    try:
        if visitors.connection.closed:
            visitors.connection = _connect(role)
        visitors.request()
    except (psycopg.Error, WrongAnswerError, ValueError) as error:
        _failed(served, error)
    else:
        served.done += 1
    served.worst = max(served.worst, time.monotonic() - begun)


def _failed(served: Served, error: Exception) -> None:
    served.failed += 1
    if len(served.errors) < ERRORS_KEPT:
        served.errors.append(f"{type(error).__name__}: {' '.join(str(error).split())}")


def _follow(role: Role, visitors: Visitors, served: Served) -> None:
    """Read the new column once the switch says so."""
    if role.follows is None or visitors.reads == role.reads_after_switch:
        return
    try:
        found = visitors.connection.execute(SWITCHED, (role.follows,)).fetchone()
    except psycopg.Error as error:
        _failed(served, error)
    else:
        if found == (True,):
            visitors.reads = role.reads_after_switch
            _say({"switched": True})


def _say(value: object) -> None:
    try:
        sys.stdout.write(json.dumps(value) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:  # whoever started us was killed
        os._exit(1)


def main() -> None:
    """Be what the first line says."""
    role = Role(**json.loads(sys.stdin.readline()))
    visitors = serve(role, Stop())
    visitors.connection.close()
    _say({"written": visitors.written})


if __name__ == "__main__":
    main()

"""`ec targets`: the same command on several databases, each by itself, and one status of all."""

import json
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from expandcontract import config
from expandcontract.cli import output
from expandcontract.cli.exits import Exit
from expandcontract.cli.options import Common, common
from expandcontract.cli.running import StopRequest, stop_request
from expandcontract.config.environment import DSN
from expandcontract.postgres.opening import libpq_dsn

KEYS = ("dsn", "max_lag", "standbys", "limits", "options")
FORMS: dict[str, tuple[type, str]] = {
    "standbys": (list, 'a list of texts, such as ["replica_1"]'),
    "limits": (dict, 'a table of texts, such as { slot_retention = "50GB" }'),
    "options": (list, 'a list of words, such as ["--workers", "2"]'),
}
WORSE = (Exit.DONE, Exit.FINDINGS, Exit.USAGE, Exit.DATABASE, Exit.STOPPED, Exit.BUG)
EXAMPLE = '[targets.shard1]\ndsn = "postgresql://shard1/shop"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One database, and what is particular to it."""

    name: str
    dsn: str = field(repr=False)
    options: tuple[str, ...] = ()  #: for backfill

    def words(self, command: tuple[str, ...]) -> list[str]:
        """The command for this database."""
        return [*command, *(self.options if command[0] == "backfill" else ())]


@click.command("targets", context_settings={"ignore_unknown_options": True})
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option(
    "--at-once", type=click.IntRange(1, 64), default=4, show_default=True, help="Databases."
)
@common
def targets(*, common: Common, file: Path, command: tuple[str, ...], at_once: int) -> Exit:
    """Run COMMAND on every database of FILE: ec targets shards.toml backfill users.rename.

    FILE is TOML: [targets.NAME] with dsn, and for backfill max_lag, standbys, limits and options.
    A database that fails does not stop the others; the exit code is the worst of all.
    """
    found = read(file)
    if command[0] == "targets":
        message = "targets of targets are one file too many"
        raise click.UsageError(message)
    as_json = common.json or "--json" in command
    words = tuple(word for word in command if word != "--json")
    with stop_request(interrupts=False) as stop:
        is_status = words[0] == "status"
        fleet = Fleet(stop, as_json=as_json, is_status=is_status)
        with ThreadPoolExecutor(at_once) as pool:
            codes = dict(
                zip((one.name for one in found), pool.map(fleet.run(words), found), strict=True)
            )
    if is_status:
        _status(fleet, as_json=as_json)
    elif not as_json:
        rows = [(name, Exit(code).name.lower()) for name, code in codes.items()]
        output.say(output.table(("target", "ended"), rows))
    return max((Exit(code) for code in codes.values()), key=WORSE.index, default=Exit.DONE)


class Fleet:
    """The processes that run, and what they said."""

    def __init__(self, stop: StopRequest, *, as_json: bool, is_status: bool) -> None:
        self._stop, self._as_json, self._quiet = stop, as_json, is_status
        self.asks_for_json = as_json or is_status
        self._printing = threading.Lock()
        self.said: dict[str, list[Any]] = {}

    def run(self, words: tuple[str, ...]) -> "Runner":
        """What runs the command on one target."""
        return Runner(self, words)

    @property
    def stops(self) -> int:
        """How many times somebody asked to stop."""
        return self._stop.times

    def hear(self, target: Target, line: str, *, is_error: bool) -> None:
        """Tell a line of one of them."""
        with self._printing:
            document = _document(line)
            if document is not None:
                self.said.setdefault(target.name, []).append(document)
            if self._quiet and not is_error:
                return
            say = output.note if is_error else output.say
            if self._as_json and document is not None:
                say(output.as_json({"target": target.name, **document}))
            else:
                say(f"{target.name}: {config.masked(_error(document) or line)}")


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs one command on a target, and passes each stop on to it: the second one interrupts."""

    fleet: Fleet
    words: tuple[str, ...]

    def __call__(self, target: Target) -> int:
        """Run it to its end; its exit code."""
        if self.fleet.stops:
            return Exit.STOPPED
        wants_json = ["--json"] if self.fleet.asks_for_json else []
        process = subprocess.Popen(
            [sys.executable, "-m", "expandcontract", *target.words(self.words), *wants_json],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,  # a Ctrl-C of the terminal is ours to pass on
            env={**config.environment(), DSN: libpq_dsn(target.dsn)},
        )
        listeners = [
            threading.Thread(target=self._listen, args=(target, process.stdout, False)),
            threading.Thread(target=self._listen, args=(target, process.stderr, True)),
        ]
        for listener in listeners:
            listener.start()
        told = 0
        while True:
            try:
                code = process.wait(timeout=0.1)
                break
            except subprocess.TimeoutExpired:
                if told < self.fleet.stops:
                    process.send_signal(signal.SIGTERM)
                    told += 1
        for listener in listeners:
            listener.join()
        return code if code in set(Exit) else Exit.BUG

    def _listen(self, target: Target, stream: Any, is_error: bool) -> None:  # noqa: ANN401, FBT001
        for line in stream:
            self.fleet.hear(target, line.rstrip("\n"), is_error=is_error)
        stream.close()


def _document(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _error(document: dict[str, Any] | None) -> str:
    """What went wrong, from an error as JSON."""
    if document is None or not isinstance(document.get("error"), dict):
        return ""
    return f"error: {document['error'].get('message', '')}"


def _status(fleet: Fleet, *, as_json: bool) -> None:
    """One status of all; targets that did not answer have said why already."""
    found = {
        name: [change for document in said for change in document.get("changes", ())]
        for name, said in sorted(fleet.said.items())
    }
    if as_json:
        output.say(output.as_json({"targets": found}))
        return
    rows = [
        (name, change["name"], change["state"], change["next_phase"] or "-", _filled(change))
        for name, changes in found.items()
        for change in changes
    ]
    output.say(output.table(("target", "change", "state", "next", "rows"), rows))


def _filled(change: dict[str, Any]) -> str:
    open_ones = [one for one in change["backfills"] if not one["finished"]]
    return "; ".join(
        f"{one['rows_seen']:,} of {one['rows_estimated'] or 0:,}"
        + (f", held: {one['held_by']}" if one["held_by"] else "")
        for one in open_ones
    )


def read(file: Path) -> list[Target]:
    """The targets of a file, in its order."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{file} cannot be read: {error}"
        raise click.UsageError(message) from error
    found = document.get("targets")
    if not isinstance(found, dict) or not found or set(document) != {"targets"}:
        message = f"{file} has no targets; write\n{EXAMPLE}"
        raise click.UsageError(message)
    return [_target(file, name, given) for name, given in found.items()]


def _target(file: Path, name: str, given: object) -> Target:
    if not isinstance(given, Mapping) or not isinstance(given.get("dsn"), str):
        message = f"{file}: the target {name} has no dsn; write\n{EXAMPLE}"
        raise click.UsageError(message)
    if unknown := set(given) - set(KEYS):
        message = f"{file}: {min(unknown)!r} of {name} is none of {', '.join(KEYS)}"
        raise click.UsageError(message)
    for key, (kind, form) in FORMS.items():
        if not isinstance(given.get(key, kind()), kind):
            message = f"{file}: {key} of {name} must be {form}"
            raise click.UsageError(message)
    options = [f"--max-lag={given['max_lag']}"] if "max_lag" in given else []
    options += [f"--standby={standby}" for standby in given.get("standbys", ())]
    options += [f"--limit={signal}={value}" for signal, value in given.get("limits", {}).items()]
    options += [str(option) for option in given.get("options", ())]
    return Target(name=name, dsn=given["dsn"], options=tuple(options))


COMMAND = targets

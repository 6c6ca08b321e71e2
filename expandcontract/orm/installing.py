"""`install`: an engine that says who it is, follows the switches, and survives DDL."""

import atexit
import logging
import os
import re
import time
from typing import TYPE_CHECKING, Any, Self, get_args
from weakref import WeakSet

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.exc import DBAPIError

from expandcontract.errors import ArgumentError, ExpandContractError, ReleaseNameError
from expandcontract.orm import asking, mapping
from expandcontract.orm.polling import Polling
from expandcontract.orm.prepared import Healing, Prepared, prepare_nothing
from expandcontract.orm.retired import Guard, Retired
from expandcontract.orm.switches import Switches, switches

if TYPE_CHECKING:  # SQLAlchemy 2.1 comes without the greenlet that this needs
    from sqlalchemy.ext.asyncio import AsyncEngine

log = logging.getLogger("expandcontract.orm")

NAME_BYTES = 63
"""PostgreSQL cuts a longer application_name off."""

RELEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+:-]{0,39}")
BEAT_EVERY = 10.0
LEASE_SECONDS = 30
"""A process that was killed is taken for gone after so long."""


class Installed:
    """What `install` gives back; to be closed where an application ends before its process."""

    def __init__(
        self, engine: Engine, release: str, *, is_async: bool, every: float, follows: Switches
    ) -> None:
        self.engine, self.release, self.follows = engine, release, follows
        self.prepares_nothing = False
        self._watchers: list[Healing | Guard] = []
        self._states: set[tuple[int, str]] = set()
        self._checked = self._mapped = False
        self._may_beat = True
        self._beaten_at = 0.0
        self._lease = mapping.lease(release)
        self.configuration_error: Exception | None = None
        self.polling = Polling(
            engine, is_async=is_async, every=every, ask=self._ask, end=self._say_goodbye
        )
        _installed.add(self)

    def start(self, wait: float) -> Self:
        """Ask for the first time; raise what is wrong, and not that nobody answers."""
        self.polling.start()
        self.polling.wait(wait)
        if self.configuration_error is not None:
            self.close()
            raise self.configuration_error
        return self

    def watch(self, prepared: Prepared, retired: Retired) -> None:
        """Listen to what the engine executes."""
        self.prepares_nothing = prepared == "off"
        if prepared == "heal":
            self._watchers.append(Healing(self.engine))
        self._watchers.append(Guard(self.engine, self.follows, retired))
        event.listen(self.engine, "do_connect", self.name_connection)

    def refresh(self, wait: float = 5.0) -> bool:
        """Ask for the switches now; whether the database answered."""
        return self.polling.refresh(wait)

    def close(self) -> None:
        """Stop following; the last values stand."""
        if self in _installed:
            event.remove(self.engine, "do_connect", self.name_connection)
            for watcher in self._watchers:
                watcher.stop(self.engine)
        self.polling.stop()
        _installed.discard(self)

    def name_connection(
        self,
        dialect: Dialect,
        _record: object,
        _args: object,
        params: dict[str, Any],
    ) -> None:
        """Name the release to the server; a pooler keeps such a name with its client too."""
        self.polling.start()  # in the child of a fork it does not run yet
        if self.prepares_nothing:
            prepare_nothing(dialect, params)
        if dialect.driver == "asyncpg":
            params["server_settings"] = dict(params.get("server_settings") or {})
            params = params["server_settings"]
        _name(params, self.release)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def forked(self) -> None:
        """Go on in a child process as soon as it asks for anything."""
        self.polling.forked()
        self._lease = mapping.lease(self.release)
        self._mapped, self._beaten_at = False, 0.0
        self.follows.after_fork(self.polling.start)

    def _ask(self, connection: Connection) -> None:
        """One round."""
        names = [name for one in mapping.wanted(self.follows) for name in one.names]
        found = asking.positions(connection, names)
        self.follows.put(found)
        states = {(one.change_id, one.state) for one in found}
        if states != self._states:  # a phase is over: there was DDL
            self._states = states
            for watcher in self._watchers:
                watcher.renew()
        if not self._checked:
            self._check(connection)
            self._checked = True
        if self._may_beat and time.monotonic() - self._beaten_at >= BEAT_EVERY:
            self._beat(connection)

    def _check(self, connection: Connection) -> None:
        try:
            mapping.check(connection, self.follows)
        except ExpandContractError as error:
            self.configuration_error = error

    def _beat(self, connection: Connection) -> None:
        try:
            if not self._mapped:
                asking.tell_mapping(connection, self._lease)
            others = asking.beat(connection, self._lease, seconds=LEASE_SECONDS)
        except DBAPIError as error:
            if asking.sqlstate(error) is None:
                raise  # the connection is gone
            self._may_beat = asking.sqlstate(error) in {asking.NO_SCHEMA, "42883"}
            if not self._may_beat:
                log.warning("no heartbeat of this release: %s", str(error.orig).splitlines()[0])
            return
        if others and not self._mapped:
            problem = (
                f"a live process of the same release maps {', '.join(others)} in another way; "
                "give each build a name of its own"
            )
            self.configuration_error = ReleaseNameError(self.release, problem)
        self._mapped, self._beaten_at = True, time.monotonic()
        for attribute in mapping.wanted(self.follows):
            self._tell_compared(connection, attribute)

    def _tell_compared(self, connection: Connection, attribute: Any) -> None:  # noqa: ANN401
        position = attribute.position()
        if attribute.shadow is None or position is None:
            return
        counts = attribute.shadow.take()
        try:
            if counts[0]:
                asking.tell_compared(connection, position.change_id, self.release, counts)
        except DBAPIError:
            attribute.shadow.give_back(counts)
            raise

    def _say_goodbye(self, connection: Connection) -> None:
        if self._mapped:
            asking.beat(connection, self._lease, seconds=0)


_installed: "WeakSet[Installed]" = WeakSet()


def _in_child() -> None:
    for one in list(_installed):
        one.forked()


def _at_exit() -> None:
    for one in list(_installed):
        one.close()


os.register_at_fork(after_in_child=_in_child)
atexit.register(_at_exit)


def install(  # noqa: PLR0913  # two are needed, the others are said by their names
    engine: "Engine | AsyncEngine",
    *,
    release: str,
    every: float = 2.0,
    wait: float = 5.0,
    prepared: Prepared = "heal",
    retired: Retired = "warn",
    follows: Switches = switches,
) -> Installed:
    """Let an engine name its release to the server and follow the switches of its database.

    Call it once, after the classes are mapped and before the first connection. It waits up to
    `wait` seconds for the database's first answer, and raises when an attribute follows a change
    that is not there, maps a column that is not there, or when the release's name is taken. A
    database that does not answer is no error: everything is read from the old side until it does.

    `prepared` says what becomes of statements that the server has prepared when DDL makes them
    useless: they are healed, there are none (`off`), or they fail as without this (`leave`).
    `retired` says what code that touches a column which contract will drop gets: a warning, an
    error, or nothing (`ignore`).
    """
    if RELEASE.fullmatch(release) is None:
        problem = "it must be 1 to 40 letters, digits and ._+:-, beginning with one of the first"
        raise ReleaseNameError(release, problem)
    if prepared not in get_args(Prepared):
        raise ArgumentError("ec.orm.install", "prepared", prepared, "'heal', 'off' or 'leave'")
    if retired not in get_args(Retired):
        raise ArgumentError("ec.orm.install", "retired", retired, "'warn', 'error' or 'ignore'")
    if not every > 0:
        raise ArgumentError("ec.orm.install", "every", every, "a number of seconds above 0")
    sync = engine if isinstance(engine, Engine) else engine.sync_engine
    if any(one.engine is sync for one in _installed):
        raise ArgumentError("ec.orm.install", "engine", engine, "an engine not installed before")
    is_async = sync is not engine
    made = Installed(sync, release, is_async=is_async, every=every, follows=follows)

    made.watch(prepared, retired)
    return made.start(wait)


def _name(where: dict[str, Any], release: str) -> None:
    """`shop@2026.11.21`: what the application calls itself, and its release."""
    name = str(where.get("application_name") or "app").partition("@")[0]
    room = NAME_BYTES - len(release) - 1
    short = name.encode()[:room].decode(errors="ignore")
    where["application_name"] = f"{short}@{release}"

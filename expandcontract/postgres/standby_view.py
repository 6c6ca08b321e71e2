"""A standby, asked on a connection of its own, several times a second, in a thread.

Where the primary may not be asked, knows too little (a delay, a cascade), or is told too late.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, LiteralString, Self

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from expandcontract.errors import (
    ConnectionLostError,
    DatabaseError,
    DsnUnreadableError,
    ServerRefusedError,
)
from expandcontract.postgres.secrets import without_secret
from expandcontract.postgres.session import BEGIN, Session, open_session

EVERY = 0.1
AGAIN = 1.0
"""Seconds before a standby that does not answer is asked again."""

QUICK = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
"""A network that swallows everything is noticed in some ten seconds."""

# primary_conninfo is not shown to everybody; pg_settings then leaves its line out.
SIGHT: LiteralString = """
    SELECT pg_catalog.pg_is_in_recovery(),
           (pg_catalog.pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::text,
           (SELECT setting::float8 / 1000 FROM pg_catalog.pg_settings
            WHERE name = 'recovery_min_apply_delay'),
           coalesce((SELECT substring(setting from 'application_name=''?([^'' ]+)')
                     FROM pg_catalog.pg_settings WHERE name = 'primary_conninfo'),
                    nullif(current_setting('cluster_name'), ''))
"""
NOT_OFFERED = "0A000"
PROMOTED = "it is no standby (any more): was it promoted? Then give the new primary's DSN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a standby said last."""

    name: str
    replayed: int | None = None
    delay: float = 0.0  #: seconds that it is told to stay behind
    at: float = float("-inf")
    problem: str = ""


class StandbyView:
    """Watches one standby until it is closed."""

    def __init__(self, dsn: str, clock: Callable[[], float]) -> None:
        self._name, self._dsn = named(dsn)
        self._clock = clock
        self._over = threading.Event()
        self._first = threading.Event()
        self._sight = Sight(name=self._name, problem="it has not answered yet")
        self._is_serializable = False
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> Self:
        """Begin to ask."""
        self._thread.start()
        return self

    def sight(self, patience: float = 0.0) -> Sight:
        """What it said last; the first time wait for it a moment."""
        self._first.wait(patience)
        return self._sight

    def close(self) -> None:
        """Ask no more; a thread that waits for an answer is left to end by itself."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=1.0)

    def _watch(self) -> None:
        while not self._over.is_set():
            try:
                session = open_session(make_conninfo(self._dsn, **QUICK), "expandcontract lag")
                try:
                    self._ask_often(session)
                finally:
                    session.close()
            except ConnectionLostError as error:
                self._lost(error.message)
            except DatabaseError as error:
                self._lost(str(error))
            self._over.wait(AGAIN)

    def _ask_often(self, session: Session) -> None:
        while not self._over.is_set():
            try:
                in_recovery, replayed, delay, own_name = self._asked(session)
            except ServerRefusedError as error:
                if error.sqlstate == NOT_OFFERED and not self._is_serializable:
                    self._is_serializable = True
                    continue
                self._lost(error.message)
                return
            name = self._name if not own_name or self._is_named else own_name
            self._sight = Sight(
                name=name,
                replayed=None if replayed is None else int(replayed),
                delay=delay or 0.0,
                at=self._clock(),
                problem="" if in_recovery else PROMOTED,
            )
            self._first.set()
            self._over.wait(EVERY)

    def _asked(self, session: Session) -> tuple[Any, ...]:
        """Its answer; a standby has no serializable transactions, whatever a database's default."""
        if not self._is_serializable:
            return session.rows(SIGHT)[0]
        session.run(f"{BEGIN} READ ONLY")
        try:
            return session.rows(SIGHT)[0]
        finally:
            session.run("END")

    @property
    def _is_named(self) -> bool:
        return ":" not in self._name

    def _lost(self, why: str) -> None:
        said, *rest = why.splitlines() or ["no reason was given"]
        if said.endswith(":"):  # of several addresses the first line names none
            said = " ".join([said, *(line.strip() for line in rest)])
        problem = f"it does not answer ({said}); bring it back, or leave it out"
        self._sight = Sight(name=self._sight.name, at=self._clock(), problem=problem)
        self._first.set()


def is_address(text: str) -> bool:
    """Whether a standby is given by its DSN, and not by the name under which it streams.

    >>> is_address("standby1"), is_address("host=b"), is_address("b=postgresql://b/")
    (False, True, True)
    """
    return "=" in text or "://" in text


def named(text: str) -> tuple[str, str]:
    """The name and the DSN of `NAME=DSN`; without a name, host and port.

    >>> named("replica2=postgresql://b:5433/db")
    ('replica2', 'postgresql://b:5433/db')
    >>> named("host=b port=5433"), named("postgresql://b/db")[0]
    (('b:5433', 'host=b port=5433'), 'b:5432')

    What libpq cannot read is refused, whoever it is meant for.
    """
    name, equals, rest = text.partition("=")
    if equals and "://" not in name and is_address(rest):
        try:
            conninfo_to_dict(text)
        except ProgrammingError:
            _parts(rest, name)
            return name, rest
    parts = _parts(text, "a standby")
    return f"{parts.get('host') or 'local'}:{parts.get('port') or 5432}", text


def _parts(dsn: str, of: str) -> dict[str, Any]:
    try:
        return conninfo_to_dict(dsn)
    except ProgrammingError as error:
        problem = without_secret(str(error).strip().partition("\n")[0], dsn)
        raise DsnUnreadableError(f"{of}: {problem}") from None

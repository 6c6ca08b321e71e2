"""Every statement that goes over a SQLAlchemy connection, measured while it is carried out."""

import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import ClientCursor
from psycopg.pq import TransactionStatus
from sqlalchemy import event

from expandcontract.lint.effects import Effects
from expandcontract.lint.forms.query import Query
from expandcontract.rehearsal.claims import Claims
from expandcontract.rehearsal.comparing import LEAST, differences
from expandcontract.rehearsal.looking import (
    Relations,
    View,
    done_between,
    done_outside,
    look,
    relations,
)
from expandcontract.rehearsal.seen import Ran, Rehearsal, Stage
from expandcontract.rehearsal.watching import watched

_SETS = re.compile(
    r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|RESET|SHOW|START|END|ABORT)\b", re.IGNORECASE
)
"""Words that touch no table; measuring them would begin transactions that are not theirs."""
_OURS = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE|LOCK TABLE expandcontract)\b")
"""With these a step asks its probes, keeps the ledger, and writes a chunk."""
_SOURCE = str(Path(__file__).parents[1])
_REFLECTION = str(Path("sqlalchemy", "engine", "reflection.py"))


@dataclass(slots=True)
class _Open:
    """A statement between its beginning and its end."""

    sql: str
    line: int | None
    said: Effects
    is_ours: bool
    begun: float = 0.0
    view: View | None = None
    before: Relations = field(default_factory=dict)
    watch: Any = None  #: the context manager of a watched statement
    held: dict[int, Any] = field(default_factory=dict)
    wrapped: bool = False


class Tape:
    """Measures what is sent for the stages that it is told of."""

    def __init__(
        self, address: str, claims: Claims, found: Rehearsal, stages: dict[str, Stage]
    ) -> None:
        self.placed: int | None = None  #: set by batch operations
        self._address = address
        self._claims = claims
        self._found = found
        self._stages = stages
        self._stage: Stage | None = None
        self._phase: Stage | None = None
        self._stood: Relations = {}
        self._open: _Open | None = None

    def listen(self, engine: sa.Engine) -> None:
        """Measure what goes over the connections of an engine."""
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)
        event.listen(engine, "handle_error", self._failed)

    def phase(self, stage: Stage | None) -> None:
        """From now on statements are those of a phase, whoever sends them; None ends that."""
        self._phase = stage

    def let_go(self) -> None:
        """Measure no more; whoever still watches a statement ends."""
        one, self._open = self._open, None
        if one is not None and one.watch is not None:
            one.watch.__exit__(None, None, None)

    def line(self) -> int | None:
        """The line of the revision that is running."""
        place = self._place()
        return None if place is None else place[1]

    def _before(  # SQLAlchemy gives these
        self,
        connection: Any,  # noqa: ANN401
        _cursor: object,
        text: str,
        parameters: Any,  # noqa: ANN401
        context: Any,  # noqa: ANN401
        _many: object,
    ) -> None:
        self._open = None
        place = self._place()
        stage = self._phase or (self._stages[place[0]] if place else None)
        is_ours = self._is_ours()
        if stage is None or _SETS.match(text) or (is_ours and _OURS.match(text)):
            return
        driver = connection.connection.dbapi_connection
        if driver.info.transaction_status is TransactionStatus.INERROR:
            return
        self._begin(stage, driver)
        bare = context is not None and context.no_parameters
        sql = _tidy(text if bare else _written(driver, text, parameters))
        one = _Open(sql, place[1] if place else None, self._claims.of(sql), is_ours)
        self._open = one
        self._enter(one, driver)
        one.begun = time.monotonic()

    def _begin(self, stage: Stage, driver: "psycopg.Connection[Any]") -> None:
        if stage is not self._stage:
            self._stage = stage
            self._claims.begin()
            with psycopg.connect(self._address, autocommit=True) as other:
                self._stood = relations(other)  # what a transaction has made is nobody else's yet
            other.close()
            if driver.info.transaction_status is TransactionStatus.INTRANS:
                self._stood = {**self._stood, **relations(driver)}

    def _enter(self, one: _Open, driver: "psycopg.Connection[Any]") -> None:
        if not driver.autocommit or driver.info.transaction_status is TransactionStatus.INTRANS:
            one.view = look(driver)
        elif one.said.read and one.said.transactional:
            driver.execute("BEGIN")
            one.wrapped, one.view = True, look(driver)
        else:
            one.before = relations(driver)
            one.watch = watched(self._address, driver.info.backend_pid, self._in_the_way(one))
            one.held = one.watch.__enter__()

    def _in_the_way(self, one: _Open) -> list[str]:
        """The tables whose writers such a statement waits for."""
        claimed = {lock.relation for lock in one.said.locks if lock.mode >= LEAST}
        schemas = self._claims.history.search_path
        full = claimed | {f"{schema}.{name}" for schema in schemas for name in claimed}
        return [r.quoted for r in one.before.values() if r.name in full and r.kind in "rp"]

    def _after(self, connection: Any, *_: Any) -> None:  # noqa: ANN401
        one, self._open = self._open, None
        if one is None or self._stage is None:
            return
        seconds = time.monotonic() - one.begun
        driver = connection.connection.dbapi_connection
        if one.watch is not None:
            one.watch.__exit__(None, None, None)
            seen = done_outside(one.before, relations(driver), one.held, self._stood)
        elif one.view is not None:
            after = look(driver)
            seen = done_between(one.view, after, self._stood)
            if one.wrapped:
                driver.execute("COMMIT")
        else:
            return
        reads = self._claims.take(one.sql)
        found = differences(
            seen,
            one.said,
            schemas=self._claims.history.search_path,
            is_query=any(isinstance(read.node, Query) for read in reads),
            stood=frozenset(one.name for one in self._stood.values() if not one.is_index),
        )
        ran = Ran(
            stage=self._stage,
            line=one.line,
            sql=one.sql,
            seconds=seconds,
            seen=seen,
            said=one.said,
            differences=tuple(found),
        )
        if self._stage.wanted and (not one.is_ours or _tells(ran)):
            self._found.ran.append(ran)

    def _is_ours(self) -> bool:
        """Whether a step of ours sends it, and not the revision itself."""
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  it is told nowhere else
        while frame is not None:
            name = frame.f_code.co_filename
            if name in self._stages:
                return False
            if name.startswith(_SOURCE) and name != __file__:
                return True
            frame = frame.f_back
        return False

    def _place(self) -> tuple[str, int] | None:
        """The file and the line of the revision that is running."""
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  it is told nowhere else
        while frame is not None:
            name = frame.f_code.co_filename
            if name.endswith(_REFLECTION):
                return None
            if name in self._stages:
                return name, self.placed or frame.f_lineno
            frame = frame.f_back
        return None

    def _failed(self, context: Any) -> None:  # noqa: ANN401
        """Let go of a statement that failed."""
        one, self._open = self._open, None
        if one is not None and one.watch is not None:
            one.watch.__exit__(None, None, None)
        if one is not None and one.wrapped:
            context.connection.connection.dbapi_connection.rollback()


def _tells(ran: Ran) -> bool:
    """Whether a step did anything to a relation that others see."""
    seen = ran.seen
    strong = any(mode >= LEAST for mode in seen.locks.values())
    return strong or bool(seen.rewrites or seen.builds or ran.differences)


def _written(driver: "psycopg.Connection[Any]", text: str, parameters: Any) -> str:  # noqa: ANN401
    """The text with its values in place; of many rows the first."""
    first = parameters[0] if isinstance(parameters, list) and parameters else parameters
    return ClientCursor(driver).mogrify(text, first) if first else text.replace("%%", "%")


def _tidy(text: str) -> str:
    return text.strip().rstrip(";")

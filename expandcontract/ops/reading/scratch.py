"""The revisions run for real, on a server where nothing is lost: what they send is what is judged.

What a revision asks its database is answered, on tables without rows. The database is made for
this and dropped afterwards.
"""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic.config import Config
from alembic.operations.base import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script.base import ScriptDirectory
from psycopg import ClientCursor, sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import event

from expandcontract.ops.errors import ScratchError
from expandcontract.ops.reading.batches import place_batches
from expandcontract.ops.reading.environment import Said
from expandcontract.ops.reading.guards import guarded
from expandcontract.ops.reading.written import Gap, Statement, Written, line_of, told

EMBEDDED = "embedded"
_OURS = os.path.join("expandcontract", "ops", "invoking.py")  # noqa: PTH118  # of a file name
_REFLECTION = os.path.join("sqlalchemy", "engine", "reflection.py")  # noqa: PTH118


@contextmanager
def server(address: str) -> Iterator[str]:
    """The address of a server to make databases on: a new one of ours, or the one named."""
    if address != EMBEDDED:
        yield address
        return
    from expandcontract import embedded  # noqa: PLC0415  # programs of their own

    with embedded.start() as cluster:
        yield cluster.primary.dsn


@contextmanager
def database(address: str) -> Iterator[str]:
    """A new, empty database on a server; its address."""
    name = f"expandcontract_{secrets.token_hex(6)}"
    with closing(connected(address)) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield make_conninfo(address, dbname=name, client_encoding="UTF8")
        finally:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))


def connected(address: str) -> psycopg.Connection:
    """Connect in autocommit, or say what a scratch server has to be."""
    try:
        return psycopg.connect(address, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        raise ScratchError(str(error).strip().splitlines()[0]) from None


NO_ROWS = "it found no rows on the scratch server; what it does for a row was not seen"


@dataclass(slots=True, kw_only=True)
class Sent:
    """What each revision sent, and why the run ended early."""

    written: dict[tuple[str, bool], Written] = field(default_factory=dict)
    """By path, forwards and (True) backwards."""
    failure: str = ""
    failure_back: str = ""


def sent(config: Config, said: Said, address: str, path: list[str], *, back: bool) -> Sent:
    """Upgrade an empty database from base to the heads, and then `back`; take down what is sent.

    The run ends where a revision fails. `path` is where they find what they import.
    """
    found = Sent()
    engine = sa.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(address), poolclass=sa.NullPool
    )
    with guarded(), engine.connect() as connection:
        sys.path[:] = path
        script = ScriptDirectory.from_config(config)
        tape = _Tape(found, {one.path: one.revision for one in script.walk_revisions()})
        event.listen(engine, "before_cursor_execute", tape.take)
        event.listen(engine, "after_cursor_execute", tape.answered)
        try:
            _run(config, script, connection, said, tape)
            if back:
                connection.rollback()
                tape.back = True
                _run(config, script, connection, said, tape)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a revision does
            tape.stopped(error)
    return found


def _run(
    config: Config,
    script: ScriptDirectory,
    connection: sa.Connection,
    said: Said,
    tape: "_Tape",
) -> None:
    def steps(heads: Any, _context: MigrationContext) -> Any:  # noqa: ANN401
        if tape.back:
            return script._downgrade_revs("base", heads)  # noqa: SLF001  # as alembic.command does
        return script._upgrade_revs("heads", heads)  # noqa: SLF001

    end = "base" if tape.back else "heads"
    with EnvironmentContext(config, script, fn=steps, destination_rev=end) as environment:
        kept = {k: v for k, v in said.options.items() if k in {"target_metadata", "expandcontract"}}
        kept["expandcontract"] = {**(kept.get("expandcontract") or {}), "marks": False}
        environment.configure(connection=connection, transaction_per_migration=True, **kept)
        context = environment.get_context()
        tape.follow(context)
        with environment.begin_transaction(), Operations.context(context) as operations:
            place_batches(operations, tape)
            context.run_migrations(**said.arguments)


class _Tape:
    """Takes down every statement that a revision sends, values in place."""

    def __init__(self, found: Sent, revisions: dict[str, str]) -> None:
        self.placed: int | None = None
        self.back = False  #: it goes backwards now
        self._found = found
        self._revisions = revisions

    def line(self) -> int | None:
        """The line of the revision that is running."""
        place = self._place()
        return None if place is None else place[1]

    def take(self, connection: Any, _cursor: Any, text: str, parameters: Any, *_: Any) -> None:  # noqa: ANN401
        """Take a statement that is about to be sent."""
        cursor = ClientCursor(connection.connection.dbapi_connection)
        for one in parameters if isinstance(parameters, list) else [parameters]:
            self._say(cursor.mogrify(text, one) if one else text.replace("%%", "%"))

    def answered(self, _connection: Any, cursor: Any, *_: Any) -> None:  # noqa: ANN401
        """Note that a query of the revision found nothing."""
        place = self._place()
        if place is not None and cursor.description is not None and cursor.rowcount == 0:
            self._written(place[0]).parts.append(Gap(place[1], NO_ROWS, ends=False, mild=True))

    def follow(self, context: MigrationContext) -> None:
        """Take down where autocommit blocks begin and end, as they are written offline."""
        block = context.autocommit_block

        @contextmanager
        def told_block() -> Iterator[None]:
            self._say("COMMIT")
            try:
                with block():
                    yield
            finally:
                self._say("BEGIN")

        context.autocommit_block = told_block  # type: ignore[method-assign]

    def stopped(self, error: BaseException) -> None:
        """Note which revision ended the run."""
        failure = told(error)
        for path in self._revisions:
            if (line := line_of(error, path)) is not None:
                failure = f"{Path(path).name}:{line}: {told(error)}"
                self._written(path).parts.append(Gap(line, told(error)))
        if not self.back:
            self._found.failure = failure
        self._found.failure_back = failure

    def _say(self, statement: str) -> None:
        if place := self._place():
            text = statement.strip().rstrip(";") + ";"
            self._written(place[0]).parts.append(Statement(text, place[1]))

    def _written(self, path: str) -> Written:
        new = Written(path=path, revision=self._revisions[path], back=self.back)
        return self._found.written.setdefault((path, self.back), new)

    def _place(self) -> tuple[str, int] | None:
        """The file and the line of the revision that is running; none for what we do for it."""
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  it is told nowhere else
        while frame is not None:
            name = frame.f_code.co_filename
            if name.endswith((_OURS, _REFLECTION)):
                return None
            if name in self._revisions:
                return name, self.placed or frame.f_lineno
            frame = frame.f_back
        return None

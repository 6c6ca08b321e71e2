"""Reads the revisions of a project: each in its order, for each database that env.py names."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from alembic.config import Config
from alembic.operations.base import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.script.base import ScriptDirectory

from expandcontract.ops.history import SINK
from expandcontract.ops.reading import environment as env
from expandcontract.ops.reading.batches import place_batches
from expandcontract.ops.reading.binding import bind
from expandcontract.ops.reading.environment import Said
from expandcontract.ops.reading.files import RevisionFile, files
from expandcontract.ops.reading.guards import guarded
from expandcontract.ops.reading.written import Written

Function = tuple[RevisionFile, bool]
"""The file, and whether its way back is meant."""
Spread = Callable[[Sequence[Function], Callable[[Function], Written]], Iterable[Written]]

ONLY_OFFLINE = "it asks whether it is offline; only what it does then is judged"


@dataclass(slots=True, kw_only=True)
class Run:
    """The revisions as they are run on one database."""

    said: Said
    written: list[Written] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Reading:
    """All revision files in their order, and what they write on each database."""

    files: list[RevisionFile] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    failure: str | None = None  #: why env.py was not run to its end
    path: list[str] = field(default_factory=list)  #: where the revisions found what they import


def _one_by_one(
    functions: Sequence[Function], write: Callable[[Function], Written]
) -> Iterable[Written]:
    return map(write, functions)


def read(
    config: Config,
    wanted: Callable[[str], bool],
    *,
    downgrades: bool,
    dialect: str = env.POSTGRES,
    spread: Spread = _one_by_one,
) -> Reading:
    """Read every revision forwards, and backwards those that are wanted.

    `dialect` is SQLAlchemy's name of the server whose SQL they shall write; `spread` gives what
    each function writes, and may let other processes do so.
    """
    reading = Reading()

    def take(environment: EnvironmentContext, operations: Operations, said: Said) -> None:
        if not reading.files:  # only now, since env.py may have made importable what they import
            reading.files += files(script)
        run = Run(said=said)
        reading.runs.append(run)
        functions = [
            (one, back)
            for one in reading.files
            for back in (False, True)
            if not back or (downgrades and wanted(one.path) and hasattr(one.module, "downgrade"))
        ]

        def write(function: Function) -> Written:
            return _read(environment, operations, said, *function)

        run.written += spread(functions, write)

    with guarded():
        script = ScriptDirectory.from_config(config)
        reading.failure = env.run(config, script, take, dialect=dialect)
        reading.path = list(sys.path)
    return reading


def _read(
    environment: EnvironmentContext,
    operations: Operations,
    said: Said,
    one: RevisionFile,
    back: bool,  # noqa: FBT001  # the second half of a `Function`
) -> Written:
    written = Written(path=one.path, revision=one.revision, back=back)
    if not back:
        written.parts += one.faults
    if one.module is None:
        return written
    bind(operations.migration_context, written)
    operations.migration_context.opts[SINK] = written.take
    place_batches(operations, written)
    _let_ask(environment, written)
    _call(one.module, written, said.arguments)
    return written


def _let_ask(environment: EnvironmentContext, written: Written) -> None:
    def is_offline_mode() -> bool:
        if written.line() is not None:
            written.note(ONLY_OFFLINE, mild=True)
        return True

    environment.is_offline_mode = is_offline_mode  # type: ignore[method-assign]


def _call(module: ModuleType, written: Written, arguments: dict[str, Any]) -> None:
    function = getattr(module, "downgrade" if written.back else "upgrade", None)
    try:
        if function is not None:
            function(**arguments)
    except NotImplementedError as error:
        if not written.back:  # backwards it is the way to say that there is no way back
            written.stopped(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001  whatever one does, the rest is read
        written.stopped(error)

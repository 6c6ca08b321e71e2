"""A project's env.py, run offline: it says how its revisions are run, and runs none of them."""

import argparse
import builtins
import importlib.util
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.operations.base import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.script.base import ScriptDirectory
from sqlalchemy.engine.url import make_url

from expandcontract.ops.reading.binding import write_any_value
from expandcontract.ops.reading.flask import application
from expandcontract.ops.reading.guards import opened
from expandcontract.ops.reading.written import line_of, told

_PER_MIGRATION = re.compile(r"transaction_per_migration\s*=\s*True")
_AUTOCOMMIT = re.compile(r"transactional_ddl\s*=\s*False|isolation_level\W+AUTOCOMMIT\b")
_KEPT_FROM_ENV = ("dialect_name", "dialect", "dialect_opts", "url", "connection", "output_encoding")
POSTGRES = "postgresql"  #: as SQLAlchemy calls it
_WAYS = frozenset({"as_sql", "output_buffer", "literal_binds"})


@dataclass(slots=True, kw_only=True)
class Said:
    """What env.py gave to one `context.configure()` and `context.run_migrations()`."""

    options: dict[str, Any] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    backend: str = POSTGRES  #: the kind of database that its address names
    autocommit: bool = False
    per_migration: bool = False

    @property
    def database(self) -> str | None:
        """The name under which env.py runs it, where it has several."""
        name = self.arguments.get("engine_name")
        return None if name is None else str(name)


Take = Callable[[EnvironmentContext, Operations, Said], None]


def run(
    config: Config, script: ScriptDirectory, take: Take, *, dialect: str = POSTGRES
) -> str | None:
    """Run env.py, and give each of its runs away; what made it fail, if something did.

    Whatever database env.py names, SQL is written as SQLAlchemy's `dialect` writes it. If it fails
    before its first run, one is made up of what it was about to say.
    """
    config.cmd_opts = config.cmd_opts or argparse.Namespace(
        x=None, sql=True, tag=None, revision="heads", cmd=(command.upgrade, ["revision"], [])
    )
    path = Path(script.dir) / "env.py"
    text = path.read_text("utf-8", errors="replace") if path.is_file() else ""
    runs = _Runs(take, text, dialect, backend=dialect)
    names: dict[str, Any] = {}
    failure = None
    with _stand_in(config, script, runs) as environment:
        try:
            with application(text) as extra:
                runs.extra = extra
                _executed(path, names)
            if not runs.count:
                failure = f"{path}: it did not call context.run_migrations()"
        except (Exception, SystemExit) as error:  # noqa: BLE001  whatever env.py does
            failure = f"{path}:{line_of(error, str(path)) or 1}: {told(error)}"
        if not runs.count:
            _without(environment, config, names)
    return failure


def _without(environment: EnvironmentContext, config: Config, names: Mapping[str, Any]) -> None:
    """The runs that env.py would have made, by what can be told of them."""
    metadata = names.get("target_metadata")
    databases = re.split(r",\s*", config.get_main_option("databases") or "")
    for name in databases:
        known = metadata.get(name) if isinstance(metadata, dict) else metadata
        environment.configure(target_metadata=known)
        environment.run_migrations(**({"engine_name": name} if name else {}))


def _executed(path: Path, names: dict[str, Any]) -> None:
    spec = importlib.util.spec_from_file_location("env_py", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    module.__dict__["__builtins__"] = {**vars(builtins), "open": opened}
    try:
        spec.loader.exec_module(module)
    finally:
        names.update(module.__dict__)


@dataclass(slots=True)
class _Runs:
    """The runs of one env.py, as they come."""

    take: Take
    text: str
    dialect: str  #: whose SQL is written
    extra: Mapping[str, Any] = field(default_factory=dict)  #: what it would add online
    options: dict[str, Any] = field(default_factory=dict)
    backend: str = POSTGRES
    count: int = 0

    def said(self, arguments: dict[str, Any]) -> Said:
        told = {**self.extra, **self.options}
        return Said(
            options=self.options,
            arguments=arguments,
            backend=self.backend,
            autocommit=told.get("transactional_ddl") is False
            or bool(_AUTOCOMMIT.search(self.text)),
            per_migration=bool(told.get("transaction_per_migration"))
            or bool(_PER_MIGRATION.search(self.text)),
        )


@contextmanager
def _stand_in(config: Config, script: ScriptDirectory, runs: _Runs) -> Iterator[EnvironmentContext]:
    """An environment for env.py in which a run goes to us; what `context.…` calls is replaced."""
    environment = EnvironmentContext(config, script, as_sql=True)
    configure = environment.configure

    def configured(connection: Any = None, url: Any = None, **given: Any) -> None:  # noqa: ANN401
        runs.backend = _backend(url or getattr(connection, "dialect", None)) or runs.dialect
        runs.options = {k: v for k, v in given.items() if k not in _KEPT_FROM_ENV}
        kept = {k: v for k, v in runs.options.items() if k not in _WAYS}
        configure(
            dialect_name=runs.dialect,
            output_buffer=StringIO(),
            literal_binds=True,
            dialect_opts={"paramstyle": "named"},
            **kept,
        )
        write_any_value(environment.get_context())

    def run_migrations(**arguments: Any) -> None:  # noqa: ANN401
        runs.count += 1
        with Operations.context(environment.get_context()) as operations:
            runs.take(environment, operations, runs.said(arguments))

    environment.configure = configured  # type: ignore[method-assign, assignment]
    environment.run_migrations = run_migrations  # type: ignore[method-assign]
    with environment:
        yield environment


def _backend(given: object) -> str | None:
    """The kind of database behind an address; what alembic's template says is none."""
    if given is None:
        return None
    name = getattr(given, "name", None)
    if name is None:
        try:
            name = make_url(given).get_backend_name()  # type: ignore[arg-type]
        except Exception:  # noqa: BLE001  # no address; nothing is connected to anyhow
            return None
    return None if name == "driver" else str(name)

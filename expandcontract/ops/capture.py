"""Which phases the revisions of a project carry out, told without a database and without env.py."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from alembic.config import Config
from alembic.operations.base import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.script.base import Script, ScriptDirectory
from alembic.util import CommandError

from expandcontract.changes.base import Change
from expandcontract.model.phase import Phase
from expandcontract.ops.errors import (
    ProjectNotReadError,
    RevisionNotReadError,
    RevisionStoppedError,
)
from expandcontract.ops.history import SINK
from expandcontract.ops.operations import OPERATIONS, PhaseOp
from expandcontract.ops.reading.directory import opened
from expandcontract.ops.reading.files import paths

TEMPLATE_URL = "driver://user:pass@localhost/dbname"
"""What `alembic init` writes where nobody has written anything yet."""

_OURS = re.compile(rf"\bop\.({'|'.join(kind.name for kind in OPERATIONS)})\(")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPhase:
    """One of our operations in the `upgrade()` of a revision."""

    revision: str
    path: str
    phase: Phase
    change: Change
    reverts: bool


def alembic_config(path: Path) -> Config:
    """The configuration of a project: its folder, its `alembic.ini` or its `pyproject.toml`.

    As for the `alembic` command, either file may hold what the other one does not.
    """
    folder = path if path.is_dir() else path.parent
    ini, toml = folder / "alembic.ini", folder / "pyproject.toml"
    if path.suffix == ".toml":
        toml = path
    elif path != folder:
        ini = path
    if not ini.is_file() and not toml.is_file():
        missing = "there is no such file; go to its folder, or name it by alembic_config"
        raise ProjectNotReadError(str(path), missing)
    config = Config(file_=str(ini), toml_file=str(toml))
    if config.get_alembic_option("script_location") is None:
        if not (folder / "env.py").is_file():
            raise ProjectNotReadError(str(path), "it names no script_location")
        config.set_main_option("script_location", str(folder).replace("%", "%%"))  # Flask-Migrate
    return config


def database_url(config: Config) -> str | None:
    """The project's `sqlalchemy.url`; None where env.py has it from elsewhere."""
    try:
        url = config.get_alembic_option("sqlalchemy.url")
    except ValueError:  # an interpolation that only env.py could fill
        return None
    return url if url and url != TEMPLATE_URL else None


def planned(config: Config, revisions: str | None = None) -> list[PlannedPhase]:
    """What the revisions do, oldest first.

    `revisions` is one revision, or a range as in `alembic upgrade --sql`: `r1:head` is what comes
    after r1. Without it, all are meant.
    """
    try:
        script = opened(config)
        wanted = list(_scripts(script, revisions))
        return [phase for one in reversed(wanted) for phase in _phases(config, script, one)]
    except RevisionStoppedError as stopped:
        raise stopped.error from stopped
    except CommandError as error:
        raise ProjectNotReadError(config.config_file_name or "", str(error)) from error


def revision_paths(config: Config) -> list[Path]:
    """Where the revision files of a project lie, whatever is wrong with some."""
    try:
        return list(paths(ScriptDirectory.from_config(config)))
    except CommandError as error:
        raise ProjectNotReadError(config.config_file_name or "", str(error)) from error


def files_of(config: Config, revisions: str) -> list[str]:
    """The files of one revision or of a range, newest first."""
    try:
        return [one.path for one in _scripts(opened(config), revisions)]
    except CommandError as error:
        raise ProjectNotReadError(config.config_file_name or "", str(error)) from error


def _scripts(script: ScriptDirectory, revisions: str | None) -> Iterator[Script]:
    """The revisions that are meant, newest first."""
    if revisions is None:
        yield from script.walk_revisions()
        return
    low, colon, high = revisions.rpartition(":")
    if not colon:
        yield from script.get_revisions(high)
        return
    below = {one.revision for one in script.walk_revisions("base", low)} if low else set()
    for one in script.walk_revisions("base", high or "heads"):
        if one.revision not in below:
            yield one


def _phases(config: Config, script: ScriptDirectory, one: Script) -> list[PlannedPhase]:
    found: list[PlannedPhase] = []

    def take(op: PhaseOp) -> None:
        found.append(
            PlannedPhase(
                revision=one.revision,
                path=one.path,
                phase=op.phase,
                change=op.change,
                reverts=op.reverts,
            )
        )

    with EnvironmentContext(config, script, as_sql=True, **{SINK: take}) as environment:
        environment.configure(
            dialect_name="postgresql",
            output_buffer=StringIO(),
            dialect_opts={"paramstyle": "named"},
        )
        with Operations.context(environment.get_context()):
            try:
                one.module.upgrade()
            except RevisionStoppedError:
                raise
            except Exception as error:
                # A revision that asks its database is nothing to us, unless a phase stands in it.
                if _OURS.search(Path(one.path).read_text("utf-8")):
                    raise RevisionNotReadError(one.revision, error) from error
    return found

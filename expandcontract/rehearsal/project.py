"""The Alembic project of a rehearsal: which of its revisions are meant, and how they are run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic.config import Config
from alembic.operations.base import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script.base import ScriptDirectory
from alembic.util import CommandError

from expandcontract.model.names import TableName
from expandcontract.ops.errors import ProjectNotReadError
from expandcontract.ops.reading.batches import Placing, place_batches
from expandcontract.ops.reading.directory import opened
from expandcontract.ops.reading.environment import Said
from expandcontract.ops.reading.guards import guarded
from expandcontract.ops.reading.reader import Reading, Run
from expandcontract.rehearsal.errors import NotPendingError, SeveralDatabasesError
from expandcontract.rehearsal.seen import Stage

_KEPT = frozenset(
    {"target_metadata", "version_table", "version_table_schema", "version_table_pk"}
    | {"user_module_prefix", "render_as_batch", "expandcontract"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What env.py said for one database, and the revisions."""

    config: Config
    said: Said
    path: list[str] = field(default_factory=list)  #: where the revisions find what they import
    several: bool = False  #: databases

    @property
    def script(self) -> ScriptDirectory:
        """The revision files."""
        with _paths(self.path):
            return opened(self.config)

    @property
    def versions(self) -> TableName:
        """Alembic's table."""
        name = self.said.options.get("version_table") or "alembic_version"
        return TableName(str(name), self.said.options.get("version_table_schema"))


def project_of(config: Config, reading: Reading, asked: str) -> Project:
    """The one database that is meant."""
    runs = [run for run in reading.runs if run.said.backend == "postgresql"] or reading.runs
    names = tuple(str(run.said.database) for run in runs)
    run: Run = runs[0]
    if asked:
        if asked not in names:
            raise SeveralDatabasesError(names, asked)
        run = runs[names.index(asked)]
    elif len(runs) > 1:
        raise SeveralDatabasesError(names, asked)
    return Project(config=config, said=run.said, path=reading.path, several=len(runs) > 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """From where a rehearsal starts, and to where it goes."""

    start: tuple[str, ...]  #: heads; empty: base
    end: str | tuple[str, ...]
    stages: dict[str, Stage]  #: by path of the file, in order


def route(project: Project, revisions: tuple[str, ...], heads: tuple[str, ...] | None) -> Route:
    """What is carried out on a target at these heads, or, without one, on the history."""
    try:
        return _route(project, revisions, heads)
    except CommandError as error:
        name = str(project.config.config_file_name or project.script.dir)
        raise ProjectNotReadError(name, str(error)) from error


def _route(project: Project, revisions: tuple[str, ...], heads: tuple[str, ...] | None) -> Route:
    script = project.script
    wanted = [one.revision for name in revisions for one in _named(script, name)]
    if heads is None:
        first = {name for one in wanted for name in _below(script, one)} - set(wanted)
        start = tuple(sorted(first))
    else:
        start = heads
    end = _tips(script, wanted) or "heads"
    with _paths(project.path):
        steps = _steps(script, end, start)
    pending = [step.revision for step in steps]
    for revision in wanted:
        if revision not in {one.revision for one in pending}:
            raise NotPendingError(revision, start)
    stages = {
        one.path: Stage(
            name=one.revision, path=one.path, wanted=not wanted or one.revision in wanted
        )
        for one in pending
    }
    return Route(start=start, end=end, stages=stages)


def _steps(script: ScriptDirectory, end: Any, heads: Any) -> list[RevisionStep]:  # noqa: ANN401
    """What `alembic upgrade` would do; both may be several, whatever Alembic's own hints say."""
    return script._upgrade_revs(end, heads)  # noqa: SLF001  as alembic.command does


def _named(script: ScriptDirectory, name: str) -> Iterator[Any]:
    low, colon, high = name.rpartition(":")
    if not colon:
        yield from script.get_revisions(name)
        return
    yield from script.iterate_revisions(high or "heads", low or "base")


def _tips(script: ScriptDirectory, wanted: list[str]) -> tuple[str, ...]:
    """Those from which all others are reached: Alembic refuses to be asked for both."""
    nodes = script.revision_map._get_ancestor_nodes  # noqa: SLF001  # dependencies, too
    below = {
        node.revision
        for one in wanted
        for node in nodes([script.get_revision(one)])
        if node.revision != one
    }
    return tuple(one for one in dict.fromkeys(wanted) if one not in below)


def _below(script: ScriptDirectory, revision: str) -> Iterator[str]:
    one = script.get_revision(revision)
    yield from one._all_down_revisions  # noqa: SLF001  # those that it depends on, too


@contextmanager
def _paths(path: list[str]) -> Iterator[None]:
    import sys  # noqa: PLC0415  # nowhere else

    with guarded():
        sys.path[:] = path or sys.path
        yield


def upgrade(
    project: Project,
    connection: sa.Connection,
    end: str | tuple[str, ...],
    placing: Placing | None = None,
) -> None:
    """Upgrade as `alembic upgrade` would, on this connection."""
    script = project.script

    def steps(heads: Any, _context: MigrationContext) -> Any:  # noqa: ANN401
        return _steps(script, end, heads)

    with (
        _paths(project.path),
        EnvironmentContext(project.config, script, fn=steps, destination_rev=end) as environment,
    ):
        kept = {key: given for key, given in project.said.options.items() if key in _KEPT}
        # What is due is carried out afterwards, so a strict policy must not end it before; and
        # nobody is to see a rehearsal on a dashboard.
        ours = {"policy": "defer", "marks": False}
        kept["expandcontract"] = {**(kept.get("expandcontract") or {}), **ours}
        environment.configure(
            connection=connection,
            transaction_per_migration=project.said.per_migration,
            **kept,
        )
        context = environment.get_context()
        with environment.begin_transaction(), Operations.context(context) as operations:
            if placing is not None:
                place_batches(operations, placing)
            context.run_migrations(**project.said.arguments)


def engine_on(address: str) -> sa.Engine:
    """An engine whose connections are all new ones."""
    return sa.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(address), poolclass=sa.NullPool
    )

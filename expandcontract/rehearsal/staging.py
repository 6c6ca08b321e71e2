"""The scratch server, and databases on it that look like the target."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psycopg

from expandcontract import embedded
from expandcontract.embedded import NoServerError
from expandcontract.ops.reading import scratch
from expandcontract.rehearsal.project import Project, Route, engine_on, upgrade
from expandcontract.rehearsal.target import (
    Target,
    dump_program,
    load,
    make_roles,
    schema_of,
    state_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stagehand:
    """Makes databases in which the revisions can be carried out, each as if it were the first."""

    place: str  #: the address of the scratch server
    version: int
    release: str
    is_ours: bool  #: nobody else is on it
    project: Project
    route: Route
    target: Target | None = None
    schema: str = ""  #: of the target
    state: str = ""  #: where the target's changes stand

    @property
    def schema_from(self) -> str:
        """Where the schema comes from, for people."""
        if self.schema:
            return "pg_dump of the target"
        earlier = ", ".join(self.route.start)
        return f"the revisions up to {earlier}" if earlier else "an empty database"

    @contextmanager
    def database(self) -> Iterator[str]:
        """A database at the start of the route; its address."""
        with scratch.database(self.place) as address:
            with closing(psycopg.connect(address, autocommit=True)) as connection:
                if self.schema:
                    if self.is_ours and self.target is not None:
                        make_roles(connection, self.target.roles)
                    load(connection, self.schema, self.state)
            if not self.schema and self.route.start:
                self._replay(address)
            yield address

    def _replay(self, address: str) -> None:
        engine = engine_on(address)
        with engine.connect() as connection:
            upgrade(self.project, connection, self.route.start)


@contextmanager
def stagehand(
    address: str, project: Project, route: Route, dsn: str | None, target: Target | None
) -> Iterator[Stagehand]:
    """A scratch server, and the target's schema as far as it can be dumped for it."""
    with _server(address, None if target is None else target.major) as place:
        with closing(scratch.connected(place)) as connection:
            info = connection.info
            version, release = info.server_version, info.parameter_status("server_version")
        schema = state = ""
        if target is not None and dsn is not None:
            program = dump_program(version // 10_000, target.major)
            if program is not None:
                schema = schema_of(program, dsn)
                state = state_of(program, dsn, target, project.versions)
        yield Stagehand(
            place=place,
            version=version,
            release=str(release),
            is_ours=address == scratch.EMBEDDED,
            project=project,
            route=route,
            target=target,
            schema=schema,
            state=state,
        )


@contextmanager
def _server(address: str, major: int | None) -> Iterator[str]:
    if address != scratch.EMBEDDED:
        with scratch.server(address) as place:
            yield place
        return
    try:
        found = embedded.find(major)
    except NoServerError:
        found = embedded.find()  # another release is better than none; the report names both
    with embedded.start(installation=found) as cluster:
        yield cluster.primary.dsn

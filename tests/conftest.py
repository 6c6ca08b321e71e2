"""Server -> database -> connection; the work is done in `tests.support`."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from expandcontract.embedded import Cluster, Node, Topology
from tests.support.databases import Databases
from tests.support.releases import SUPPORTED, fits, skip_unless
from tests.support.server import Need, Servers
from tests.support.wish import Wish

#: Each has servers of its own, and memory is no less scarce than time.
MOST_WORKERS = 8

Connect = Callable[..., psycopg.Connection]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "pg(releases): only for these releases, as in '>= 14'")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: a test often waits, for a server or for a time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(MOST_WORKERS, max(2, (cores or 1) * 3 // 2))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "each_major" in metafunc.fixturenames:
        marks = [mark.args[0] for mark in metafunc.definition.iter_markers("pg")]
        majors = [
            major
            for major in Servers(Wish.read()).majors()
            if major is None or all(fits(major, wanted) for wanted in marks or [SUPPORTED])
        ]
        ids = [f"pg{major or ''}" for major in majors]
        metafunc.parametrize("major", majors, ids=ids, indirect=True, scope="session")


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with closing(Servers(Wish.read())) as servers:
        yield servers


@pytest.fixture(scope="session")
def major(request: pytest.FixtureRequest, servers: Servers) -> int | None:
    """The major that is asked for: the test's, else the environment's, else any."""
    wanted: int | None = getattr(request, "param", None)
    return wanted or servers.wish.major


@pytest.fixture(scope="session")
def server(servers: Servers, major: int | None) -> Node:
    """One primary that all tests share; take `dsn` or `connection` to work in."""
    return servers.kept(Need(major=major)).primary


@pytest.fixture(scope="session")
def replicated(servers: Servers, major: int | None) -> Topology[Node]:
    """A primary with a streaming standby that all tests share: leave them as they are."""
    return servers.kept(Need(major=major, standbys=1))


@pytest.fixture
def breakable(servers: Servers, major: int | None) -> Iterator[Cluster]:
    """A primary with a standby for this test alone: kill, freeze, promote them."""
    with servers.start(Need(major=major, standbys=1, harm=True)) as cluster:
        yield cluster  # type: ignore[misc]  # containers have the same methods


@pytest.fixture
def each_major(server: Node) -> int:
    """Runs a test once for each major, as EC_TEST_MAJORS says; which one it is now."""
    return server.major


@pytest.fixture(autouse=True)
def _meant_for_this_release(request: pytest.FixtureRequest) -> None:
    for mark in request.node.iter_markers("pg"):
        skip_unless(request.getfixturevalue("server").major, mark.args[0])


@pytest.fixture(scope="session")
def databases(servers: Servers, server: Node) -> Databases:
    """Makes further databases on `server`, and templates to clone them from."""
    return servers.databases(server)


@pytest.fixture
def dsn(databases: Databases) -> Iterator[str]:
    """A new, empty database on `server`, as a connection string."""
    with databases.database() as dsn:
        yield dsn


@pytest.fixture
def replicated_dsn(servers: Servers, replicated: Topology[Node]) -> Iterator[str]:
    """A new, empty database on the primary of `replicated`."""
    with servers.databases(replicated.primary).database() as dsn:
        yield dsn


@pytest.fixture
def standby_dsn(replicated: Topology[Node], replicated_dsn: str) -> str:
    """The same database as `replicated_dsn`, on the standby."""
    replicated.wait_until_replayed()
    return replicated.standbys[0].dsn_of(replicated_dsn.rpartition("/")[2])


@pytest.fixture
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Opens connections, to `dsn` unless told where, and closes them after the test."""
    with ExitStack() as stack:

        def opened(
            where: str = "", *, autocommit: bool = True, **parameters: str | int
        ) -> psycopg.Connection:
            address = make_conninfo(where or request.getfixturevalue("dsn"), **parameters)
            connection = psycopg.connect(address, autocommit=autocommit)
            return stack.enter_context(closing(connection))

        yield opened


@pytest.fixture
def connection(connect: Connect, dsn: str) -> psycopg.Connection:
    """An autocommit connection to the test's own database."""
    return connect(dsn)

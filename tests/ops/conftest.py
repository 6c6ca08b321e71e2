"""Copies of the example project, each on a database of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.ops.project import Project
from tests.support.databases import Databases

Settle = Callable[..., Project]


@pytest.fixture
def project(tmp_path: Path, dsn: str) -> Project:
    """On an empty database."""
    return Project(tmp_path / "project", dsn)


@pytest.fixture
def settle(tmp_path: Path, databases: Databases) -> Iterator[Settle]:
    """Makes projects whose database was built long ago, and has had no change yet."""

    def build(dsn: str) -> None:
        Project(tmp_path / "builder", dsn).alembic("upgrade", "r1")

    with ExitStack() as stack:

        def made(name: str = "project", driver: str = "psycopg") -> Project:
            template = databases.template("example at r1", build)
            dsn = stack.enter_context(databases.database(template))
            return Project(tmp_path / name, dsn, driver)

        yield made


@pytest.fixture
def settled(settle: Settle) -> Project:
    """One of them."""
    return settle()

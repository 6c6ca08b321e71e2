"""Up through the four phases and down again, in every kind of environment."""

import pytest

from tests.ops.conftest import Settle
from tests.ops.project import Project
from tests.support.fingerprint import difference, fingerprint, rows


def walk(project: Project, *, times: int = 1) -> None:
    """From before the changes to their end and back; everything as it was."""
    project.configure(quiet=0)
    start, data = fingerprint(project.dsn), rows(project.dsn, "users")
    for _ in range(times):
        project.alembic("upgrade", "head")
        assert project.version == "r6"
        assert project.state == "closed"
        assert project.due == {}
        columns = [name for name in fingerprint(project.dsn) if name.startswith("column")]
        assert "column public.users.email_address" in columns
        assert "column public.users.email" not in columns

        project.alembic("downgrade", "r1")
        assert project.state == "reverted"
        assert difference(start, fingerprint(project.dsn)) == []
        assert rows(project.dsn, "users") == data


@pytest.mark.usefixtures("each_major")
def test_up_and_down_twice(settled: Project) -> None:
    walk(settled, times=2)


@pytest.mark.usefixtures("each_major")
def test_from_base_and_back_to_base_twice(project: Project) -> None:
    for _ in range(2):
        project.alembic("upgrade", "head")
        assert project.state == "closed"
        assert project.due == {}
        assert rows(project.dsn, "users") == [
            'users: {"id": 1, "city": "Basel", "email_address": "ada@example.org"}',
            'users: {"id": 2, "city": "Basel", "email_address": "100%@example.org"}',
        ]

        project.alembic("downgrade", "base")
        assert [name for name in fingerprint(project.dsn) if "users" in name] == []


def test_in_one_transaction(settled: Project) -> None:
    settled.use_one_transaction()

    walk(settled)


def test_a_database_is_built_at_once_in_one_transaction_too(project: Project) -> None:
    project.use_one_transaction()

    project.alembic("upgrade", "head")

    assert project.state == "closed"


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
def test_below_an_event_loop(settle: Settle, driver: str) -> None:
    project = settle(driver=driver)
    project.use_async()

    walk(project)


def test_below_an_event_loop_in_one_transaction(settle: Settle) -> None:
    project = settle(driver="asyncpg")
    project.use_async()
    project.use_one_transaction()

    walk(project)

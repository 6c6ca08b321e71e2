"""What a revision asks for and cannot be done is told in a sentence; nothing is half done."""

import time

import pytest

from tests.conftest import Connect
from tests.ops.conftest import Settle
from tests.ops.project import EMAIL, Project

WAITING = """
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'
"""
WAITS = f"SELECT pid {WAITING}".encode()
TERMINATE = f"SELECT pg_terminate_backend(pid) {WAITING}".encode()

OPEN = {
    "context.configure(\n            connection=connection,": (
        "connection.exec_driver_sql('SELECT 1')\n"
        "        context.configure(\n            connection=connection,"
    )
}


def test_a_transaction_that_is_not_alembics(project: Project) -> None:
    project.edit("migrations/env.py", OPEN)

    said = project.refused("upgrade", "head")

    assert said.startswith("the connection is in a transaction that Alembic did not begin")
    assert "call connection.commit() before context.configure()" in said


def test_a_phase_of_a_change_that_was_never_expanded(project: Project) -> None:
    project.drop_revisions_after("r2")
    project.write_revision("r3", "r2", "op.contract(EMAIL)")

    said = project.refused("upgrade", "head")

    assert said.startswith(f"contract of {EMAIL.name} cannot run: the change is not expanded")
    assert project.ask("SELECT count(*) FROM expandcontract.claims") == [(0,)]


def test_a_change_that_is_not_what_it_was(project: Project) -> None:
    project.configure(quiet=0)
    project.alembic("upgrade", "r3")
    named = f'name="{EMAIL.name}", old="email", new="mail"'
    project.edit("shop/changes.py", {'old="email", new="email_address"': named})

    said = project.refused("upgrade", "head")

    assert "new was 'email_address', is 'mail'" in said
    assert project.version == "r3"


def test_a_column_that_does_not_exist(project: Project) -> None:
    project.edit("shop/changes.py", {'old="email"': 'old="emial"'})

    said = project.refused("upgrade", "head")

    assert said == "column 'emial' does not exist in table public.users; did you mean 'email'?"


def test_an_argument_that_is_no_change(project: Project) -> None:
    project.drop_revisions_after("r2")
    project.write_revision("r3", "r2", "op.expand('users')")

    said = project.refused("upgrade", "head")

    assert said.startswith("op.expand() takes a change")


def test_an_unknown_policy_and_an_unknown_option(project: Project) -> None:
    said = project.refused("-x", "ec_policy=stirct", "upgrade", "head")
    assert said.startswith("the policy 'stirct' is not known")
    assert "did you mean 'strict'?" in said

    project.configure(quite=0)
    said = project.refused("upgrade", "head")
    assert "the option 'quite' is not known" in said


def test_a_lock_timeout_of_nothing_is_refused(project: Project) -> None:
    project.configure(lock_timeout=0)  # no time at all is no limit, to the server

    said = project.refused("upgrade", "head")

    assert "expandcontract['lock_timeout']=0; it must be a number of seconds, 0.001 or more" in said


def test_a_lock_that_cannot_be_had_names_its_holder_and_the_same_command_goes_on(
    settled: Project, connect: Connect
) -> None:
    project, connection = settled, connect(settled.dsn)
    project.configure(retry_budget=0.3)
    connection.execute("BEGIN")
    connection.execute("LOCK TABLE users IN ROW EXCLUSIVE MODE")

    said = project.refused("upgrade", "r3")

    assert said.startswith("twin: no lock after")
    assert "Held by:" in said
    assert project.version == "r2"  # what came before it stands

    connection.execute("ROLLBACK")
    project.alembic("upgrade", "r3")

    assert project.state == "expand"


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_a_lost_connection_is_told_and_the_same_command_goes_on(
    settle: Settle, connect: Connect, driver: str
) -> None:
    project = settle(driver=driver)
    if driver == "asyncpg":
        project.use_async()
    project.configure(lock_timeout=30)
    holder, watcher = connect(project.dsn), connect(project.dsn)
    holder.execute("BEGIN")
    holder.execute("LOCK TABLE users IN ROW EXCLUSIVE MODE")
    waiting = project.start("upgrade", "r3")
    while not watcher.execute(WAITS).fetchall():
        assert waiting.poll() is None
        time.sleep(0.05)

    watcher.execute(TERMINATE)
    out, err = waiting.communicate(timeout=60)

    assert waiting.returncode == 255, err
    assert "Traceback" not in err
    assert "FAILED: no connection to the database:" in out
    assert "run the same command again when it can be reached" in out

    holder.close()
    project.alembic("upgrade", "r3")

    assert project.state == "expand"

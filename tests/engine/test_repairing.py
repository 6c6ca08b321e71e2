"""Rows that differ are repaired as who leads has them; a slow verification holds nobody up."""

import threading
import time
from collections.abc import Callable

import psycopg
import pytest

import expandcontract as ec
from expandcontract.engine.reverifying import verify_until_contracted
from expandcontract.engine.verifying import verify_change
from expandcontract.errors import MismatchError
from expandcontract.model.phase import Phase
from expandcontract.postgres import ledger
from tests.support.walk import Journal, execute, forward, running

Connect = Callable[..., psycopg.Connection]
RENAME = ec.RenameColumn(table="t", old="a", new="z")
SETUP = """
    CREATE TABLE t (id int PRIMARY KEY, a text);
    INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 100) AS g;
"""
DAMAGE = """
    ALTER TABLE t DISABLE TRIGGER USER; UPDATE t SET {} WHERE id IN (3, 50);
    ALTER TABLE t ENABLE TRIGGER USER;
"""


def rows(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    query = "SELECT id, a, z FROM t WHERE id IN (2, 3, 50) ORDER BY id"
    return connection.execute(query).fetchall()


def test_before_the_switch_the_old_side_is_right(dsn: str, connection: psycopg.Connection) -> None:
    execute(dsn, SETUP)
    forward(dsn, RENAME, Phase.EXPAND, Phase.BACKFILL)
    execute(dsn, DAMAGE.format("z = 'wrong'"))

    ec.verify(dsn, RENAME, repair=True)

    assert rows(connection) == [(2, "v2", "v2"), (3, "v3", "v3"), (50, "v50", "v50")]
    ec.verify(dsn, RENAME)
    [status] = ec.status(dsn)
    assert status.state == "backfilled"


def test_keys_of_several_columns_are_told_apart(dsn: str) -> None:
    execute(dsn, "CREATE TABLE t (id int, n int, a text, PRIMARY KEY (id, n))")
    execute(dsn, "INSERT INTO t VALUES (3, 1, 'x'), (50, 2, 'y')")
    forward(dsn, RENAME, Phase.EXPAND, Phase.BACKFILL)
    execute(dsn, DAMAGE.format("z = 'wrong'"))

    with pytest.raises(MismatchError) as found:
        ec.verify(dsn, RENAME)

    assert found.value.samples == ("(3, 1)", "(50, 2)")


def test_after_the_switch_the_new_side_is_right_and_never_overwritten(
    dsn: str, connection: psycopg.Connection
) -> None:
    execute(dsn, SETUP)
    forward(dsn, RENAME, Phase.EXPAND, Phase.BACKFILL, Phase.SWITCH)
    execute(dsn, DAMAGE.format("z = 'newer'"))

    with pytest.raises(MismatchError) as found:
        ec.verify(dsn, RENAME)
    assert f"let its values win by ec verify {RENAME.name} --repair" in str(found.value)
    assert "by hand" not in str(found.value)
    ec.verify(dsn, RENAME, repair=True)

    assert rows(connection) == [(2, "v2", "v2"), (3, "newer", "newer"), (50, "newer", "newer")]
    [(detail,)] = connection.execute(
        "SELECT detail->>'rows' FROM expandcontract.events WHERE what = 'repaired'"
    ).fetchall()
    assert detail == "2"


def test_a_slow_verification_keeps_to_its_rate_and_lets_the_switch_pass(dsn: str) -> None:
    execute(dsn, SETUP)
    forward(dsn, RENAME, Phase.EXPAND, Phase.BACKFILL)
    took: list[float] = []

    def slowly() -> None:
        with running(dsn) as runner:
            begun = time.monotonic()
            verify_change(runner, ledger.named(runner.session, RENAME.name), rate=50)
            took.append(time.monotonic() - begun)

    thread = threading.Thread(target=slowly)
    thread.start()
    time.sleep(0.3)
    forward(dsn, RENAME, Phase.SWITCH)
    thread.join()

    assert took[0] >= 1.9


def test_it_verifies_again_until_contract(dsn: str) -> None:
    execute(dsn, SETUP)
    forward(dsn, RENAME, Phase.EXPAND, Phase.BACKFILL, Phase.SWITCH)
    journal = Journal()

    def again() -> None:
        with running(dsn, journal) as runner:
            record = ledger.named(runner.session, RENAME.name)
            verify_until_contracted(runner, record, every=0.2, repair=False, rate=None)

    thread = threading.Thread(target=again)
    thread.start()
    deadline = time.monotonic() + 30
    while len(journal.events) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    forward(dsn, RENAME, Phase.CONTRACT)
    thread.join(timeout=30)

    assert not thread.is_alive()
    assert len(journal.events) >= 3
    assert "nothing is left to verify" in str(journal.events[-1])

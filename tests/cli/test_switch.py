import json
import signal
import time

import psycopg
import pytest

from tests.cli.conftest import WAITING, Ec, Start


def spoil(connection: psycopg.Connection) -> None:
    connection.execute("ALTER TABLE users DISABLE TRIGGER USER")
    connection.execute("UPDATE users SET email_address = 'else ' || id WHERE id IN (3, 5)")
    connection.execute("ALTER TABLE users ENABLE TRIGGER USER")


def test_it_verifies_and_switches(ec: Ec, backfilled: str) -> None:
    outcome = ec("switch", backfilled)

    assert outcome.code == 0
    assert outcome.out.startswith(f"{backfilled} is switched\nnext: ec contract {backfilled}\n")
    assert "verify: done" in outcome.err


def test_nothing_is_switched_that_differs(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    spoil(connection)

    outcome = ec("switch", backfilled)

    assert outcome.code == 1
    assert "2 rows do not agree, for example those with the key 3, 5" in outcome.err
    assert "the last attempt ended with: verify: 2 rows" in ec("status").out
    assert ec("backfill", backfilled).code == 0  # looks at every row again, as it was told to
    assert ec("switch", backfilled).code == 0


def test_a_switch_can_be_taken_back(ec: Ec, backfilled: str) -> None:
    ec("switch", backfilled)

    outcome = ec("switch", backfilled, "--to", "old")

    assert outcome.code == 0
    assert outcome.out == f"{backfilled} is backfilled\nnext: ec switch {backfilled}\n"
    assert ec("switch", backfilled, "--to", "new").code == 0


def test_it_wants_the_backfill_first(ec: Ec, users: str) -> None:
    outcome = ec("switch", users)

    assert outcome.code == 2
    assert f"run backfill first: ec backfill {users}" in outcome.err


def test_verify_compares_and_says_how_to_mend(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    assert ec("verify", backfilled).code == 0
    spoil(connection)

    outcome = ec("verify", backfilled, "--json")

    assert outcome.code == 1
    assert json.loads(outcome.err)["error"]["facts"]["rows"] == 2
    assert "run the backfill again" in outcome.err
    assert ec("backfill", backfilled).code == 0
    assert ec("verify", backfilled).out.startswith("old and new agree in every row\n")


def test_after_the_switch_the_rows_have_to_be_looked_at(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    ec("switch", backfilled)
    spoil(connection)

    outcome = ec("verify", backfilled)

    assert outcome.code == 1
    assert f"ec switch {backfilled} --to old" in outcome.err
    assert ec("switch", backfilled, "--to", "old").code == 0
    assert ec("switch", backfilled).code == 1
    assert ec("backfill", backfilled).code == 0
    assert ec("switch", backfilled).code == 0


def test_verify_before_the_backfill_says_why_not(ec: Ec, users: str) -> None:
    outcome = ec("verify", users)

    assert outcome.code == 2
    assert "it compares what a backfill filled" in outcome.err
    assert f"run ec backfill {users} first" in outcome.err


@pytest.mark.parametrize("command", ["verify", "switch"])
def test_a_signal_ends_a_comparison_that_waits_for_a_lock(
    start: Start, backfilled: str, connection: psycopg.Connection, dsn: str, command: str
) -> None:
    with psycopg.connect(dsn) as holder:
        holder.execute("LOCK TABLE users")
        process = start(command, backfilled)
        while not connection.execute(WAITING).fetchall():
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)

        _, said = process.communicate(timeout=30)

    assert process.returncode == 4, said

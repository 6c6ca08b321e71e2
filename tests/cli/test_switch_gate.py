"""Before reads move: all that was made stands, and nobody has seen the two sides differ."""

import psycopg
import pytest

from tests.cli.conftest import NAME, Ec
from tests.cli.test_switch import spoil
from tests.cli.test_switch_percent import position

EVENTS = "SELECT detail FROM expandcontract.events WHERE what = 'gate overridden'"
LOOKED = """
    SELECT look->>'probe', look->'evidence' FROM expandcontract.gates,
           jsonb_array_elements(looks) AS look WHERE phase = 'switch'
"""


def trigger(connection: psycopg.Connection, event: str) -> str:
    sql = "SELECT tgname FROM pg_trigger WHERE tgname LIKE %s"
    [(name,)] = connection.execute(sql, (f"zz_ec_%_{event}",)).fetchall()
    return str(name)


def shadow(connection: psycopg.Connection, release: str, differing: int) -> None:
    """As release `release` tells of its shadow reads."""
    sql = "SELECT expandcontract.compared(1, %s, 100, %s)"
    connection.execute(sql, (release, differing))


@pytest.mark.parametrize("event", ["insert", "update"])
def test_a_trigger_that_does_not_fire_keeps_the_reads_where_they_are(
    ec: Ec, backfilled: str, connection: psycopg.Connection, event: str
) -> None:
    name = trigger(connection, event)
    connection.execute(f"ALTER TABLE users DISABLE TRIGGER {name}".encode())

    refused = ec("switch", backfilled, "--percent", "10", "--override", "in a hurry")

    assert refused.code == 1
    assert f"switch of {NAME} may not start yet" in refused.err
    assert "email_address stands beside email, and a trigger keeps both true" in refused.err
    assert "enabled and valid" in refused.err
    assert position(connection)[0] == 0
    assert "it is not true any more that email_address stands" in ec("status", backfilled).out
    assert ec("switch", backfilled).code == 2  # a phase calls it drift
    connection.execute(f"ALTER TABLE users ENABLE ALWAYS TRIGGER {name}".encode())
    assert ec("switch", backfilled, "--percent", "10").code == 0


def test_an_index_that_became_invalid_closes_it(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    sql = "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'users'::regclass"
    names = [name for (name,) in connection.execute(sql) if name != "users_pkey"]
    [ours] = [name for name in names if "users_email_key" not in name]
    connection.execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [ours]
    )

    refused = ec("switch", backfilled, "--percent", "10")

    assert refused.code == 1
    assert ours in refused.err


def test_shadow_reads_that_differed_close_it_until_all_is_compared_or_somebody_knows_better(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    shadow(connection, "2.0", 3)

    refused = ec("switch", backfilled, "--percent", "10")
    assert refused.code == 1
    assert "shadow reads of release 2.0 differed, 3 of 100" in refused.err
    assert f"ec verify {NAME}" in refused.err
    why = "release 2.0 compared what it had rounded"
    assert ec("switch", backfilled, "--percent", "10", "--override", why).code == 0
    [(detail,)] = connection.execute(EVENTS).fetchall()
    assert detail["reason"] == why
    assert "shadow reads of release 2.0" in detail["closed_by"]

    assert ec("verify", backfilled).code == 0  # every row is equal, whatever was seen before
    assert ec("switch", backfilled, "--percent", "20").code == 0
    assert ec("switch", backfilled, "--override", " ").code == 2
    shadow(connection, "2.1", 1)
    assert ec("switch", backfilled).code == 1
    shadow(connection, "2.2", 0)
    assert ec("switch", backfilled, "--override", "known").code == 0


def test_what_was_looked_at_is_kept(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    assert ec("verify", backfilled).code == 0
    assert ec("switch", backfilled, "--percent", "10").code == 0

    looked: dict[str, dict[str, str]] = dict(connection.execute(LOOKED).fetchall())
    assert looked["standing"] == {"steps_that_stand": "3 of 3"}  # column and trigger, two indexes
    assert looked["equal"]["verified"].endswith(" s ago")
    assert looked["proofs"]["proved"].startswith("0 of ")
    assert ec("switch", backfilled).code == 0


def test_a_verification_counts_for_an_hour_and_not_after_a_kill(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    assert ec("verify", backfilled).code == 0
    spoil(connection)  # around the trigger, which is what a verification would find
    assert ec("switch", backfilled, "--percent", "10").code == 0  # it was all equal just now
    assert ec("switch", backfilled, "--kill").code == 0
    refused = ec("switch", backfilled, "--percent", "10")
    assert (refused.code, "2 rows do not agree" in refused.err) == (1, True)
    assert ec("backfill", backfilled).code == 0

    assert ec("verify", backfilled).code == 0
    connection.execute(
        "UPDATE expandcontract.observations SET seen_at = seen_at - interval '2 hours'"
    )
    spoil(connection)
    assert ec("switch", backfilled, "--percent", "10").code == 1


def test_a_switch_phase_that_was_left_for_long_compares_again(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    connection.execute(
        "INSERT INTO expandcontract.steps (change_id, name, phase, state, finished_at)"
        " VALUES (1, 'verify', 'switch', 'done', now() - interval '2 hours')"
    )
    spoil(connection)

    refused = ec("switch", backfilled)

    assert (refused.code, "2 rows do not agree" in refused.err) == (1, True), refused.err

"""A switch that is watched goes back by itself when a figure of health goes beyond its limit."""

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import expandcontract
from expandcontract.errors import ArgumentError, UnhealthyError
from expandcontract.pacing.vitals import Vital
from tests.cli.conftest import NAME, Ec, Start
from tests.cli.test_switch_percent import AUTHORITY, position
from tests.support.prometheus import ASKED, IN_TURN, prometheus

BAD_WHEN_MOVED = "SELECT 9 * (percent > 0)::int FROM expandcontract.switches"
"""A figure that is bad as soon as anybody reads the new side."""

QUICKLY = ("--every", "50ms")
SOAK = "SELECT outcome, percent, vitals FROM expandcontract.soaks ORDER BY id DESC LIMIT 1"


@pytest.fixture(scope="module")
def monitoring() -> Iterator[str]:
    with prometheus() as where:
        yield where


def told(connection: psycopg.Connection, what: str) -> list[dict[str, str]]:
    sql = "SELECT detail FROM expandcontract.events WHERE what = %s ORDER BY id"
    return [detail for (detail,) in connection.execute(sql, (what,))]


def events(out: str, kind: str) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in out.splitlines()]
    return [line for line in lines if line.get("event") == kind]


@pytest.mark.parametrize("goal", [("--percent", "10"), ("--to", "new")])
def test_a_query_beyond_its_limit_brings_the_switch_back_within_two_looks(
    ec: Ec, backfilled: str, connection: psycopg.Connection, goal: tuple[str, str]
) -> None:
    watch = ("--watch", f"errors={BAD_WHEN_MOVED}", "--max", "errors=3", *QUICKLY)

    outcome = ec("switch", backfilled, *goal, *watch, "--json")

    percent = 10 if goal[0] == "--percent" else 100
    assert outcome.code == 1
    assert 1 <= len(events(outcome.out, "health_seen")) <= 2
    [returned] = events(outcome.out, "returned")
    assert returned["reasons"] == ["errors is 9, wanted at most 3"]
    assert f"was taken back from {percent} % to the old side" in outcome.err
    assert position(connection) == (0, True, "backfill")
    assert connection.execute(AUTHORITY).fetchall() == [(False,)]
    [detail] = told(connection, "taken back by health")
    assert detail == {"percent": str(percent), "reasons": "errors is 9, wanted at most 3"}
    assert connection.execute(SOAK).fetchone()[:2] == ("returned", percent)  # type: ignore[index]


def test_the_last_look_is_at_the_end_however_rare_looks_are(ec: Ec, backfilled: str) -> None:
    watch = ("--watch", "SELECT 0", "--max", "1", "--for", "300ms", "--every", "10min")

    outcome = ec("switch", backfilled, "--percent", "10", *watch, "--json")

    assert outcome.code == 0
    assert len(events(outcome.out, "health_seen")) == 2


def test_what_was_written_while_the_new_side_led_is_not_lost(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE TABLE errors (id int)")
    writes = "UPDATE users SET email_address = 'new@example.org' WHERE id = 1"
    assert ec("switch", backfilled).code == 0
    connection.execute(writes)
    connection.execute("INSERT INTO errors VALUES (1), (2)")
    watch = ("--watch", "SELECT count(*) FROM errors", "--max", "1", *QUICKLY)

    refused = ec("switch", backfilled, *watch)  # it is over its limit before anything is done
    assert refused.code == 1
    assert "health is 2, wanted at most 1" in refused.err
    assert position(connection) == (100, False, "switch")

    ill = ("--watch", f"a={BAD_WHEN_MOVED.replace('9', '0')}", "--max", "a=0", *QUICKLY)
    assert ec("switch", backfilled, *ill, "--for", "10ms").code == 0
    assert connection.execute(SOAK).fetchone()[:2] == ("passed", 100)  # type: ignore[index]
    assert told(connection, "stayed well") == [{"vitals": "a"}]
    assert ec("switch", backfilled, "--to", "old").code == 0
    sides = connection.execute("SELECT email, email_address FROM users WHERE id = 1").fetchone()
    assert sides == ("new@example.org", "new@example.org")


def test_prometheus_is_asked_and_brings_the_switch_back(
    ec: Ec, backfilled: str, connection: psycopg.Connection, monitoring: str
) -> None:
    IN_TURN["max(p99)"] = ["0.2", "0.2", "0.3", "0.7"]
    ASKED.clear()
    ask = f"p99=prometheus:http://{monitoring} max(p99)"

    outcome = ec("switch", backfilled, "--percent", "5", "--watch", ask, "--max", "0.5", *QUICKLY)

    assert outcome.code == 1
    assert "p99 is 0.7, wanted at most 0.5" in outcome.err
    assert len(ASKED) == 4  # the look that said 0.7 was the last
    assert position(connection)[:2] == (0, True)


def test_who_does_not_answer_is_closed_at_the_second_look(
    ec: Ec, backfilled: str, connection: psycopg.Connection, monitoring: str
) -> None:
    IN_TURN["orders"] = ["50", "50", "down", "50", "down", "down"]
    ASKED.clear()
    ask = f"orders=http://{monitoring}/api/v1/query?query=orders"

    outcome = ec(
        "switch", backfilled, "--percent", "5", "--watch", ask, "--min", "orders=40", *QUICKLY
    )

    assert outcome.code == 1
    assert "orders is unknown: 127.0.0.1 answered 503" in outcome.err
    assert len(ASKED) == 6  # one that fails once is asked again, the second in a row ends it
    assert position(connection)[:2] == (0, True)


REFUSED: list[tuple[tuple[str, ...], int, str]] = [
    (("--watch", "errors=SELEC 1", "--max", "errors=1"), 2, "syntax error"),
    (("--watch", "errors=SELECT none FROM users", "--max", "1"), 2, "does not exist"),
    (("--watch", "DELETE FROM users", "--max", "1"), 2, "read-only transaction"),
    (("--watch", "errors=SELECT 1"), 2, "'errors': it has no limit"),
    (("--watch", "SELECT 1", "--max", "few"), 2, "'few' is not a figure"),
    (("--watch", "SELECT 1", "--max", "nan"), 2, "is not a figure"),
    (("--watch", "SELECT 1", "--max"), 2, "requires an argument"),
    (("--watch", "a=SELECT 1", "--max", "b=1"), 2, "nothing of that name is watched"),
    (("--watch", "errors", "--max", "1"), 2, "the settings have no watches"),
    (("--watch", "prometheus:http://x", "--max", "1"), 2, "write prometheus:http://host"),
    (("--watch", "http://", "--max", "1"), 2, "the address has no host"),
    (("--watch", "", "--max", "1"), 2, "there is nothing to ask"),
    (("--max", "1"), 2, "nothing is"),
    (("--no-wait",), 2, "nothing is watched"),
    (("--watch", "SELECT 1", "--max", "1", "--for", "10"), 2, "is not a duration"),
    (("--watch", "SELECT 1", "--max", "1", "--every", "0s"), 2, "more than 0"),
    (("--watch", "SELECT id FROM users", "--max", "1"), 1, "2000 rows came"),
    (("--watch", "SELECT 1 WHERE false", "--max", "1"), 1, "0 rows came"),
    (("--watch", "SELECT NULL::int", "--max", "1"), 1, "None came"),
    (("--watch", "SELECT 2", "--max", "1"), 1, "health is 2, wanted at most 1"),
    (("--watch", "http://127.0.0.1:1/", "--max", "1"), 1, "127.0.0.1 does not answer"),
]


def test_what_cannot_be_watched_is_said_before_anything_moves(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    for words, code, message in REFUSED:
        outcome = ec("switch", backfilled, "--percent", "10", *words)

        assert (outcome.code, message in outcome.err) == (code, True), outcome.err
    assert position(connection)[0] == 0
    assert connection.execute(SOAK).fetchall() == []


def test_a_query_that_hangs_is_cut_off_and_closed(
    ec: Ec, backfilled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("expandcontract.signals.query.TIMEOUT", "200ms")
    begun = time.monotonic()

    outcome = ec(
        "switch", backfilled, "--percent", "1", "--watch", "SELECT pg_sleep(60)", "--max", "1"
    )

    assert outcome.code == 1
    assert "statement timeout (57014)" in outcome.err
    assert time.monotonic() - begun < 20


def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "expandcontract.toml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)


def test_settings_hold_what_a_team_watches_and_another_process_goes_on(
    ec: Ec,
    backfilled: str,
    connection: psycopg.Connection,
    monitoring: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    IN_TURN["errors"] = ["0", "0", "9"]
    where = f"http://user:s3cret@{monitoring}/api/v1/query?query=errors"
    settings(
        tmp_path,
        monkeypatch,
        f'[watches]\nerrors = {{ ask = "{where}", max = 3 }}\n'
        'rows = { ask = "SELECT 1", min = 1 }',
    )

    left = ec(
        "switch", backfilled, "--percent", "5", "--watch", "errors", "--watch", "rows", "--no-wait",
        *QUICKLY,
    )  # fmt: skip
    assert left.code == 0
    assert position(connection)[0] == 5
    assert "errors, rows: watched for" in ec("status", backfilled).out
    assert "s3cret" not in json.dumps(connection.execute(SOAK).fetchall())
    watched = ec("watch", backfilled)

    assert watched.code == 1
    assert "errors is 9, wanted at most 3" in watched.err
    assert "s3cret" not in watched.err + watched.out + left.err + left.out
    assert position(connection)[:2] == (0, True)
    again = ec("watch", backfilled)
    assert again.code == 1
    assert "was over its limit" in again.err
    (tmp_path / "expandcontract.toml").write_text("", "utf-8")
    assert ec("watch", "nothing").code == 2


UNUSABLE = [
    ('errors = { ask = "SELECT 1" }', "it has no limit"),
    ('errors = { ask = "SELECT 1", max = "1" }', "figures for limits"),
    ('errors = { ask = "SELECT 1", most = 1 }', "a table such as"),
    ('errors = "SELECT 1"', "a table such as"),
    ('Errors = { ask = "SELECT 1", max = 1 }', "small letters"),
]


def test_settings_that_cannot_be_watched_are_refused(
    ec: Ec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text, message in UNUSABLE:
        settings(tmp_path, monkeypatch, f"[watches]\n{text}")

        outcome = ec("switch", NAME, "--percent", "1")

        assert (outcome.code, message in outcome.err) == (2, True), outcome.err


def test_ctrl_c_ends_the_watch_and_leaves_the_switch(
    start: Start, ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    process = start(
        *("switch", backfilled, "--percent", "10", "--watch", "SELECT 1", "--max", "1"),
        *("--every", "200ms"),
    )
    until = time.monotonic() + 60
    seen = "SELECT count(*) FROM expandcontract.soaks WHERE seen_at IS NOT NULL"
    while connection.execute(seen).fetchone() != (1,):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 4
    assert "reads stay at 10 %, and nobody watches them now" in err
    assert f"ec watch {NAME} goes on" in err
    assert position(connection) == (10, False, "backfill")
    connection.execute(
        "UPDATE expandcontract.soaks SET seen_at = seen_at - interval '1 hour', seconds = 0.01"
    )
    assert "by nobody for 36" in ec("status", backfilled).out
    assert ec("watch", backfilled).code == 0  # its time was over, and it is well
    assert connection.execute(SOAK).fetchone()[:2] == ("passed", 10)  # type: ignore[index]


def test_a_watch_outlives_its_connection(
    start: Start, backfilled: str, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE TABLE errors (id int)")
    watch = ("--watch", "SELECT count(*) FROM errors", "--max", "0", "--every", "100ms")
    process = start("switch", backfilled, "--percent", "10", *watch)
    seen = "SELECT max(seen_at) FROM expandcontract.soaks"
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"

    def wait_for_another_look(after: object) -> object:
        until = time.monotonic() + 60
        while (now := connection.execute(seen).fetchone()) in (after, (None,)):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        return now

    before = wait_for_another_look((None,))
    connection.execute(end, ("expandcontract",))
    wait_for_another_look(wait_for_another_look(before))
    assert position(connection)[0] == 10
    connection.execute("INSERT INTO errors VALUES (1)")
    _, err = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "the connection was lost" in err
    assert "health is 1, wanted at most 0" in err
    assert position(connection)[:2] == (0, True)


def test_a_switch_that_somebody_else_took_back_is_watched_no_more(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    watch = ("--watch", "SELECT 1", "--max", "1", "--no-wait", *QUICKLY)
    assert ec("switch", backfilled, "--percent", "10", *watch).code == 0
    assert ec("switch", backfilled, "--kill").code == 0

    outcome = ec("watch", backfilled)

    assert outcome.code == 1
    assert "no reads go to the new side, they were killed" in outcome.err
    assert connection.execute(SOAK).fetchone()[:2] == ("left", 10)  # type: ignore[index]


def test_contract_waits_for_the_soak(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    watch = ("--watch", "SELECT 1", "--max", "1", "--no-wait", "--for", "1h")
    assert ec("switch", backfilled, *watch).code == 0

    closed = ec("contract-check", backfilled)

    assert closed.code == 1
    assert "the switch is still being watched (health: watched for 3" in closed.out
    connection.execute("UPDATE expandcontract.soaks SET seconds = 0.01")
    assert ec("watch", backfilled).code == 0
    opened = ec("contract-check", backfilled)
    assert "still being watched" not in opened.out
    assert "health: passed (health is 1, wanted at most 1)" in opened.out


def test_python_watches_as_the_command_does(
    backfilled: str, connection: psycopg.Connection, dsn: str
) -> None:
    soak = expandcontract.Soak(vitals=(Vital(ask=BAD_WHEN_MOVED, most=3),), every=0.05)

    with pytest.raises(UnhealthyError, match="taken back from 20 %"):
        expandcontract.switch(dsn, backfilled, percent=20, soak=soak)
    assert position(connection)[:2] == (0, True)
    with pytest.raises(ArgumentError, match="not watched"):
        expandcontract.switch(dsn, backfilled, kill=True, soak=soak)
    with pytest.raises(ArgumentError, match="one vital or more"):
        expandcontract.Soak(vitals=())

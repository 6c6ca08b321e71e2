"""What is done to a change is told to webhooks and to Grafana, and nobody waits for them."""

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import NAME, Ec, rest
from tests.support.webhook import GOT, listening


@pytest.fixture
def there() -> Iterator[str]:
    with listening() as there:
        yield there


def test_what_is_done_to_a_change_is_marked(
    ec: Ec,
    backfilled: str,
    connection: psycopg.Connection,
    there: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hooks = f"http://{there}/hook grafana:http://:t0k3n@{there}/graphs/"
    monkeypatch.setenv("EC_WEBHOOKS", hooks)
    begun = time.time()

    assert ec("switch", backfilled, "--percent", "10").code == 0
    assert ec("switch", backfilled, "--kill").code == 0
    ill = ("--watch", "SELECT percent FROM expandcontract.switches", "--max", "50")
    assert ec("switch", backfilled, *ill, "--every", "20ms").code == 1
    assert ec("switch", backfilled).code == 0
    rest(connection)
    assert ec("contract", backfilled).code == 0

    plain = [(event["event"], event["text"]) for path, _, event in GOT if path == "/hook"]
    assert plain == [
        ("reads_moved", f"{NAME}: 10 % of the keys read the new side"),
        ("reads_moved", f"{NAME}: reads were killed"),
        ("phase_done", f"{NAME}: switch is over"),
        (
            "returned",
            f"{NAME}: taken back from 100 % to the old side: health is 100, wanted at most 50",
        ),
        ("phase_reverted", f"{NAME}: switch was taken back"),
        ("phase_done", f"{NAME}: switch is over"),
        ("phase_done", f"{NAME}: contract is over"),
    ]
    path, secret, first = next(one for one in GOT if one[0] != "/hook")
    assert (path, secret) == ("/graphs/api/annotations", "Bearer t0k3n")
    assert first["tags"] == ["expandcontract", "reads_moved", NAME]
    assert first["text"] == plain[0][1]
    assert begun <= first["time"] / 1000 + 0.001 <= time.time() + 1
    assert first.keys() == {"time", "tags", "text"}
    [about] = [event for path, _, event in GOT if path == "/hook"][:1]
    assert about["database"] == connection.info.dbname
    assert about["percent"] == 10


def test_a_mark_that_does_not_arrive_is_said_and_stops_nothing(
    ec: Ec, backfilled: str, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = [
        f"http://user:s3cret@{there}/refuses",
        f"http://{there}/moved",
        "http://127.0.0.1:1/services/T0/s3cret",
        f"http://{there}/s3cret",
    ]
    monkeypatch.setenv("EC_WEBHOOKS", ",".join(hooks))

    outcome = ec("switch", backfilled, "--percent", "10", "--traceback", "-v")

    assert outcome.code == 0
    said = "10 % of the keys read the new side' did not reach the webhook at 127.0.0.1"
    assert outcome.err.count(said) == 3
    for problem in ("it answered 500", "it answered 302", "no answer (Connection refused)"):
        assert problem in outcome.err
    assert "s3cret" not in outcome.err + outcome.out
    assert [path for path, _, _ in GOT] == ["/refuses", "/moved", "/s3cret"]


def test_nobody_waits_for_a_mark(
    ec: Ec, backfilled: str, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("expandcontract.engine.marks.TIMEOUT", 0.2)
    monkeypatch.setenv("EC_WEBHOOKS", f"http://{there}/hangs")

    outcome = ec("switch", backfilled, "--kill")

    assert outcome.code == 0
    assert "no answer (" in outcome.err or "not delivered before the end" in outcome.err


def test_webhooks_that_cannot_be_used_are_refused_without_being_shown(
    ec: Ec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for text in (
        "s3cret",
        "ftp://host/s3cret",
        "https://",
        "https://host:s3cret/",
        "https://h/ä b",
    ):
        (tmp_path / "expandcontract.toml").write_text(f'webhooks = ["{text}"]', "utf-8")

        outcome = ec("status")

        assert outcome.code == 2
        assert "a webhook in webhooks of" in outcome.err
        assert "s3cret" not in outcome.err
    (tmp_path / "expandcontract.toml").write_text("webhooks = 's3cret'", "utf-8")
    refused = ec("status")
    assert (refused.code, "s3cret" in refused.err) == (2, False)

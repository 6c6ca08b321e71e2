"""Limits and signals of one's own, as people write them."""

import pytest

from expandcontract.engine.limits import limits, source, unlimited
from expandcontract.errors import LimitNotReadError, SourceNotReadError, UnknownSignalError


def test_a_limit_is_read_in_the_unit_of_its_signal() -> None:
    assert limits(
        ["replication_lag=500ms", "slot_retention = 50 GB", "wal_rate=20MB/s", "lock_waiters=3"]
    ) == {
        "replication_lag": 0.5,
        "slot_retention": 50 * 2.0**30,
        "wal_rate": 20 * 2.0**20,
        "lock_waiters": 3.0,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("replication_lag=5", "a duration with its unit, such as 5s"),
        ("replication_lag=5MB", "a duration with its unit"),
        ("slot_retention=50", "a size with its unit, such as 64MB"),
        ("wal_rate=20MB", "a rate with its unit, such as 20MB/s"),
        ("dead_tuples=20", "a share with its unit, such as 80%"),
        ("lock_waiters=3s", "a figure without a unit"),
        ("lock_waiters=", "'' was given"),
        ("lock_waiters", "'' was given"),
        ("replication_lag=-5s", "a duration with its unit"),
    ],
)
def test_a_limit_without_its_unit_is_refused_with_an_example(text: str, said: str) -> None:
    with pytest.raises(LimitNotReadError, match="or off") as refused:
        limits([text])

    assert said in str(refused.value)


def test_an_unknown_signal_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownSignalError) as refused:
        limits(["replicaton_lag=5s"])

    assert str(refused.value) == (
        "there is no signal 'replicaton_lag'; did you mean 'replication_lag'?"
    )


@pytest.mark.parametrize("name", ["query", "http"])
def test_a_signal_that_needs_a_source_has_no_limit_of_its_own(name: str) -> None:
    with pytest.raises(UnknownSignalError):
        limits([f"{name}=5"])


def test_a_signal_of_ones_own_is_limited_by_its_name_in_any_unit() -> None:
    own = [source("queue=SELECT count(*) FROM mail WHERE a = b"), source("p99=http://h/q?a=b")]

    assert [one.signal.name for one in own] == ["query", "http"]
    assert own[0].text == "SELECT count(*) FROM mail WHERE a = b"
    assert limits(["queue=100", "p99=250ms"], own) == {"queue": 100.0, "p99": 0.25}


@pytest.mark.parametrize("text", ["queue", "queue=", "Queue=SELECT 1", "lock_waiters=SELECT 1"])
def test_a_source_without_a_usable_name_or_question_is_refused(text: str) -> None:
    with pytest.raises(SourceNotReadError, match="write --signal"):
        source(text)


def test_a_signal_of_ones_own_without_a_limit_is_refused() -> None:
    with pytest.raises(SourceNotReadError, match="it has no limit"):
        unlimited([source("queue=SELECT 1")], {})

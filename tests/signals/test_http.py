"""An HTTP address as a signal, asked of a server that speaks Prometheus' query API."""

import time
from collections.abc import Iterator
from typing import cast

import pytest

from expandcontract.pacing.throttle import Reading
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Watch
from expandcontract.signals.http import SIGNAL
from tests.support.prometheus import prometheus


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with prometheus() as where:
        yield where


def asked(source: str) -> list[Reading]:
    watch = Watch(name="load", limit=2.0, clock=time.monotonic, source=source, unit=SIGNAL.unit)
    return SIGNAL.start(watch)(cast("Session", None))  # the database is not asked


def test_every_series_of_a_prometheus_query_is_a_reading(address: str) -> None:
    readings = asked(f"http://{address}/api/v1/query?query=load")

    assert {reading.of: reading.value for reading in readings} == {
        "instance=a": 0.5,
        "instance=b": 3.0,
    }
    assert str(readings[1]) == "load of instance=b is 3, limit 2"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/v1/query?query=scalar", "load is 2, limit 2"),
        ("/plain", "load is 4.5, limit 2"),
        ("/api/v1/query?query=none", "no series matches"),
        ("/api/v1/query?query=broken", "not a number"),
        ("/api/v1/query?query=((", "answered 400; parse error"),
        ("/a b", "does not answer (InvalidURL)"),
        ("/down", "answered 503"),
    ],
)
def test_an_answer_is_a_figure_or_unknown(address: str, path: str, said: str) -> None:
    [reading] = asked(f"http://{address}{path}")

    assert said in str(reading)


def test_a_password_goes_into_a_header_and_never_into_a_text(address: str) -> None:
    [allowed] = asked(f"http://user:s3cret@{address}/secret")
    [encoded] = asked(f"http://us%65r:s3cr%65t@{address}/secret")
    [refused] = asked(f"http://user:wrong@{address}/secret")

    assert (allowed.value, encoded.value) == (1.0, 1.0)
    assert "answered 401" in str(refused)
    assert "wrong" not in str(refused)


def test_nobody_who_listens_is_unknown() -> None:
    [reading] = asked("http://127.0.0.1:1/")

    assert reading.value is None
    assert "127.0.0.1 does not answer" in str(reading)


def test_who_answers_drop_by_drop_is_not_waited_for(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("expandcontract.signals.http.TIMEOUT", 0.3)
    begun = time.monotonic()

    [reading] = asked(f"http://{address}/drips")

    assert "the answer does not end" in str(reading)
    assert time.monotonic() - begun < 5

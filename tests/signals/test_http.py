"""An HTTP address as a signal, asked of a server that speaks Prometheus' query API."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import parse_qs, urlsplit

import pytest

from expandcontract.pacing.throttle import Reading
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Watch
from expandcontract.signals.http import SIGNAL

SERIES: dict[str, list[tuple[dict[str, str], str]]] = {
    "up": [({"instance": "a:9090"}, "1")],
    "load": [
        ({"__name__": "load", "instance": "a"}, "0.5"),
        ({"__name__": "load", "instance": "b"}, "3"),
    ],
    "none": [],
    "broken": [({}, "NaN")],
}


class Prometheus(BaseHTTPRequestHandler):
    """Answers /api/v1/query as Prometheus documents it, and /plain with a figure."""

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        if where.path == "/plain":
            return self._say(200, "4.5\n")
        if where.path == "/secret":
            allowed = self.headers.get("Authorization") == "Basic dXNlcjpzM2NyZXQ="
            return self._say(200 if allowed else 401, "1")
        if where.path == "/hangs":
            time.sleep(3)
        if where.path != "/api/v1/query":
            return self._say(503, "not now")
        [query] = parse_qs(where.query)["query"]
        if query == "scalar":
            found: dict[str, object] = {"resultType": "scalar", "result": [time.time(), "2"]}
        elif query in SERIES:
            result = [{"metric": m, "value": [time.time(), v]} for m, v in SERIES[query]]
            found = {"resultType": "vector", "result": result}
        else:
            error = {"status": "error", "errorType": "bad_data", "error": "parse error"}
            return self._say(200, json.dumps(error))
        return self._say(200, json.dumps({"status": "success", "data": found}))

    def _say(self, code: int, text: str) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Prometheus)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


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
        ("/api/v1/query?query=((", "parse error"),
        ("/down", "answered 503"),
    ],
)
def test_an_answer_is_a_figure_or_unknown(address: str, path: str, said: str) -> None:
    [reading] = asked(f"http://{address}{path}")

    assert said in str(reading)


def test_a_password_goes_into_a_header_and_never_into_a_text(address: str) -> None:
    [allowed] = asked(f"http://user:s3cret@{address}/secret")
    [refused] = asked(f"http://user:wrong@{address}/secret")

    assert allowed.value == 1.0
    assert "answered 401" in str(refused)
    assert "wrong" not in str(refused)


def test_nobody_who_listens_is_unknown() -> None:
    [reading] = asked("http://127.0.0.1:1/")

    assert reading.value is None
    assert "127.0.0.1 does not answer" in str(reading)

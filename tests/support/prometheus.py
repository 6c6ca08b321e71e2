"""A server that speaks Prometheus' query API, with series that a test may change."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from tests.support.serving import serving

SERIES: dict[str, list[tuple[dict[str, str], str]]] = {
    "up": [({"instance": "a:9090"}, "1")],
    "load": [
        ({"__name__": "load", "instance": "a"}, "0.5"),
        ({"__name__": "load", "instance": "b"}, "3"),
    ],
    "none": [],
    "broken": [({}, "NaN")],
}
IN_TURN: dict[str, list[str]] = {}
"""What a query answers, one after the other; the last one stays, and `down` is no answer."""

ASKED: list[str] = []
"""Every query of those."""


class Prometheus(BaseHTTPRequestHandler):
    """Answers /api/v1/query as Prometheus documents it, and /plain with a figure."""

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        if where.path == "/drips":
            self._drip()
        elif where.path == "/api/v1/query":
            [query] = parse_qs(where.query)["query"]
            self._say(*self._answer(query))
        elif where.path == "/secret":
            allowed = self.headers.get("Authorization") == "Basic dXNlcjpzM2NyZXQ="
            self._say(200 if allowed else 401, "1")
        else:
            self._say(*((200, "4.5\n") if where.path == "/plain" else (503, "not now")))

    def _answer(self, query: str) -> tuple[int, str]:
        result: list[object] = []
        kind = "vector"
        if query in IN_TURN:
            ASKED.append(query)
            answers = IN_TURN[query]
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if answer == "down":
                return 503, "not now"
            result = [{"metric": {}, "value": [time.time(), answer]}]
        elif query == "scalar":
            kind, result = query, [time.time(), "2"]
        elif query in SERIES:
            result = [{"metric": m, "value": [time.time(), v]} for m, v in SERIES[query]]
        else:
            error = {"status": "error", "errorType": "bad_data", "error": "parse error"}
            return 400, json.dumps(error)
        data = {"resultType": kind, "result": result}
        return 200, json.dumps({"status": "success", "data": data})

    def _say(self, code: int, text: str) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write(text.encode())

    def _drip(self) -> None:
        """Answer a blank now and then, for longer than anybody should wait."""
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            for _ in range(100):
                self.wfile.write(b" ")
                time.sleep(0.1)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def prometheus() -> Iterator[str]:
    """Serve; the address, as `host:port`."""
    with serving(Prometheus) as address:
        yield address

"""An HTTP endpoint that takes marks, as a chat or a Grafana does."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.support.serving import serving

GOT: list[tuple[str, str, dict[str, Any]]] = []
"""Path, authorization and document of what was posted, in order."""


class Hook(BaseHTTPRequestHandler):
    """Takes what is posted; by its path it refuses, sends elsewhere or hangs."""

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"]))
        GOT.append((self.path, self.headers.get("Authorization", ""), json.loads(text)))
        word = self.path.strip("/")
        if word == "hangs":
            time.sleep(1)
        self.send_response({"refuses": 500, "moved": 302}.get(word, 200))
        self.send_header("Location", "/elsewhere")
        with suppress(OSError):  # who asked may be gone
            self.end_headers()
            self.wfile.write(b'{"id": 1}')

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def listening() -> Iterator[str]:
    """Host and port of one that has got nothing yet."""
    GOT.clear()
    with serving(Hook) as address:
        yield address

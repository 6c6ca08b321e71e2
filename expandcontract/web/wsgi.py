"""A readiness path for WSGI applications: Flask, Django, Pyramid."""

from collections.abc import Callable, Iterable
from typing import Any

from expandcontract.web.answer import HEADERS, Check, answer

App = Callable[..., Iterable[bytes]]


class ReadyWSGI:
    """Middleware that answers `path`; everything else, a liveness probe too, goes on unseen."""

    def __init__(self, app: App, readiness: Check, path: str = "/ready") -> None:
        self._app, self._readiness, self._path = app, readiness, path

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer, or hand on."""
        if environ.get("PATH_INFO") != self._path:
            return self._app(environ, start_response)
        status, body = answer(self._readiness())
        headers = [*HEADERS, ("Content-Length", str(len(body)))]
        start_response(f"{int(status)} {status.phrase}", headers)
        return [body]

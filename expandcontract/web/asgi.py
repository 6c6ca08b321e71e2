"""A readiness path for ASGI applications: FastAPI, Starlette, Django, Quart."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from expandcontract.web.answer import HEADERS, Check, answer

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class ReadyASGI:
    """Middleware that answers `path`; everything else, a liveness probe too, goes on unseen.

    The check runs in a thread: the event loop never waits for the database.
    """

    def __init__(self, app: App, readiness: Check, path: str = "/ready") -> None:
        self._app, self._readiness, self._path = app, readiness, path

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return
        status, body = answer(await asyncio.to_thread(self._readiness))
        headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS]
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        await send({"type": "http.response.body", "body": body})

"""Marks for dashboards: what was done to a change, told to webhooks beside the work."""

import json
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, LiteralString

from expandcontract.config.webhooks import Webhook
from expandcontract.engine.documents import as_document
from expandcontract.engine.events import (
    BrownedOut,
    ChangeClosed,
    Event,
    GivenBack,
    PhaseDone,
    PhaseReverted,
    ReadsMoved,
    Returned,
    Tell,
    Warned,
)

DATABASE: LiteralString = "SELECT pg_catalog.current_database()"
MARKED = (PhaseDone, PhaseReverted, ReadsMoved, Returned, BrownedOut, GivenBack, ChangeClosed)
Mark = PhaseDone | PhaseReverted | ReadsMoved | Returned | BrownedOut | GivenBack | ChangeClosed

TIMEOUT = 5.0
"""Seconds for one mark, and for all that are left when a command ends."""

REFUSED = 300
"""From here on an answer is none: a redirect is not followed."""


def sentence(event: Mark) -> str:
    """What happened, in one line.

    >>> sentence(ReadsMoved("users.email", 10))
    'users.email: 10 % of the keys read the new side'
    """
    match event:
        case PhaseDone(change=change, phase=phase):
            said = f"{phase} is over"
        case PhaseReverted(change=change, phase=phase):
            said = f"{phase} was taken back"
        case ReadsMoved(change=change, percent=percent, killed=killed):
            said = "reads were killed" if killed else f"{percent} % of the keys read the new side"
        case Returned(change=change, percent=percent, reasons=reasons):
            said = f"taken back from {percent} % to the old side: {'; '.join(reasons)}"
        case BrownedOut(change=change, columns=columns, seconds=seconds):
            said = f"{', '.join(columns)}: out of reach for {seconds:.0f} s"
        case GivenBack(change=change, columns=columns):
            said = f"{', '.join(columns)}: within reach again"
        case ChangeClosed(change=change):
            said = "closed"
    return f"{change}: {said}"


def body(webhook: Webhook, event: Mark, at: datetime, database: str) -> dict[str, Any]:
    """What is sent."""
    found = as_document(event)
    tags = ["expandcontract", str(found["event"]), event.change]
    if webhook.is_grafana:
        return {"time": int(at.timestamp() * 1000), "tags": tags, "text": sentence(event)}
    about = {"at": at.isoformat(), "by": socket.gethostname(), "database": database}
    return {**found, **about, "text": sentence(event), "tags": tags}


def deliver(webhook: Webhook, document: dict[str, Any]) -> str:
    """Send it; why it did not arrive, without the address, or nothing."""
    import http.client  # noqa: PLC0415  where there are webhooks

    kind = http.client.HTTPSConnection if webhook.is_secure else http.client.HTTPConnection
    try:
        connection = kind(webhook.host, webhook.port, timeout=TIMEOUT)
        try:
            connection.request("POST", webhook.path, json.dumps(document), webhook.headers)
            answer = connection.getresponse()
        finally:
            connection.close()
    except OSError as error:
        return f"no answer ({error.strerror or type(error).__name__})"
    except (http.client.HTTPException, ValueError) as error:  # their texts may hold the address
        return f"no answer ({type(error).__name__})"
    return "" if answer.status < REFUSED else f"it answered {answer.status}"


class Marks:
    """Is called with every event, and sends those that are marks from a thread of its own."""

    def __init__(self, webhooks: Sequence[Webhook], database: str, warn: Tell) -> None:
        self._webhooks, self._database, self._warn = webhooks, database, warn
        self._waiting: queue.SimpleQueue[tuple[Mark, datetime] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()

    def __call__(self, event: Event) -> None:
        """Take it in; nobody waits for its delivery."""
        if isinstance(event, MARKED):
            self._waiting.put((event, datetime.fromtimestamp(time.time(), tz=UTC)))

    def close(self) -> None:
        """Wait a moment for what is on its way."""
        self._waiting.put(None)
        self._thread.join(TIMEOUT)
        if self._thread.is_alive():
            self._warn(Warned("", "some marks were not delivered before the end"))

    def _send(self) -> None:
        while (found := self._waiting.get()) is not None:
            event, at = found
            for webhook in self._webhooks:
                if problem := deliver(webhook, body(webhook, event, at, self._database)):
                    text = f"the mark {sentence(event)!r} did not reach {webhook}: {problem}"
                    self._warn(Warned(event.change, text))


@contextmanager
def marking(webhooks: Sequence[Webhook], database: Callable[[], str], tell: Tell) -> Iterator[Tell]:
    """Who is told, and the webhooks too, for the length of a block."""
    if not webhooks:
        yield tell
        return
    marks = Marks(webhooks, database(), tell)

    def both(event: Event) -> None:
        tell(event)
        marks(event)

    try:
        yield both
    finally:
        marks.close()

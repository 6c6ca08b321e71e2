"""What an HTTP address answers: a figure, or the series of a Prometheus query."""

import base64
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

TIMEOUT = 5.0
LARGEST = 1 << 20
PART = 1 << 16
SHOWN = 120
ANSWER = "the address must answer 200 with a figure, or as Prometheus' /api/v1/query does"


def start(watch: Watch) -> Reader:
    """Ask once a second; user and password of the address go into a header."""
    where = urlsplit(watch.source)
    host = where.hostname or ""
    plain = urlunsplit(where._replace(netloc=where.netloc.rpartition("@")[2]))
    request = urllib.request.Request(plain, headers={"Accept": "application/json, text/plain"})  # noqa: S310  # the caller checks the scheme
    if where.username is not None:
        secret = f"{unquote(where.username)}:{unquote(where.password or '')}".encode()
        request.add_header("Authorization", f"Basic {base64.b64encode(secret).decode()}")

    def read(_session: Session) -> list[Reading]:
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                text = _all(answer, watch.clock).decode(errors="replace")
        except urllib.error.HTTPError as error:
            return [watch.unknown(f"{host} answered {error.code}; {_refusal(error) or ANSWER}")]
        except http.client.HTTPException as error:  # its text may hold the address
            return [watch.unknown(f"{host} does not answer ({type(error).__name__})")]
        except (OSError, ValueError) as error:
            return [watch.unknown(f"{host} does not answer ({error})")]
        try:
            return series(watch, json.loads(text))
        except (ValueError, KeyError, TypeError, IndexError):
            return [watch.unknown(f"{text[:60]!r} came; {ANSWER}")]

    return read


def _all(answer: http.client.HTTPResponse, clock: Callable[[], float]) -> bytes:
    """The whole answer, also of one who sends it drop by drop: not for ever."""
    until, found = clock() + TIMEOUT, b""
    while (part := answer.read1(PART)) and len(found) < LARGEST:
        found += part
        if clock() > until:
            raise TimeoutError("the answer does not end")
    return found


def _refusal(error: urllib.error.HTTPError) -> str:
    """What Prometheus says of a query that it refuses; it answers 400 or 422 then."""
    try:
        return str(json.loads(error.read(PART))["error"])[:SHOWN]
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException):
        return ""


def series(watch: Watch, answer: Any) -> list[Reading]:  # noqa: ANN401  # any JSON
    """The readings of an answer: a figure is one, a vector is one for each series."""
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        return [_figure(watch, answer, "")]
    if answer["status"] != "success":
        return [watch.unknown(str(answer.get("error", "no success")))]
    found = answer["data"]
    if found["resultType"] in {"scalar", "string"}:
        return [_figure(watch, found["result"][1], "")]
    if not found["result"]:
        return [watch.unknown("no series matches; a query that may be empty needs `or vector(0)`")]
    return [_figure(watch, one["value"][1], _labels(one["metric"])) for one in found["result"]]


def _labels(metric: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in metric.items() if name != "__name__")


def _figure(watch: Watch, text: object, of: str) -> Reading:
    return watch.reading(float(str(text)), of)


SIGNAL = Signal(
    name="http",
    unit=Unit.COUNT,
    default=None,
    summary="what an HTTP address or a Prometheus query answers (`--signal name=http://…`)",
    needs="nothing in the database",
    has_source=True,
    is_elsewhere=True,
    start=start,
)

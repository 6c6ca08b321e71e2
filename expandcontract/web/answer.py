"""What is answered to a readiness probe."""

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus

Check = Callable[[], Sequence[str]]
"""Gives the reasons against traffic: `ec.Readiness`, or any function of the application's own."""

HEADERS = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))


def answer(reasons: Sequence[str]) -> tuple[HTTPStatus, bytes]:
    """The status and the body.

    >>> answer(())
    (<HTTPStatus.OK: 200>, b'{"ready": true, "reasons": []}')
    """
    status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
    return status, json.dumps({"ready": not reasons, "reasons": list(reasons)}).encode()

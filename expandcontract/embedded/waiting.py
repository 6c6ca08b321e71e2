"""The one loop that everything here waits in."""

import time
from collections.abc import Callable

from expandcontract.embedded.errors import ServerTimeoutError

PATIENCE = 30.0
_SLICE = 0.01


def wait_until(
    condition: Callable[[], bool], *, server: str, awaited: str, seconds: float = PATIENCE
) -> None:
    """Ask again and again; server and what is awaited stand in the error."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise ServerTimeoutError(server, awaited, seconds)
        time.sleep(_SLICE)

"""How far the standby falls behind, looked at many times a second from the primary."""

import threading
import time
from typing import Self

from expandcontract.pacing.lag import Positions
from expandcontract.postgres.session import open_session
from expandcontract.signals._standbys import STANDBYS

EVERY = 0.05


class LagWatch:
    """A thread with a connection of its own; a context manager."""

    def __init__(self, dsn: str) -> None:
        self.now = 0.0
        self.highest = 0.0
        self._session = open_session(dsn, application_name="expandcontract lag")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._session.close()

    def _watch(self) -> None:
        positions = Positions()
        while not self._over.wait(EVERY):
            rows = self._session.rows(STANDBYS)
            positions.note(int(rows[0][0]), time.monotonic())
            replayed = [int(row[3]) for row in rows if row[3] is not None]
            moment = time.monotonic()
            self.now = max((positions.lag(at, moment) for at in replayed), default=0.0)
            self.highest = max(self.highest, self.now)

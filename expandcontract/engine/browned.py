"""What a brown-out that nobody met is worth: contract may begin now, and not at another time."""

from dataclasses import dataclass
from datetime import datetime

from expandcontract.errors import BrownOutUnwatchedError
from expandcontract.postgres import brown_outs
from expandcontract.postgres.leases import Lease
from expandcontract.postgres.session import Session

FRESH = 30.0
"""Seconds from the last look to the first step of contract; the gate is asked in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browned:
    """That somebody looked to the end, under which lease, and when last by the server's clock."""

    name: str
    token: int
    at: datetime

    def refuse_old(self, session: Session, lease: Lease) -> None:
        """Raise where others were at work since then, or where it was long ago."""
        if lease.token != self.token + 1:
            why = "somebody else worked on the change before contract began"
            raise BrownOutUnwatchedError(self.name, why)
        if (age := brown_outs.seconds_since(session, self.at)) > FRESH:
            raise BrownOutUnwatchedError(self.name, f"its last look was {age:.0f} s ago")

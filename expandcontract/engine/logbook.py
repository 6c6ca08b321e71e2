"""What a backfill leaves in the ledger for those who come later: its curve, and its standbys."""

from dataclasses import dataclass, field

from expandcontract.pacing.throttle import Go, Pace, Reading
from expandcontract.postgres import memory, samples
from expandcontract.postgres.lanes import Totals
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.samples import Sample
from expandcontract.postgres.session import Session

LAG = "replication_lag"
EVERY = 1.0
"""Seconds between two samples."""

THIN_EVERY = 60
"""Samples after which there may be too many."""


@dataclass(slots=True, kw_only=True)
class Logbook:
    """Kept by whoever looks at the ledger for the workers of a process."""

    record: Record
    step: str
    leads: bool  #: whether the curve is this process's to write
    names_standbys: bool  #: whether somebody has said which standbys count
    begun: float
    _at: float = field(default=float("-inf"))
    _written: int = 0
    _met: frozenset[str] = frozenset()
    _pace: list[tuple[float, str]] = field(default_factory=list)
    _lags: dict[str, float | None] = field(default_factory=dict)

    def see(self, pace: Pace, readings: tuple[Reading, ...]) -> None:
        """What was found at one look."""
        if isinstance(pace, Go):
            self._pace.append((pace.share, f"slowed by {pace.slowed_by}" if pace.slowed_by else ""))
        else:
            self._pace.append((0.0, "; ".join(one.replace("; ", ", ") for one in pace.reasons)))
        for reading in readings:
            if reading.signal == LAG and reading.of:
                self._lags[reading.of] = _worse(self._lags.get(reading.of, 0.0), reading.value)

    def is_due(self, now: float) -> bool:
        """Whether it is time for another sample."""
        return now - max(self._at, self.begun) >= EVERY

    def write(self, session: Session, totals: Totals, now: float) -> None:
        """Keep the time since the last sample as one; and who streams."""
        if not self._pace:
            return
        self._remember(session)
        if self.leads:
            samples.add(session, self.record, self.step, self._sample(totals, now))
            self._written += 1
            if self._written % THIN_EVERY == 0:
                samples.thin_out(session, self.record, self.step)
        self._at = now
        self._pace, self._lags = [], {}

    def _sample(self, totals: Totals, now: float) -> Sample:
        shares = [share for share, _ in self._pace]
        return Sample(
            seconds=now - max(self._at, self.begun),
            rows_seen=totals.seen,
            rows_written=totals.written,
            share=sum(shares) / len(shares),
            reason=min(self._pace)[1] or None,
            lags=self._lags,
        )

    def _remember(self, session: Session) -> None:
        met = frozenset(name for name, lag in self._lags.items() if lag is not None)
        if met and not self.names_standbys and not met <= self._met:
            memory.seen(session, self.record, met)
        self._met |= met


def _worse(before: float | None, now: float | None) -> float | None:
    return None if before is None or now is None else max(before, now)

"""What a backfill is expected to cost, as a value that tells itself."""

from dataclasses import dataclass

from expandcontract.pacing.units import Unit, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What is to be expected; None where nothing could be told."""

    rows: int | None  #: to be written
    wal_bytes: int | None = None  #: of log, at most
    dead_rows: int | None = None  #: for vacuum to remove, at most
    growth_bytes: int | None = None  #: of the table and its indexes, at most
    seconds: float | None = None  #: at full speed, on one connection
    how: str  #: what the figures come from
    objections: tuple[str, ...] = ()  #: what makes it unwise now

    def __str__(self) -> str:
        """All of it but the objections.

        >>> print(Estimate(rows=2000, wal_bytes=2**20, growth_bytes=2**10, seconds=3.2, how="seen"))
        2,000 rows to write; at most 1.0 MB of log, 1.0 kB of growth; 3 s at full speed (seen)
        """
        if self.rows is None:
            return f"its cost is not known ({self.how})"
        parts = [f"{self.rows:,} rows to write"]
        if self.wal_bytes is not None and self.growth_bytes is not None:
            sizes = (shown(size, Unit.BYTES) for size in (self.wal_bytes, self.growth_bytes))
            parts.append("at most {} of log, {} of growth".format(*sizes))
        if self.dead_rows is not None:
            parts.append(f"{self.dead_rows:,} dead rows for vacuum")
        if self.seconds is not None:
            parts.append(f"{_duration(self.seconds)} at full speed")
        return f"{'; '.join(parts)} ({self.how})"


def _duration(seconds: float) -> str:
    if seconds < 90:  # noqa: PLR2004  # a minute and a half
        return f"{seconds:.0f} s"
    return f"{seconds / 60:,.0f} min"

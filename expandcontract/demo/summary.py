"""What came out, for people and as the one line of `--json`."""

from dataclasses import dataclass
from typing import Any

from expandcontract.demo.fleet import Counted, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One part of the story: how long it took, and what the application noticed of it."""

    name: str
    seconds: float
    requests: int
    worst_stall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The account of a whole demonstration."""

    tallies: dict[str, Tally]
    acts: tuple[Act, ...]
    errors: tuple[str, ...]  #: the first failed requests
    highest_lag: float
    rows: int  #: moved by the backfill
    rows_at_the_end: int
    mismatches: tuple[str, ...]

    @property
    def failed(self) -> int:
        """Requests without their answer."""
        return sum(tally.failed for tally in self.tallies.values())

    @property
    def worst(self) -> Act:
        """The act in which a request took longest."""
        return max(self.acts, key=lambda act: act.worst_stall)

    @property
    def is_good(self) -> bool:
        """Whether no request failed and no write was lost."""
        return not self.failed and not self.mismatches

    def to_dict(self) -> dict[str, Any]:
        """The one line of `--json`."""
        return {
            "requests": {
                release: {"done": tally.done, "failed": tally.failed}
                for release, tally in self.tallies.items()
            },
            "worst_stall_ms": round(self.worst.worst_stall * 1000, 1),
            "max_lag_ms": round(self.highest_lag * 1000, 1),
            "rows": self.rows,
            "mismatches": len(self.mismatches),
            "phases": [
                {
                    "phase": act.name,
                    "seconds": round(act.seconds, 3),
                    "requests": act.requests,
                    "worst_stall_ms": round(act.worst_stall * 1000, 1),
                }
                for act in self.acts
            ],
        }


def acts(durations: dict[str, float], counted: Counted) -> tuple[Act, ...]:
    """Durations and counts, put together."""
    return tuple(
        Act(
            name=name,
            seconds=seconds,
            requests=counted.requests.get(name, 0),
            worst_stall=counted.worst.get(name, 0.0),
        )
        for name, seconds in durations.items()
    )

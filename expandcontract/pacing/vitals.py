"""Figures of health while reads move: what is asked, its limit, and what the answers come to.

Beyond its limit once is ill. A vital that does not answer is ill at the second look in a row, so
that a monitoring system may restart.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from expandcontract.errors import VitalNotReadError
from expandcontract.pacing.throttle import Reading

MISSES = 2
"""So many looks in a row without an answer are as bad as one beyond the limit."""

NAME = re.compile(r"[a-z][a-z0-9_]*")
_NAMED = re.compile(r"([a-z][a-z0-9_]*)\s*=(?!=)\s*(.*)", re.DOTALL)
_ADDRESS = re.compile(r"https?://(?P<user>[^/?#]*@)?[^\s/?#@]+[^\s]*")
_PROMETHEUS = "prometheus:"
UNNAMED = "health"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vital:
    """A figure that says whether an application is well: at most, or at least, so much."""

    ask: str  #: a query, or the address that answers
    name: str = UNNAMED
    most: float | None = None
    least: float | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise VitalNotReadError(self.name, "a name has small letters, digits and _")
        if not self.ask.strip():
            raise VitalNotReadError(self.name, "there is nothing to ask")
        if self.is_elsewhere and not _ADDRESS.fullmatch(self.ask):
            raise VitalNotReadError(
                self.name, "the address has no host, or spaces: encode it, or write prometheus:"
            )
        limits = [limit for limit in (self.most, self.least) if limit is not None]
        if not limits:
            raise VitalNotReadError(self.name, "it has no limit")
        if not all(math.isfinite(limit) for limit in limits):
            raise VitalNotReadError(self.name, "a limit is a figure")

    @property
    def is_elsewhere(self) -> bool:
        """Whether somebody else than the database answers."""
        return self.ask.startswith(("http://", "https://"))

    @property
    def has_secret(self) -> bool:
        """Whether the address holds a user or a password, which is written nowhere."""
        found = _ADDRESS.fullmatch(self.ask)
        return bool(found and found["user"])

    @property
    def limit(self) -> str:
        """The limit, for people."""
        most = "" if self.most is None else f"at most {self.most:g}"
        least = "" if self.least is None else f"at least {self.least:g}"
        return " and ".join(filter(None, (least, most)))

    def is_beyond(self, value: float) -> bool:
        """Whether the figure is worse than its limit; at the limit it is not.

        >>> [Vital(ask="SELECT 1", most=5).is_beyond(value) for value in (4, 5, 5.1)]
        [False, False, True]
        """
        too_much = self.most is not None and value > self.most
        return too_much or (self.least is not None and value < self.least)

    def document(self) -> dict[str, Any]:
        """As the ledger keeps it: without what is secret."""
        ask = None if self.has_secret else self.ask
        return {"name": self.name, "ask": ask, "most": self.most, "least": self.least}

    @classmethod
    def from_document(cls, document: Mapping[str, Any], known: Mapping[str, "Vital"]) -> Self:
        """Read what `document` wrote; what it did not write down is taken from those known."""
        name, ask = document["name"], document["ask"]
        if ask is None:
            if name not in known:
                problem = "its address holds a secret, and these settings have no watch of its name"
                raise VitalNotReadError(name, problem)
            ask = known[name].ask
        return cls(name=name, ask=ask, most=document["most"], least=document["least"])


@dataclass(frozen=True, slots=True)
class Well:
    """Every vital is within its limit."""

    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsure:
    """A vital did not answer, for the first time in a row."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ill:
    """Reads have to go back: every reason."""

    reasons: tuple[str, ...]


Health = Well | Unsure | Ill


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the last looks came to; `missed` counts looks in a row without an answer."""

    health: Health = Well(())
    missed: dict[str, int] = field(default_factory=dict)


def judge(looks: Mapping[Vital, Sequence[Reading]], before: Pulse) -> Pulse:
    """What one look at all vitals comes to, after those before it.

    >>> vital = Vital(ask="SELECT 1", most=5)
    >>> silent = {vital: [Reading(signal="health", value=None, limit=1, problem="no answer")]}
    >>> first = judge(silent, Pulse())
    >>> first.health
    Unsure(reasons=('health is unknown: no answer',))
    >>> judge(silent, first).health
    Ill(reasons=('health is unknown: no answer',))
    """
    beyond: list[str] = []
    silent: list[str] = []
    said: list[str] = []
    missed: dict[str, int] = {}
    for vital, readings in looks.items():
        unknown = [str(reading) for reading in readings if reading.value is None]
        if unknown or not readings:
            missed[vital.name] = before.missed.get(vital.name, 0) + 1
            lasting = missed[vital.name] >= MISSES
            (beyond if lasting else silent).extend(unknown or [f"{vital.name} is unknown"])
        for reading in readings:
            if reading.value is not None:
                text = f"{reading.name} is {reading.value:g}, wanted {vital.limit}"
                (beyond if vital.is_beyond(reading.value) else said).append(text)
    health = (
        Ill(tuple(beyond)) if beyond else Unsure(tuple(silent)) if silent else Well(tuple(said))
    )
    return Pulse(health, missed)


def vitals(
    texts: Iterable[str],
    most: Iterable[str] = (),
    least: Iterable[str] = (),
    known: Mapping[str, Vital] | None = None,
) -> tuple[Vital, ...]:
    """Read `[NAME=]QUERY`, or the name of a known one, with limits `[NAME=]FIGURE`.

    >>> vitals(["errors=SELECT 0.5"], most=["errors=1"])[0].limit
    'at most 1'
    >>> vitals(["SELECT 1"], least=["0.5"])[0].name
    'health'
    """
    known = known or {}
    asked: dict[str, str] = {}
    for text in texts:
        name, ask = _asked(text.strip(), known)
        if name in asked:
            raise VitalNotReadError(name, "it is given twice")
        asked[name] = ask
    upper, lower = _limits(most, asked), _limits(least, asked)
    return tuple(
        Vital(
            name=name,
            ask=ask,
            most=upper.get(name, known[name].most if name in known else None),
            least=lower.get(name, known[name].least if name in known else None),
        )
        for name, ask in asked.items()
    )


def _asked(text: str, known: Mapping[str, Vital]) -> tuple[str, str]:
    if NAME.fullmatch(text):
        if text not in known:
            there = f"known are {', '.join(known)}" if known else "the settings have no watches"
            raise VitalNotReadError(text, f"no watch is called so; {there}")
        return text, known[text].ask
    named = _NAMED.fullmatch(text)
    name, ask = (named[1], named[2]) if named else (UNNAMED, text)
    return name, address(name, ask)


def address(name: str, ask: str) -> str:
    """What is asked, with `prometheus:URL PROMQL` spelled as the address of its query API.

    >>> address("p99", "prometheus:http://m:9090/ max(latency{job='a'})")
    'http://m:9090/api/v1/query?query=max%28latency%7Bjob%3D%27a%27%7D%29'
    """
    if not ask.startswith(_PROMETHEUS):
        return ask
    from urllib.parse import quote  # noqa: PLC0415  for Prometheus alone

    base, _, query = ask.removeprefix(_PROMETHEUS).strip().partition(" ")
    if not query.strip() or not base.startswith(("http://", "https://")):
        raise VitalNotReadError(name, "write prometheus:http://host:9090 QUERY")
    return f"{base.rstrip('/')}/api/v1/query?query={quote(query.strip(), safe='')}"


def _limits(texts: Iterable[str], asked: Mapping[str, str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in texts:
        name, equals, figure = text.rpartition("=")
        if not equals and len(asked) != 1:
            raise VitalNotReadError(text, "say whose limit it is, as in errors=0.01")
        name = name.strip() if equals else next(iter(asked))
        if name not in asked:
            raise VitalNotReadError(name, f"nothing of that name is watched: {', '.join(asked)}")
        found[name] = _figure(name, figure)
    return found


def _figure(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise VitalNotReadError(name, f"its limit {text.strip()!r} is not a figure") from None
    if not math.isfinite(value):
        raise VitalNotReadError(name, f"its limit {text.strip()!r} is not a figure")
    return value

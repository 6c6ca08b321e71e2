"""Limits and signals of one's own, from texts: `replication_lag=5s`, `queue=SELECT count(*) …`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from expandcontract.errors import LimitNotReadError, SourceNotReadError, UnknownSignalError
from expandcontract.pacing.units import EXAMPLES, Unit, figure
from expandcontract.signals.base import Signal
from expandcontract.signals.registry import known

OFF = "off"
NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A signal of the user's own: what it is called, and whom it asks."""

    name: str
    text: str

    @property
    def signal(self) -> Signal:
        """Which kind it is, by what it asks."""
        return known()["http" if self.text.startswith(("http://", "https://")) else "query"]


def source(text: str) -> Source:
    """Read `name=SELECT …` or `name=http://…`.

    >>> source("queue=SELECT count(*) FROM mail").name
    'queue'
    """
    name, equals, asked = (part.strip() for part in text.partition("="))
    if not equals or not asked:
        raise SourceNotReadError(text, "there is nothing to ask")
    if not NAME.fullmatch(name):
        raise SourceNotReadError(text, "a name has small letters, digits and _")
    if name in known():
        raise SourceNotReadError(text, f"{name} is the name of a signal that there is already")
    return Source(name=name, text=asked)


def limits(texts: Iterable[str], sources: Iterable[Source] = ()) -> dict[str, float | None]:
    """Read limits, each `signal=value` or `signal=off`.

    >>> limits(["replication_lag=5s", "dead_tuples=20%", "slot_retention=off"])
    {'replication_lag': 5.0, 'dead_tuples': 20.0, 'slot_retention': None}
    """
    own = {one.name for one in sources}
    found: dict[str, float | None] = {}
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        found[name] = limit(name, value, own)
    return found


def limit(name: str, value: str, own: Iterable[str] = ()) -> float | None:
    """The limit of one signal; None is off."""
    measurable = {n: s for n, s in known().items() if not s.has_source}
    if name not in measurable and name not in own:
        raise UnknownSignalError(name, (*sorted(measurable), *own))
    if value == OFF:
        return None
    units = [measurable[name].unit] if name in measurable else list(Unit)
    for unit in units:
        try:
            return figure(value, unit)
        except ValueError:
            continue
    expected = EXAMPLES[units[0]] if len(units) == 1 else "a figure, with or without a unit"
    raise LimitNotReadError(name, value, expected)


def unlimited(sources: Iterable[Source], given: Mapping[str, float | None]) -> None:
    """Refuse a signal of one's own that nothing was said to be too much of."""
    for one in sources:
        if one.name not in given:
            raise SourceNotReadError(f"{one.name}={one.text}", "it has no limit")

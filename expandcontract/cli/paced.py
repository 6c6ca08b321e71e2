"""The options that say what a backfill has to look out for, as one value."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from expandcontract.cli.options import DURATION
from expandcontract.config import Config
from expandcontract.engine.limits import Source, limits, source, unlimited

Function = Callable[..., Any]
LAG = "replication_lag"

COUNTS = {
    "target-ms": click.IntRange(min=1),
    "batch-size": click.IntRange(min=1),
    "workers": click.IntRange(1, 64),
    "max-failures": click.IntRange(min=0),
}
"""What may be said of a backfill in whole numbers: when it is begun, and while it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paced:
    """What was given on the command line; what was not is the settings'."""

    max_lag: float | None = None  #: infinity for `off`
    limits: tuple[str, ...] = ()
    standbys: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()

    def sources(self, settings: Config) -> tuple[Source, ...]:
        """Signals of one's own; one of the command line replaces one of the settings."""
        texts = (*(f"{name}={text}" for name, text in settings.signals.items()), *self.signals)
        return tuple({one.name: one for one in map(source, texts)}.values())

    def limits_with(self, settings: Config) -> dict[str, float | None]:
        """Every limit, the command line's last."""
        own = self.sources(settings)
        found: dict[str, float | None] = {LAG: settings.max_lag}
        found |= limits((f"{name}={value}" for name, value in settings.limits.items()), own)
        if self.max_lag is not None:
            found[LAG] = None if self.max_lag == float("inf") else self.max_lag
        found |= limits(self.limits, own)
        unlimited(own, found)
        return found


class MaxLag(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on only
    """A duration, or `off`, which is read as infinity."""

    name = "duration|off"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read one of the two."""
        if isinstance(value, float):
            return value
        return float("inf") if value == "off" else DURATION.convert(value, param, ctx)


MAX_LAG = MaxLag()

_OPTIONS = (
    click.option("--max-lag", type=MAX_LAG, help="Hold while a standby is so far behind: 5s, off."),
    click.option(
        "--limit",
        "given_limits",
        metavar="SIGNAL=VALUE",
        multiple=True,
        help="Hold while a signal is at its limit: slot_retention=50GB, or off.",
    ),
    click.option(
        "--standby",
        "standbys",
        metavar="NAME|DSN",
        multiple=True,
        help="A standby that must be there; by DSN it is asked itself ([NAME=]DSN).",
    ),
    click.option(
        "--signal",
        "signals",
        metavar="NAME=SQL|URL",
        multiple=True,
        help="A signal of your own, with --limit NAME=VALUE: a query, or an address.",
    ),
)


def paced(function: Function) -> Function:
    """Give a command these options, as its keyword argument `pace`."""

    @functools.wraps(function)
    def with_pace(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  (whatever the command takes)
        if not all(standby.strip() for standby in kwargs["standbys"]):  # an unset variable
            message = "--standby is empty, and nobody is called so"
            raise click.UsageError(message)
        value = Paced(
            max_lag=kwargs.pop("max_lag"),
            limits=kwargs.pop("given_limits"),
            standbys=kwargs.pop("standbys"),
            signals=kwargs.pop("signals"),
        )
        return function(*args, pace=value, **kwargs)

    decorated: Function = with_pace
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated

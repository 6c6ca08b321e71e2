"""The options that say what is watched after reads moved, as one value."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click

from expandcontract.cli.options import DURATION
from expandcontract.engine.soaking import EVERY, FOR, Soak
from expandcontract.pacing.vitals import Vital, vitals

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was given on the command line."""

    asked: tuple[str, ...] = ()
    most: tuple[str, ...] = ()
    least: tuple[str, ...] = ()
    seconds: float | None = None
    every: float | None = None

    def soak(self, known: Mapping[str, Vital]) -> Soak | None:
        """What is watched, with the vitals of the settings; None where nothing is."""
        given = [*self.most, *self.least, *filter(None, (self.seconds, self.every))]
        if not self.asked:
            if given:
                message = "--max, --min, --for and --every say how to --watch, and nothing is"
                raise click.UsageError(message)
            return None
        return Soak(
            vitals=vitals(self.asked, self.most, self.least, known),
            seconds=FOR if self.seconds is None else self.seconds,
            every=EVERY if self.every is None else self.every,
        )


_OPTIONS = (
    click.option(
        "--watch",
        "asked",
        metavar="[NAME=]SQL|URL",
        multiple=True,
        help="A figure that must keep its limit, or reads go back: a query, an address, "
        "'prometheus:URL PROMQL', or the name of a watch in the settings.",
    ),
    click.option(
        "--max", "most", metavar="[NAME=]X", multiple=True, help="What it may be at most."
    ),
    click.option(
        "--min", "least", metavar="[NAME=]X", multiple=True, help="What it must be at least."
    ),
    click.option("--for", "seconds", type=DURATION, help="For how long to watch; 10min."),
    click.option("--every", "every", type=DURATION, help="How often to look; 10s."),
)


def watched(function: Function) -> Function:
    """Give a command these options, as its keyword argument `wanted`."""

    @functools.wraps(function)
    def with_watch(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  (whatever the command takes)
        names = ("asked", "most", "least", "seconds", "every")
        value = Watched(**{name: kwargs.pop(name) for name in names})
        return function(*args, wanted=value, **kwargs)

    decorated: Function = with_watch
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated

"""`--metrics-port` and `--otel`: who is told of a backfill besides the terminal."""

import functools
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import click

from expandcontract.engine.events import Tell

Function = Callable[..., Any]

_OPTIONS = (
    click.option(
        "--metrics-port",
        type=click.IntRange(0, 65535),
        help="Serve figures for Prometheus at this port, 0 for any.",
    ),
    click.option(
        "--metrics-host", default="127.0.0.1", show_default=True, help="Where --metrics-port is."
    ),
    click.option(
        "--otel", is_flag=True, help="Tell OpenTelemetry, as the environment has set it up."
    ),
)


def observed(function: Function) -> Function:
    """Give a command these options, as its keyword argument `listeners`, while it runs."""

    @functools.wraps(function)
    def with_listeners(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  (whatever it takes)
        port, host = kwargs.pop("metrics_port"), kwargs.pop("metrics_host")
        wants_otel = kwargs.pop("otel")
        with ExitStack() as stack:
            listeners: list[Tell] = []
            if port is not None:
                from expandcontract.cli.metrics import serving  # noqa: PLC0415  # only then

                listeners.append(stack.enter_context(serving(host, port)))
            if wants_otel:
                from expandcontract.cli.otel import telling  # noqa: PLC0415  # an extra

                listeners.append(stack.enter_context(telling()))
            return function(*args, listeners=tuple(listeners), **kwargs)

    decorated: Function = with_listeners
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated

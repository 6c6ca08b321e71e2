"""Limits of signals as people write them: `lock_waiters=3`, `replication_lag=5s`."""

import difflib

import click

from expandcontract.config.durations import seconds
from expandcontract.config.sizes import is_size, size
from expandcontract.signals.registry import known


def limit(signal: str, text: str) -> float | None:
    """The limit of a signal in its own unit; None for `off`."""
    if (found := known().get(signal)) is None:
        near = difflib.get_close_matches(signal, known(), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known())}"
        message = f"there is no signal {signal!r}; {hint}"
        raise click.UsageError(message)
    if text == "off":
        return None
    try:
        return _read(found.unit, text)
    except ValueError as error:
        message = f"the limit of {signal}: {error}"
        raise click.UsageError(message) from None


def _read(unit: str, text: str) -> float:
    if unit in {"s", "seconds"}:
        return seconds(text)
    if is_size(unit):
        return size(text.removesuffix("/s"))
    try:
        found = float(text.removesuffix("%"))
    except ValueError:
        found = -1.0
    if not 0 <= found < float("inf"):
        message = f"{text!r} is not a figure"
        raise ValueError(message)
    return found


class Limits(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on only
    """`signal=value`, any number of times."""

    name = "signal=value"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float | None]:
        """Read one."""
        signal, equals, text = str(value).partition("=")
        if not equals:
            self.fail(f"{value!r} is no limit; write SIGNAL=VALUE", param, ctx)
        name = signal.strip().replace("-", "_")
        return name, limit(name, text.strip())


LIMIT = Limits()

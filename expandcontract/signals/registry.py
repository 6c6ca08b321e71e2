"""Finds the signals by walking this package: a new file is a new signal."""

import importlib
import pkgutil
from functools import cache

from expandcontract import signals
from expandcontract.signals.base import Signal

NOT_SIGNALS = frozenset({"base", "registry"})  # nor is what begins with an underscore


@cache
def known() -> dict[str, Signal]:
    """Every signal by its name; each module holds one: `SIGNAL`."""
    names = sorted(module.name for module in pkgutil.iter_modules(signals.__path__))
    found = (
        importlib.import_module(f"{signals.__name__}.{name}").SIGNAL
        for name in names
        if name not in NOT_SIGNALS and not name.startswith("_")
    )
    return {signal.name: signal for signal in found}

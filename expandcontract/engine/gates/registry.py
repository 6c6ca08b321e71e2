"""Finds the probes of the gate by walking this package: a new file is a new probe."""

import importlib
import pkgutil
from functools import cache

from expandcontract.engine import gates
from expandcontract.engine.gates.asked import GateProbe

NOT_PROBES = frozenset({"asked", "registry"})


@cache
def probes() -> dict[str, GateProbe]:
    """Every probe by its name, in the order in which they are asked; each module holds `PROBE`."""
    names = sorted(module.name for module in pkgutil.iter_modules(gates.__path__))
    found = (
        importlib.import_module(f"{gates.__name__}.{name}").PROBE
        for name in names
        if name not in NOT_PROBES
    )
    return {probe.name: probe for probe in sorted(found, key=lambda probe: probe.place)}

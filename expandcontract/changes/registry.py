"""Finds the kinds by walking this package: a new file is a new kind, and nothing else changes."""

import importlib
import pkgutil
from functools import cache

from expandcontract import changes
from expandcontract.changes.base import Change

NOT_KINDS = frozenset({"base", "registry", "document"})


@cache
def kinds() -> dict[str, type[Change]]:
    """Every kind by its stable name; each module says which class it stands for: `KIND`."""
    names = sorted(module.name for module in pkgutil.iter_modules(changes.__path__))
    found = (
        importlib.import_module(f"{changes.__name__}.{name}").KIND
        for name in names
        if name not in NOT_KINDS and not name.startswith("_")
    )
    return {kind.kind: kind for kind in found}

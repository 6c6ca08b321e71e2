"""Alembic: `op.expand`, `op.backfill`, `op.switch`, `op.contract` and their reverts.

Alembic loads `PLUGINS` while it is half imported itself, in every project of the virtual
environment; so nothing is imported here before `PLUGINS` stands, and little after it.
"""

import logging
from collections.abc import Iterator
from types import ModuleType
from typing import Any


class _Plugin(ModuleType):
    """What the entry point `alembic.plugins` names.

    Alembic from 1.19.2 on takes a module, earlier releases a collection of modules: this is both.
    """

    def __iter__(self) -> Iterator[ModuleType]:
        yield self

    def setup(self, plugin: Any) -> None:  # noqa: ANN401  # its class is half imported
        """Register the operations, and what keeps our objects out of autogenerate.

        Whatever goes wrong is told and not raised: every project of the virtual environment
        imports Alembic through here.
        """
        try:
            from expandcontract.ops import comparing, operations, rendering  # noqa: PLC0415

            operations.register()
            rendering.register()
            comparing.register(type(plugin))
        except Exception:
            logging.getLogger("alembic.expandcontract").exception("op.expand is not available")


PLUGINS = _Plugin(f"{__name__}.plugin")

# A module of this package may be imported before Alembic; its plugin is then set up from here,
# and not from the middle of that module.
import alembic as alembic  # noqa: E402

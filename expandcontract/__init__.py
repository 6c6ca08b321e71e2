"""Change a live PostgreSQL schema without downtime: expand, backfill, switch, contract.

Everything public is named in `__all__`; a name is imported when it is first used, so that
`import expandcontract` costs next to nothing in a command that needs little of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from expandcontract import orm
    from expandcontract.changes.add_index import AddIndex
    from expandcontract.changes.change_type import ChangeType
    from expandcontract.changes.extract_table import ExtractTable
    from expandcontract.changes.fill_column import FillColumn
    from expandcontract.changes.move_column import MoveColumn
    from expandcontract.changes.rename_column import RenameColumn
    from expandcontract.changes.rename_table import RenameTable
    from expandcontract.engine.api import apply, backfill, plan, revert, status, verify
    from expandcontract.engine.readiness import require
    from expandcontract.engine.status import ChangeStatus
    from expandcontract.engine.switching import switch
    from expandcontract.errors import ExpandContractError
    from expandcontract.lint.linter import lint
    from expandcontract.model.phase import Phase
    from expandcontract.model.plan import Plan

__all__ = [
    "AddIndex",
    "ChangeStatus",
    "ChangeType",
    "ExpandContractError",
    "ExtractTable",
    "FillColumn",
    "MoveColumn",
    "Phase",
    "Plan",
    "RenameColumn",
    "RenameTable",
    "apply",
    "backfill",
    "lint",
    "orm",
    "plan",
    "require",
    "revert",
    "status",
    "switch",
    "verify",
]

_HOMES = {
    "AddIndex": "changes.add_index",
    "ChangeStatus": "engine.status",
    "ChangeType": "changes.change_type",
    "ExpandContractError": "errors",
    "FillColumn": "changes.fill_column",
    "Phase": "model.phase",
    "Plan": "model.plan",
    "ExtractTable": "changes.extract_table",
    "MoveColumn": "changes.move_column",
    "RenameColumn": "changes.rename_column",
    "RenameTable": "changes.rename_table",
    "apply": "engine.api",
    "backfill": "engine.api",
    "plan": "engine.api",
    "require": "engine.readiness",
    "revert": "engine.api",
    "status": "engine.api",
    "switch": "engine.switching",
    "verify": "engine.api",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the name stands for
    """Import a public name from its home."""
    if name in {"lint", "orm"}:  # packages; the first one can be called
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

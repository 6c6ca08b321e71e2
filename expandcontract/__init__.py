"""Change a live PostgreSQL schema without downtime: expand, backfill, switch, contract.

Everything public is named in `__all__`; a name is imported when it is first used, so that
`import expandcontract` costs next to nothing in a command that needs little of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from expandcontract import orm, web
    from expandcontract.changes._new_column import NewColumn
    from expandcontract.changes._sql import Sql
    from expandcontract.changes.add_check import AddCheck
    from expandcontract.changes.add_column import AddColumn
    from expandcontract.changes.add_enum_value import AddEnumValue
    from expandcontract.changes.add_foreign_key import AddForeignKey
    from expandcontract.changes.add_index import AddIndex
    from expandcontract.changes.add_primary_key import AddPrimaryKey
    from expandcontract.changes.add_unique import AddUnique
    from expandcontract.changes.change_type import ChangeType
    from expandcontract.changes.compute_columns import ComputeColumns
    from expandcontract.changes.derive_column import DeriveColumn
    from expandcontract.changes.drop_column import DropColumn
    from expandcontract.changes.drop_constraint import DropConstraint
    from expandcontract.changes.drop_index import DropIndex
    from expandcontract.changes.drop_not_null import DropNotNull
    from expandcontract.changes.drop_table import DropTable
    from expandcontract.changes.extract_table import ExtractTable
    from expandcontract.changes.fill_column import FillColumn
    from expandcontract.changes.merge_columns import MergeColumns
    from expandcontract.changes.move_column import MoveColumn
    from expandcontract.changes.partition_table import PartitionTable
    from expandcontract.changes.raw_sql import RawSQL
    from expandcontract.changes.rename_column import RenameColumn
    from expandcontract.changes.rename_table import RenameTable
    from expandcontract.changes.replace_enum import ReplaceEnum
    from expandcontract.changes.replace_index import ReplaceIndex
    from expandcontract.changes.set_not_null import SetNotNull
    from expandcontract.changes.split_column import SplitColumn
    from expandcontract.changes.widen_primary_key import WidenPrimaryKey
    from expandcontract.engine.api import apply, backfill, plan, revert, status, verify
    from expandcontract.engine.moving import switch
    from expandcontract.engine.readiness import Readiness, require
    from expandcontract.engine.results import SKIP
    from expandcontract.engine.soaking import Soak
    from expandcontract.engine.status import ChangeStatus
    from expandcontract.errors import ExpandContractError
    from expandcontract.lint.linter import lint
    from expandcontract.model.phase import Phase
    from expandcontract.model.plan import Plan
    from expandcontract.pacing.vitals import Vital

__all__ = [
    "SKIP",
    "AddCheck",
    "AddColumn",
    "AddEnumValue",
    "AddForeignKey",
    "AddIndex",
    "AddPrimaryKey",
    "AddUnique",
    "ChangeStatus",
    "ChangeType",
    "ComputeColumns",
    "DeriveColumn",
    "DropColumn",
    "DropConstraint",
    "DropIndex",
    "DropNotNull",
    "DropTable",
    "ExpandContractError",
    "ExtractTable",
    "FillColumn",
    "MergeColumns",
    "MoveColumn",
    "NewColumn",
    "PartitionTable",
    "Phase",
    "Plan",
    "RawSQL",
    "Readiness",
    "RenameColumn",
    "RenameTable",
    "ReplaceEnum",
    "ReplaceIndex",
    "SetNotNull",
    "Soak",
    "SplitColumn",
    "Sql",
    "Vital",
    "WidenPrimaryKey",
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
    "web",
]

_HOMES = {
    "AddCheck": "changes.add_check",
    "AddColumn": "changes.add_column",
    "AddEnumValue": "changes.add_enum_value",
    "AddForeignKey": "changes.add_foreign_key",
    "ReplaceEnum": "changes.replace_enum",
    "SplitColumn": "changes.split_column",
    "MergeColumns": "changes.merge_columns",
    "DeriveColumn": "changes.derive_column",
    "ComputeColumns": "changes.compute_columns",
    "SKIP": "engine.results",
    "AddIndex": "changes.add_index",
    "AddPrimaryKey": "changes.add_primary_key",
    "AddUnique": "changes.add_unique",
    "ChangeStatus": "engine.status",
    "ChangeType": "changes.change_type",
    "DropColumn": "changes.drop_column",
    "DropConstraint": "changes.drop_constraint",
    "DropIndex": "changes.drop_index",
    "DropNotNull": "changes.drop_not_null",
    "DropTable": "changes.drop_table",
    "ExpandContractError": "errors",
    "ExtractTable": "changes.extract_table",
    "FillColumn": "changes.fill_column",
    "MoveColumn": "changes.move_column",
    "NewColumn": "changes._new_column",
    "Phase": "model.phase",
    "Plan": "model.plan",
    "RawSQL": "changes.raw_sql",
    "Readiness": "engine.readiness",
    "PartitionTable": "changes.partition_table",
    "RenameColumn": "changes.rename_column",
    "RenameTable": "changes.rename_table",
    "ReplaceIndex": "changes.replace_index",
    "SetNotNull": "changes.set_not_null",
    "Soak": "engine.soaking",
    "Sql": "changes._sql",
    "Vital": "pacing.vitals",
    "WidenPrimaryKey": "changes.widen_primary_key",
    "apply": "engine.api",
    "backfill": "engine.api",
    "plan": "engine.api",
    "require": "engine.readiness",
    "revert": "engine.api",
    "status": "engine.api",
    "switch": "engine.moving",
    "verify": "engine.api",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the name stands for
    """Import a public name from its home."""
    if name in {"lint", "orm", "web"}:  # packages; the first one can be called
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

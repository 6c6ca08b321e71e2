"""From SQLAlchemy's tables to what a release maps: a Release, without a connection."""

import importlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from expandcontract.errors import ExpandContractError
from expandcontract.lint.release import MappedColumn, Release
from expandcontract.model.names import TableName

if TYPE_CHECKING:
    from sqlalchemy import Column, MetaData


class MetadataNotFoundError(ExpandContractError):
    """What was named is neither a MetaData nor has one."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(place, reason)
        self.place = place
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}; name a MetaData or a declarative base"


def metadata_at(place: str) -> "MetaData":
    """What stands at `module:attribute`: a MetaData, or a declarative base that has one."""
    from sqlalchemy import MetaData  # noqa: PLC0415  only for this command

    module, colon, path = place.partition(":")
    if not (module and colon and path):
        raise MetadataNotFoundError(place, "write it as module:attribute")
    if "" not in sys.path:
        sys.path.insert(0, "")  # the project's own modules, as `python -m` finds them
    try:
        found: Any = importlib.import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
    except Exception as error:  # a module is a program: anything can come out of its import
        reason = f"{type(error).__name__}: {error}".split("\n")[0]
        raise MetadataNotFoundError(place, reason) from error
    found = getattr(found, "metadata", found)
    if not isinstance(found, MetaData):
        raise MetadataNotFoundError(
            place, f"an object of type {type(found).__name__} has no tables"
        )
    return found


def release(metadata: "MetaData") -> Release:
    """Every table and column; `public` where no schema is named."""
    tables = {
        TableName(table.name, table.schema or metadata.schema or "public"): {
            column.name: column for column in _columns(table.columns)
        }
        for table in metadata.tables.values()
    }
    return Release(tables)


def _columns(columns: Any) -> Iterator[MappedColumn]:  # noqa: ANN401  SQLAlchemy's own collection
    for column in columns:
        default = _default(column)
        yield MappedColumn(
            name=column.name,
            type=_spelled(column),
            required=not column.nullable and default is None,
            default=default,
        )


def _default(column: "Column[Any]") -> str | None:
    """Who gives a value where the code that inserts gives none."""
    if column.server_default is not None or column.identity or column.computed is not None:
        return "server"
    if column.default is not None:
        return "client"
    automatic = column.table.autoincrement_column
    return "server" if automatic is column else None


def _spelled(column: "Column[Any]") -> str:
    """The type as PostgreSQL spells it; its class where it has no spelling of its own there."""
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415
    from sqlalchemy.exc import CompileError  # noqa: PLC0415

    try:
        return column.type.compile(postgresql.dialect())  # type: ignore[no-untyped-call]
    except CompileError:
        return type(column.type).__name__

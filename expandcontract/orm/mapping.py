"""What the code of a release maps, and whether a database has what its attributes need."""

import hashlib
import json
import os
import socket
import time
from typing import Any

from sqlalchemy import Connection, MetaData, Table
from sqlalchemy.orm import mapperlib

from expandcontract.errors import ColumnsMissingError, UnknownSwitchError
from expandcontract.model.names import TableName
from expandcontract.orm import asking, known
from expandcontract.orm.asking import Lease
from expandcontract.orm.switched import Switched
from expandcontract.orm.switches import Switches


def metadatas() -> list[MetaData]:
    """The metadata of every class that is mapped in this process by now."""
    found = {id(r.metadata): r.metadata for r in mapperlib._all_registries()}  # noqa: SLF001
    return list(found.values())


def mapped_columns() -> dict[str, list[str]]:
    """Every table that is mapped, with its columns."""
    tables = [table for metadata in metadatas() for table in metadata.tables.values()]
    return {table.fullname: sorted(column.name for column in table.columns) for table in tables}


def lease(release: str) -> Lease:
    """The sign of life of this process."""
    columns = mapped_columns()
    text = json.dumps(columns, sort_keys=True)
    return Lease(
        release=release,
        instance=f"{socket.gethostname()}:{os.getpid()}:{time.time_ns():x}",
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
        columns=columns,
    )


def wanted(follows: Switches) -> list[Switched[Any]]:
    """The attributes that follow these switches, on classes that are mapped."""
    return [
        attribute
        for attribute in known.attributes()
        if attribute.follows is follows and attribute.is_mapped
    ]


def check(connection: Connection, follows: Switches) -> None:
    """Raise for the first attribute whose change or columns the database does not have."""
    for attribute in wanted(follows):
        attribute.prepared(attribute.owner)
        name = f"{attribute.owner.__name__}.{attribute.__name__}"
        position = attribute.position()
        if position is None:
            names = tuple(one.name for one in follows.everything())
            raise UnknownSwitchError(name, attribute.change, names)
        sides = (attribute.sides.old, attribute.sides.new)
        old, new = (attribute.column(attribute.owner, side) for side in sides)
        there = asking.columns(connection, _spelled(old.table))
        missing = tuple(column.name for column in (old, new) if column.name not in there)
        if missing:
            raise ColumnsMissingError(name, old.table.fullname, missing, position.state)


def _spelled(table: Table) -> str:
    return str(TableName(table.name, table.schema))

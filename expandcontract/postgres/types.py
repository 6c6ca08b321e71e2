"""Types that a change asks for, as the server knows them."""

import json
from dataclasses import replace

from expandcontract.errors import ServerRefusedError, TypeNotFoundError
from expandcontract.model import types
from expandcontract.model.catalog import EnumType
from expandcontract.model.names import TableName
from expandcontract.model.types import Type
from expandcontract.postgres import catalog_queries as queries
from expandcontract.postgres.session import Session

NOT_SPELT_AS_A_TYPE = "42601"


def type_id(session: Session, text: str) -> str:
    """The type that a text means along the search path."""
    try:
        [(oid,)] = session.rows(queries.TYPE_ID, {"type": text})
    except ServerRefusedError as error:
        if error.sqlstate != NOT_SPELT_AS_A_TYPE:
            raise
        oid = None
    if oid is None:
        raise TypeNotFoundError(text)
    return str(oid)


def read_enum(session: Session, text: str, oid: str) -> EnumType:
    """An enum with everything that is of its type."""
    rows = session.rows(queries.ENUM, {"oid": oid})
    if not rows:
        raise TypeNotFoundError(text, is_other=True)
    row = json.loads(rows[0][0])
    schema, name = row["name"]
    return EnumType(
        name=TableName(name, schema),
        labels=tuple(row["labels"]),
        comment=row["comment"],
        uses=tuple((TableName(table, schema), column) for schema, table, column in row["uses"]),
        others=tuple(row["others"]),
        owner=row["owner"],
        privileges=None if row["privileges"] is None else tuple(row["privileges"]),
    )


def read_type(session: Session, text: str, oid: str) -> Type:
    """The type with its schema, as the session's search path spells it."""
    [(row,)] = session.rows(queries.TYPE, {"oid": oid})
    return replace(types.read(text), known=True, **json.loads(row))

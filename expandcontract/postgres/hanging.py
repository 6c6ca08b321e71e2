"""What depends on the columns of a table, and how it is made again."""

import json
from typing import Any

from expandcontract.model.catalog import Dependent, Reference
from expandcontract.model.names import TableName
from expandcontract.postgres import hanging_queries as queries
from expandcontract.postgres.session import Session

PUBLISHES_COLUMNS = 150000
"""The first version whose publications may name columns and rows."""


def dependents(session: Session, key: dict[str, str]) -> tuple[Dependent, ...]:
    """Everything that reads a column, but for the table's own indexes and constraints."""
    rows = session.rows(queries.DEPENDENTS, key)
    again = _made_again(session, key) if rows else {}
    found = []
    for column, kind, description in rows:
        # A view reads through a rule of this name, of which nobody has heard.
        name = description.removeprefix("rule _RETURN on ")
        made = again.get((column, name), {})
        found.append(
            Dependent(
                column=column,
                kind=kind,
                description=name,
                class_=made.get("class", ""),
                again=_texts(made, "again"),
                drop=_texts(made, "drop"),
                made=_texts(made, "made"),
                columns=_texts(made, "columns"),
            )
        )
    return tuple(found)


def _made_again(session: Session, key: dict[str, str]) -> dict[tuple[str, str], dict[str, Any]]:
    rows = session.rows(queries.MADE_AGAIN, key)
    if int(session.rows("SHOW server_version_num")[0][0]) >= PUBLISHES_COLUMNS:
        rows += session.rows(queries.PUBLISHED, key)
    read = [(json.loads(text), description) for text, description in rows]
    return {
        (made["column"], description.removeprefix("rule _RETURN on ")): made
        for made, description in read
    }


def _texts(made: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(text for text in made.get(name) or () if text is not None)


def references(session: Session, key: dict[str, str]) -> tuple[Reference, ...]:
    """Foreign keys that point at the table, its own among them."""
    found = []
    for (text,) in session.rows(queries.REFERENCES, key):
        row = json.loads(text)
        schema, name = row.pop("table")
        for listed in ("columns", "targets"):
            row[listed] = tuple(row[listed])
        found.append(Reference(table=TableName(name, schema), **row))
    return tuple(found)

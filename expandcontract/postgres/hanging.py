"""What depends on the columns of a table, and how it is made again."""

import json
from collections.abc import Iterator
from typing import Any

from expandcontract.model.catalog import Dependent, Reference
from expandcontract.model.names import TableName
from expandcontract.postgres import hanging_queries as queries
from expandcontract.postgres.each import of_each
from expandcontract.postgres.session import Session

Made = dict[tuple[str, str], dict[str, Any]]
"""The texts that make a thing again, by column and description."""

PUBLISHES_COLUMNS = 150000
"""The first version whose publications may name columns and rows."""


def dependents(session: Session, oids: list[str]) -> dict[str, tuple[Dependent, ...]]:
    """Everything that reads a column, but for the table's own indexes and constraints; by table."""
    rows = of_each(session, queries.DEPENDENTS, oids)
    again = _made_again(session, [oid for oid in oids if rows[oid]])
    return {oid: tuple(_dependents(rows[oid], again.get(oid, {}))) for oid in oids}


def _dependents(rows: list[tuple[Any, ...]], again: Made) -> Iterator[Dependent]:
    for column, kind, description in rows:
        # A view reads through a rule of this name, of which nobody has heard.
        name = description.removeprefix("rule _RETURN on ")
        made = again.get((column, name), {})
        yield Dependent(
            column=column,
            kind=kind,
            description=name,
            class_=made.get("class", ""),
            again=_texts(made, "again"),
            drop=_texts(made, "drop"),
            made=_texts(made, "made"),
            columns=_texts(made, "columns"),
        )


def _made_again(session: Session, oids: list[str]) -> dict[str, Made]:
    if not oids:
        return {}
    asked = [queries.MADE_AGAIN]
    if int(session.rows("SHOW server_version_num")[0][0]) >= PUBLISHES_COLUMNS:
        asked.append(queries.PUBLISHED)
    found: dict[str, Made] = {oid: {} for oid in oids}
    for query in asked:
        for oid, rows in of_each(session, query, oids).items():
            for text, description in rows:
                made = json.loads(text)
                found[oid][made["column"], description.removeprefix("rule _RETURN on ")] = made
    return found


def _texts(made: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(text for text in made.get(name) or () if text is not None)


def references(session: Session, oids: list[str]) -> dict[str, tuple[Reference, ...]]:
    """Foreign keys that point at each of the tables, its own among them."""
    rows = of_each(session, queries.REFERENCES, oids)
    return {oid: tuple(_reference(text) for (text,) in rows[oid]) for oid in oids}


def _reference(text: str) -> Reference:
    row = json.loads(text)
    schema, name = row.pop("table")
    for listed in ("columns", "targets"):
        row[listed] = tuple(row[listed])
    return Reference(table=TableName(name, schema), **row)

"""Reads the tables that a change asked for into a Catalog."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any

from expandcontract.errors import TableNotFoundError
from expandcontract.model.catalog import (
    Catalog,
    Column,
    Constraint,
    ConstraintKind,
    Incoming,
    Index,
    IndexKey,
    Sequence,
    Table,
    TableKind,
)
from expandcontract.model.names import TableName
from expandcontract.postgres import catalog_queries as queries
from expandcontract.postgres import relation_queries
from expandcontract.postgres.each import of_each
from expandcontract.postgres.hanging import dependents, references
from expandcontract.postgres.session import Session
from expandcontract.postgres.types import read_enum, read_type, type_id

_CONSTANT = re.compile(r"\(?(NULL|true|false|-?\d+(\.\d+)?|E?'([^']|'')*')\)?(::[\w\" .()\[\],]+)?")

_KINDS = {
    "r": TableKind.ORDINARY,
    "p": TableKind.PARTITIONED,
    "v": TableKind.VIEW,
    "m": TableKind.VIEW,
    "f": TableKind.FOREIGN,
}
_CONSTRAINTS = {
    "c": ConstraintKind.CHECK,
    "f": ConstraintKind.FOREIGN_KEY,
    "p": ConstraintKind.PRIMARY_KEY,
    "u": ConstraintKind.UNIQUE,
    "x": ConstraintKind.EXCLUSION,
    "n": ConstraintKind.NOT_NULL,
}
_STORAGES = {"p": "PLAIN", "e": "EXTERNAL", "x": "EXTENDED", "m": "MAIN"}
_COMPRESSIONS = {"p": "pglz", "l": "lz4"}
_ROLES = {
    "identifies": "REPLICA IDENTITY",
    "clustered": "CLUSTER",
}
_IDENTITIES = {"a": "always", "d": "by default"}
_GENERATED = {"s": "stored", "v": "virtual"}


def is_constant(default: str | None) -> bool:
    """Whether a default's text is a literal, so that a row can be asked whether it has it.

    >>> [is_constant(text) for text in (None, "'x'::text", "now()", "CURRENT_DATE", "(-5)")]
    [True, True, False, False, True]
    """
    return default is None or _CONSTANT.fullmatch(default) is not None


def read_catalog(
    session: Session,
    tables: Iterable[TableName],
    types: Iterable[str] = (),
    enums: Iterable[str] = (),
    *,
    portable: bool = False,
    referencing: bool = False,
) -> Catalog:
    """Read the named tables and types; one that cannot be found is an error.

    What becomes part of a plan is read `portable`: sessions with another search path will run it.
    Tables that refer to one of the named are read too where `referencing`.
    """
    version = int(session.rows(queries.VERSION)[0][0])
    path = tuple(json.loads(session.rows(queries.SEARCH_PATH)[0][0]))
    listed = {text: read_enum(session, text, type_id(session, text)) for text in enums}
    used = [table for enum in listed.values() for table, _ in enum.uses]
    names = dict.fromkeys((*tables, *used))
    oids = [_oid(session, name, path) for name in names]
    wanted = {text: type_id(session, text) for text in types}
    with _spelled_out(session) if portable else nullcontext():
        found = tuple(_trees(session, oids))
        if referencing:
            found += tuple(_referring(session, found))
        known = {text: read_type(session, text, oid) for text, oid in wanted.items()}
    return Catalog(version=version, tables=found, search_path=path, types=known, enums=listed)


def _referring(session: Session, tables: tuple[Table, ...]) -> Iterator[Table]:
    known = {table.name for table in tables}
    names = {reference.table for table in tables for reference in table.referring or ()}
    yield from _tables(session, [_oid(session, name, ()) for name in sorted(names - known)])


def _oid(session: Session, wanted: TableName, path: tuple[str, ...]) -> str:
    oid = session.rows(relation_queries.OID, {"table": str(wanted)})[0][0]
    if oid is None or not session.rows(relation_queries.TABLE, {"oid": oid}):
        raise TableNotFoundError(wanted.plain, () if wanted.schema else path)
    return str(oid)


@contextmanager
def _spelled_out(session: Session) -> Iterator[None]:
    """One snapshot, in which the server spells every name with its schema."""
    session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        session.rows(queries.NO_SEARCH_PATH)
        yield
    finally:
        session.run("END")  # nothing was written; a ROLLBACK would count as one that failed


def _trees(session: Session, oids: list[str]) -> Iterator[Table]:
    """The tables, each with its partitions and children at every level."""
    below = of_each(session, relation_queries.PARTS, oids)
    for oid in oids:
        if whole := tuple(_tables(session, [oid, *(part for (part,) in below[oid])])):
            yield replace(whole[0], parts=whole[1:])


def _tables(session: Session, oids: list[str]) -> Iterator[Table]:
    """Each kind of thing is asked for once, whatever the number of tables."""
    found = of_each(session, relation_queries.TABLE, oids)
    columns = of_each(session, queries.COLUMNS, oids)
    indexes = of_each(session, queries.INDEXES, oids)
    constraints = of_each(session, queries.CONSTRAINTS, oids)
    triggers = of_each(session, relation_queries.TRIGGERS, oids)
    referring = of_each(session, relation_queries.REFERRING, oids)
    hanging, pointing = dependents(session, oids), references(session, oids)
    for oid in oids:
        if not found[oid]:  # dropped since its tree was read
            continue
        by_name = {c.name: c for c in (_column(json.loads(row[0])) for row in columns[oid])}
        yield replace(
            _relation(found[oid][0]),
            columns=tuple(by_name.values()),
            indexes=tuple(_index(json.loads(row[0]), by_name) for row in indexes[oid]),
            constraints=tuple(_constraint(json.loads(row[0])) for row in constraints[oid]),
            dependents=hanging[oid],
            references=pointing[oid],
            triggers=tuple(row[0] for row in triggers[oid]),
            referring=tuple(map(_incoming, referring[oid])),
        )


def _relation(row: tuple[Any, ...]) -> Table:
    """The table as a whole."""
    _, schema, name, kind, inherits, estimate, size, more = row
    whole = json.loads(more)
    return Table(
        name=TableName(name, schema),
        kind=_KINDS.get(kind, TableKind.OTHER),
        inherits=inherits,
        is_partition=whole["is_partition"],
        parents=tuple(TableName(name, schema) for schema, name in whole["parents"]),
        partition_key=tuple(whole["partition_key"]),
        owner=whole["owner"],
        privileges=tuple(dict.fromkeys(whole["privileges"])),
        row_security=whole["row_security"],
        comment=whole["comment"],
        publications=tuple(whole["publications"]),
        granted_sequences=tuple(whole["granted_sequences"]),
        rows=None if estimate < 0 else int(estimate),
        bytes=int(size),
        options=tuple(whole["options"]),
        tablespace=whole["tablespace"],
    )


def _incoming(row: tuple[Any, ...]) -> Incoming:
    schema, name, constraint, columns = row
    read = json.loads(columns)
    return Incoming(
        table=TableName(name, schema),
        constraint=constraint,
        columns=tuple(read["columns"]),
        to_columns=tuple(read["to_columns"]),
    )


def _column(row: dict[str, Any]) -> Column:
    return Column(
        name=row["name"],
        type=row["type"],
        not_null=row["not_null"],
        default=None if row["generated"] else row["default"],
        default_is_constant=is_constant(row["default"]),
        collation=row["collation"],
        identity=_IDENTITIES.get(row["identity"], ""),
        generated=_GENERATED.get(row["generated"], ""),
        owned_sequence=row["owned_sequence"],
        sequence=_sequence(row["sequence"]),
        comment=row["comment"],
        statistics=row["statistics"],
        storage=_STORAGES.get(row["storage"] or ""),
        compression=_COMPRESSIONS.get(row["compression"]),
        options=tuple(row["options"] or ()),
        privileges=tuple(row["privileges"] or ()),
        labels=tuple((provider, label) for provider, label in row["labels"]),
        equality_is_identity=row["equality_is_identity"],
        parents=row["parents"],
        is_local=row["is_local"],
    )


def _sequence(row: dict[str, Any] | None) -> Sequence | None:
    if row is None:
        return None
    schema, name = row.pop("name")
    privileges = tuple(row.pop("privileges"))
    return Sequence(name=TableName(name, schema), privileges=privileges, **row)


def _index(row: dict[str, Any], columns: dict[str, Column]) -> Index:
    keys = tuple(_key(key) for key in row["keys"] if key["at"] <= row["key_count"])
    plain = [key.column for key in keys if key.column is not None and not key.suffix]
    return Index(
        name=row["name"],
        keys=keys,
        method=row["method"],
        unique=row["unique"],
        primary=row["primary"],
        valid=row["valid"],
        nulls_not_distinct=row["nulls_not_distinct"] or False,
        include=tuple(key["column"] for key in row["keys"] if key["at"] > row["key_count"]),
        predicate=row["predicate"],
        options=tuple(row["options"] or ()),
        tablespace=row["tablespace"],
        constraint=row["constraint"],
        comment=row["comment"],
        parent=None if row["parent"] is None else TableName(row["parent"][1], row["parent"][0]),
        columns=tuple(row["columns"]),
        roles=tuple(command for role, command in _ROLES.items() if row[role]),
        statistics=tuple((number, target) for number, target in row["statistics"]),
        usable_key=row["unique"]
        and row["valid"]
        and row["immediate"]
        and row["predicate"] is None
        and row["method"] == "btree"
        and len(plain) == len(keys)
        and all(columns[name].not_null for name in plain),
    )


def _key(row: dict[str, Any]) -> IndexKey:
    words = []
    if row["collation"]:
        words.append(f"COLLATE {row['collation']}")
    if row["opclass"] or row["opclass_options"]:
        options = ", ".join(row["opclass_options"] or ())
        words.append(row["opclass_name"] + (f" ({options})" if options else ""))
    if row["descending"]:
        words.append("DESC" if row["nulls_first"] else "DESC NULLS LAST")
    elif row["nulls_first"]:
        words.append("NULLS FIRST")
    expression = None if row["column"] else row["expression"]
    return IndexKey(column=row["column"], expression=expression, suffix=" ".join(words))


def _constraint(row: dict[str, Any]) -> Constraint:
    return Constraint(
        name=row["name"],
        kind=_CONSTRAINTS.get(row["kind"], ConstraintKind.OTHER),
        columns=tuple(row["columns"] or ()),
        definition=row["definition"],
        valid=row["valid"],
        deferrable=row["deferrable"],
        deferred=row["deferred"],
        comment=row["comment"],
        inherited=row["inherited"],
    )

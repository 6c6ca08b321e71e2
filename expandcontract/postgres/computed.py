"""Rows that a function computes: read with their version, written back where they still have it."""

import json
import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any, LiteralString

from expandcontract.model.backfill import Chunk, Key
from expandcontract.model.names import quoted
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.session import Session

TYPES: LiteralString = """
    SELECT attname, pg_catalog.format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute
    WHERE attrelid = pg_catalog.to_regclass(%(table)s) AND attnum > 0 AND NOT attisdropped
"""


_GIVEN, _DONE = '"ec given"', '"ec done"'

Row = tuple[Any, ...]
"""A row as it was read: the key as texts, its version, and the columns that the function gets."""


def types(session: Session, lane: Lane) -> tuple[str, ...]:
    """The type of each assigned column."""
    found = dict(session.rows(TYPES, {"table": str(lane.backfill.table)}))
    return tuple(found[column] for column, _ in lane.backfill.assignments)


def read(session: Session, lane: Lane, chunk: Chunk, size: int) -> tuple[Key, int, list[Row]]:
    """Where `size` rows of the chunk end, how many they are, and those that are meant."""
    condition, params = lane.in_turn(chunk)
    found = session.rows(
        f"{_selected(lane)} WHERE {condition} ORDER BY {lane.keys()} LIMIT %(size)s::bigint",
        {**params, "size": str(size)},
    )
    width = len(lane.backfill.key)
    bound = tuple(found[-1][:width]) if len(found) >= size else chunk.high
    return bound, len(found), _rows(found, width)


def locked(session: Session, lane: Lane, keys: Sequence[Key]) -> list[Row]:
    """The rows of these keys, locked, as they are now."""
    names = [f"k{at}" for at in range(len(lane.backfill.key))]
    found = session.rows(
        f"{_selected(lane)} WHERE ({lane.keys()}) IN (SELECT {', '.join(names)}"
        f" FROM pg_catalog.jsonb_to_recordset(%(keys)s::jsonb) AS ec({_typed_keys(lane)}))"
        f" ORDER BY {lane.keys()} FOR NO KEY UPDATE OF {lane.alias}",
        {"keys": document(keys, names)},
    )
    return _rows(found, len(lane.backfill.key))


def _typed_keys(lane: Lane) -> str:
    kinds = enumerate(lane.backfill.key_types)
    return ", ".join(f"k{at} {_escaped(kind)}" for at, kind in kinds)


def _selected(lane: Lane) -> str:
    """Keys, version and sources; of a row that is not meant, the version is NULL."""
    alias, backfill = lane.alias, lane.backfill
    where = _escaped(backfill.where) or "true"
    sources = ", ".join(f"{alias}.{_escaped(quoted(column))}" for column in backfill.reads)
    version = f"CASE WHEN ({where}\n) THEN {alias}.xmin::text END"
    return f"SELECT {lane.texts}, {version}, {sources} FROM {lane.table}"


def _rows(found: list[Row], width: int) -> list[Row]:
    return [one for one in found if one[width] is not None]


def write(
    session: Session, lane: Lane, column_types: Sequence[str], rows: Sequence[Row]
) -> tuple[int, list[Key]]:
    """Write the rows that nobody has changed since they were read; how many, and the others' keys.

    Each is the key, the version, and the values to be written. A version does not tell afterwards
    what was written here: a trigger may have written the row once more, under another number.
    """
    if not rows:
        return 0, []
    backfill, alias = lane.backfill, lane.alias
    keys = [f"k{at}" for at in range(len(backfill.key))]
    values = [f"v{at}" for at in range(len(column_types))]
    columns = ", ".join(
        [_typed_keys(lane), "x text"]
        + [f"{name} {_escaped(kind)}" for name, kind in zip(values, column_types, strict=True)]
    )
    assigned = ", ".join(
        f"{_escaped(quoted(column))} = ec.{name}"
        for (column, _), name in zip(backfill.assignments, values, strict=True)
    )
    matched = ", ".join(f"ec.{name}" for name in keys)
    found = session.rows(
        f"WITH {_GIVEN} AS MATERIALIZED (SELECT * FROM"
        f" pg_catalog.jsonb_to_recordset(%(rows)s::jsonb) AS ec({columns})),"
        f" {_DONE} ({', '.join(keys)}) AS (UPDATE {lane.table} SET {assigned} FROM {_GIVEN} AS ec"
        f" WHERE ({lane.keys()}) = ({matched}) AND {alias}.xmin = ec.x::xid"
        f" RETURNING {lane.keys()})"
        f" SELECT done.n, kept.* FROM (SELECT count(*) FROM {_DONE})"
        f" AS done (n) LEFT JOIN (SELECT {lane.texts} FROM (SELECT {matched} FROM {_GIVEN} AS ec"
        f" WHERE ({matched}) NOT IN (TABLE {_DONE})) AS {alias} ({', '.join(lane.key_names)}))"
        f" AS kept ({', '.join(lane.key_names)}) ON true",
        {"rows": document(rows, [*keys, "x", *values])},
    )
    return int(found[0][0]), [tuple(key) for _, *key in found if key[0] is not None]


def document(rows: Sequence[Row], names: Sequence[str]) -> str:
    """The rows as JSON, an object each.

    >>> document([("1", "700", True)], ["k0", "x", "v0"])
    '[{"k0":"1","x":"700","v0":true}]'
    >>> document([("1", "700", float("-inf"))], ["k0", "x", "v0"])
    '[{"k0":"1","x":"700","v0":"-inf"}]'
    """
    found = [dict(zip(names, row, strict=True)) for row in rows]
    try:
        text = _encoder.encode(found)
    except ValueError:  # JSON has neither NaN nor an infinite figure, PostgreSQL reads both
        told = [{name: _figure(value) for name, value in row.items()} for row in found]
        text = _any_encoder.encode(told)
    # Half a character is spelt out, and left to the server to refuse, with its row.
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def _figure(value: object) -> object:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: object) -> object:
    """What JSON has no form for, as PostgreSQL reads it from a text."""
    match value:
        case bytes() | bytearray() | memoryview():
            return "\\x" + bytes(value).hex()
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return f"{value.total_seconds()} seconds"
        case Enum():
            return value.value
        case set() | frozenset():
            return sorted(value, key=str)
        case _:
            return str(value)


_FORM: dict[str, Any] = {
    "default": _plain,
    "ensure_ascii": False,
    "separators": (",", ":"),
    "check_circular": False,
}
_encoder = json.JSONEncoder(**_FORM, allow_nan=False)
_any_encoder = json.JSONEncoder(**_FORM)
"""What is not finite inside of a value is left to the server to refuse, with its row."""


def _escaped(sql: str) -> str:
    return sql.replace("%", "%%")

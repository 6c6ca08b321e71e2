"""Sequences of columns: owned, widened, and handed from one identity column to another."""

from collections.abc import Iterator

from expandcontract.ddl import grants
from expandcontract.model.catalog import Sequence
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, literal, quoted
from expandcontract.model.statement import Statement

_HIGHEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def own(sequence: TableName, table: TableName, column: str) -> Statement:
    """Make a sequence part of a column, with which it will be dropped."""
    return Statement(
        sql=f"ALTER SEQUENCE {sequence} OWNED BY {table}.{quoted(column)}",
        table=table,
        lock=Lock.ACCESS_SHARE,
    )


def retype(sequence: TableName, type_: str) -> Statement:
    """Let a sequence go as far as its column's type does."""
    return Statement(sql=f"ALTER SEQUENCE {sequence} AS {type_}")


def rename(sequence: TableName, to: str) -> Statement:
    """Give a sequence another name."""
    return Statement(sql=f"ALTER SEQUENCE {sequence} RENAME TO {quoted(to)}")


def add_identity(
    table: TableName, column: str, always: str, sequence: Sequence, type_: str
) -> Statement:
    """Let the server number a column, by a sequence with the properties of another."""
    cycle = "" if sequence.cycles else "NO "
    options = (
        f"SEQUENCE NAME {sequence.name} START WITH {sequence.start}"
        f" INCREMENT BY {sequence.increment}{_limits(sequence, type_)}"
        f" CACHE {sequence.cache} {cycle}CYCLE"
    )
    sql = f"ALTER COLUMN {quoted(column)} ADD GENERATED {always.upper()} AS IDENTITY ({options})"
    return Statement(sql=f"ALTER TABLE {table} {sql}", table=table, lock=Lock.ACCESS_EXCLUSIVE)


def _limits(sequence: Sequence, type_: str) -> str:
    """Where it ends: where its old type did it ends with the new one, and else where it did."""
    is_up = sequence.increment > 0
    end = sequence.maximum if is_up else sequence.minimum
    is_of_old_type = end == (_HIGHEST[sequence.type] if is_up else -_HIGHEST[sequence.type] - 1)
    is_open = type_ != sequence.type and (is_of_old_type or abs(end) > _HIGHEST[type_])
    lowest = f" MINVALUE {sequence.minimum}" if is_up or not is_open else ""
    highest = f" MAXVALUE {sequence.maximum}" if not (is_up and is_open) else ""
    return lowest + highest


def said_again(sequence: Sequence) -> Iterator[Statement]:
    """Comment and privileges, which a sequence that was made anew has not."""
    if sequence.comment is not None:
        text = literal(sequence.comment)
        yield Statement(sql=f"COMMENT ON SEQUENCE {sequence.name} IS {text}")
    yield from grants.on_sequence(sequence)


def drop_identity(table: TableName, column: str) -> Statement:
    """Stop numbering a column, and drop its sequence."""
    return Statement(
        sql=f"ALTER TABLE {table} ALTER COLUMN {quoted(column)} DROP IDENTITY",
        table=table,
        lock=Lock.ACCESS_EXCLUSIVE,
    )


def generate(table: TableName, column: str, when: str) -> Statement:
    """Let an identity column be numbered always, or by default."""
    sql = f"ALTER COLUMN {quoted(column)} SET GENERATED {when.upper()}"
    return Statement(sql=f"ALTER TABLE {table} {sql}", table=table, lock=Lock.ACCESS_EXCLUSIVE)


def go_on_beyond(sequence: TableName, other: TableName, like: Sequence, room: int) -> Statement:
    """Let a sequence continue where another one stands, so many numbers further where they fit."""
    name, further = literal(str(sequence)), f"last_value::numeric + {room * like.increment}"
    most = f"least({further}, {like.maximum})" if like.increment > 0 else ""
    return Statement(
        sql=f"SELECT pg_catalog.setval({name}::pg_catalog.regclass,"
        f" {most or f'greatest({further}, {like.minimum})'}::bigint, is_called) FROM {other}"
    )


def go_on_from(sequence: TableName, other: TableName) -> Statement:
    """Let a sequence continue where another one stands."""
    name = literal(str(sequence))
    return Statement(
        sql=f"SELECT pg_catalog.setval({name}::pg_catalog.regclass, last_value, is_called)"
        f" FROM {other}"
    )

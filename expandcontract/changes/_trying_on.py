"""Whether foreign keys and readers of a column fit its new type, tried before anything is begun.

A temporary table may only refer to its like, so the other table has a shape too. Readers meet a
shape with the table's own name, in which the column is of its new type already.
"""

import re
from collections.abc import Iterable, Iterator

from expandcontract.changes._carrying import CarriedCheck, as_it_is, helper
from expandcontract.changes._offenders import NAME, REFERS
from expandcontract.changes._pair import Pair
from expandcontract.ddl import constraints
from expandcontract.ddl.columns import set_type_anew
from expandcontract.model.catalog import Constraint, ConstraintKind, Dependent, Table
from expandcontract.model.names import TableName, quoted
from expandcontract.model.trial import Trial

_VIEW = re.compile(rf"^CREATE VIEW (?:{NAME}\.)?{NAME}(?: WITH \([^)]*\))? AS ")
_KEY = "the two columns need types that can be compared by the key's index; change both, or drop it"
_READER = "drop it first, and make it again for the new type afterwards"


def fitting(pair: Pair, shape: TableName) -> Iterator[Trial]:
    """Foreign keys of the table and to it, then what reads the column; of each partition too."""
    for member in pair.members:
        part = () if member.is_root else (member.table.name.plain,)
        for check in member.hung.checks:
            if check.original.kind is ConstraintKind.FOREIGN_KEY:
                yield from _refers(pair, shape, part, check)
    for number, (reference, carried) in enumerate(pair.pointing):
        yield from _is_referred_to(pair, shape, number, reference.table, carried.twin)
    types = ((pair.old.name, pair.new.type),)
    stand_ins: set[str] = set()  # of two tables of one name, in two schemas, the first one
    for member in pair.members:
        name = member.table.name.name
        if pair.adapt is as_it_is and member.readers and name not in stand_ins:
            stand_ins.add(name)
            yield from reading(member.table, types, member.readers)


def _refers(
    pair: Pair, shape: TableName, part: tuple[str, ...], check: CarriedCheck
) -> Iterator[Trial]:
    original, twin = check.original, check.twin
    if (found := REFERS.match(twin.definition)) is None:
        return
    other = TableName(helper(pair.key, "s", original.name, *part), "pg_temp")
    yield _shape(other, f"{found[1]} INCLUDING INDEXES")
    start, end = found.span(1)
    definition = f"{twin.definition[:start]}{other}{twin.definition[end:]}"
    yield _key(original.name, pair.new.name, shape, twin.name, definition)


def _is_referred_to(
    pair: Pair, shape: TableName, number: int, table: TableName, twin: Constraint
) -> Iterator[Trial]:
    if (found := REFERS.match(twin.definition)) is None:
        return
    other = TableName(helper(pair.key, "r", str(number)), "pg_temp")
    yield _shape(other, str(table))
    unique = f"CREATE UNIQUE INDEX ON {shape} ({found[2]})"
    yield Trial(text=f"a key of {pair.new.name}", sql=unique, is_preparation=True)
    start, end = found.span(1)
    definition = f"{twin.definition[:start]}{shape}{twin.definition[end:]}"
    name = f"{pair.pointing[number][1].original.name} of {table.plain}"
    yield _key(name, pair.new.name, other, twin.name, definition)


def _shape(name: TableName, like: str) -> Trial:
    sql = f"CREATE TEMPORARY TABLE {quoted(name.name)} (LIKE {like})"
    return Trial(text="the shape of another table", sql=sql, is_preparation=True)


def _key(name: str, new: str, table: TableName, twin: str, definition: str) -> Trial:
    sql = constraints.add_not_valid(table, twin, definition).sql
    return Trial(text=f"the foreign key {name} with {new}", sql=sql, cure=_KEY)


def reading(
    table: Table, types: tuple[tuple[str, str], ...], readers: Iterable[Dependent]
) -> Iterator[Trial]:
    """What reads columns of the table, when they are of these types."""
    stand_in = TableName(table.name.name, "pg_temp")
    text = f"the shape of {table.name.plain} under its own name"
    sql = f"CREATE TEMPORARY TABLE {quoted(stand_in.name)} (LIKE {table.name} INCLUDING INDEXES)"
    yield Trial(text=text, sql=sql, is_preparation=True)
    told = ", ".join(f"{name} of type {type_}" for name, type_ in types)
    for name, type_ in types:
        retyped = f"{set_type_anew(stand_in, name, type_).sql} USING NULL::{type_}"
        yield Trial(text=f"{name} of type {type_}", sql=retyped, is_preparation=True)
    for reader in readers:
        if sql := _tried(reader, table.name, stand_in):
            yield Trial(text=f"{reader.description} with {told}", sql=sql, cure=_READER)


def _tried(reader: Dependent, table: TableName, stand_in: TableName) -> str:
    """The reader's own command, on the stand-in; empty: it is met at contract."""
    text = _instead((reader.made or reader.again)[0], table, stand_in)
    match reader.class_:
        case "pg_policy" if re.match(rf"ALTER POLICY {NAME} ON (?={_end(stand_in)})", text):
            return f"CREATE {text.removeprefix('ALTER ')}"
        case "pg_trigger" if re.search(rf" ON {_end(stand_in)}", text):
            return text
        case "pg_rewrite" if reader.made:
            return f"CREATE TEMPORARY VIEW zz_ec_tried AS {_VIEW.sub('', text)}"
        case _:
            return ""


def _end(stand_in: TableName) -> str:
    return rf"{re.escape(str(stand_in))}(?:\s|$)"


def _instead(query: str, table: TableName, stand_in: TableName) -> str:
    """The query on the stand-in; the server has written every name with its schema."""
    schema, name = (
        f"(?:{re.escape(part)}|{re.escape(quoted(part))})"
        for part in (table.schema or "public", table.name)
    )
    found = rf'(?<![\w$".]){schema}\.{name}(?![\w$"])'
    return re.sub(found, lambda _: str(stand_in), query)

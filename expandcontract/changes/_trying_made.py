"""Whether an index, a key or a reference can be made as it is wished: tried without any row.

The statement of the step is run on an empty temporary table of the same shape.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from expandcontract.changes._one_expression import more_than_one
from expandcontract.changes._trying import along, policed
from expandcontract.ddl import constraints, indexes
from expandcontract.model.catalog import Index, Table
from expandcontract.model.names import TableName, literal, quoted
from expandcontract.model.trial import Trial

SHAPE = TableName("zz_ec_shape", "pg_temp")
MADE = "zz_ec_made"
REFERRED = TableName("zz_ec_referred", "pg_temp")
_MEND = "mend columns=, where= or method="
_FITS = "give both columns types that the index of the one can compare, or refer to others"


def unreadable(index: Index) -> Iterator[str]:
    """Why an expression or the predicate is not one, and would go on as another command."""
    for text in (*(key.expression for key in index.keys), index.predicate):
        if text:
            yield from more_than_one(text)


def index_trials(table: Table, index: Index, path: tuple[str, ...]) -> Iterator[Trial]:
    """Its expressions over the table, then the index itself."""
    yield along(path)
    what = f"the index {index.name}"
    texts = [f"({key.expression}\n)" for key in index.keys if key.expression]
    given = f" WHERE ({index.predicate}\n)" if index.predicate else ""
    if texts or given:
        yield policed()
        sql = f"SELECT {', '.join(texts)} FROM {table.name}{given} LIMIT 0"
        yield Trial(text=what, sql=sql, is_preparation=True, cure=_MEND)
    if is_tried_whole(table, index):
        yield shape_of(table.name)
        made = replace(index, name=MADE)
        yield Trial(text=what, sql=indexes.create(SHAPE, made).sql, cure=_MEND)


def is_tried_whole(table: Table, index: Index) -> bool:
    """Whether the index can be made on a shape: what reads the row as one value cannot."""
    texts = (*(key.expression or "" for key in index.keys), index.predicate or "")
    return not any(_names(table, text) for text in texts)


def constraint_trials(table: Table, name: str, definition: str) -> Iterator[Trial]:
    """A key, in the words of ALTER TABLE."""
    yield shape_of(table.name)
    text = f"the constraint {name} on {table.name.plain}"
    sql = constraints.add(SHAPE, name, definition).sql
    yield Trial(text=text, sql=sql, cure="choose other columns")


def reference_trials(
    table: Table, to: Table, keys: tuple[Index, ...], name: str, definition: str
) -> Iterator[Trial]:
    """A foreign key to one of the keys of a table, which the definition calls REFERRED."""
    what = f"the foreign key {name} on {table.name.plain}"
    yield _as_lasting(table.name, to.name, what)
    yield shape_of(table.name)
    yield shape_of(to.name, REFERRED)
    for number, key in enumerate(keys):
        made = replace(key, name=f"{MADE}_{number}", options=())
        sql = indexes.create(REFERRED, made).sql
        yield Trial(text=f"the index {key.name}", sql=sql, is_preparation=True)
    sql = constraints.add_not_valid(SHAPE, name, definition).sql
    yield Trial(text=what, sql=sql, cure=_FITS)


def shape_of(table: TableName, name: TableName = SHAPE) -> Trial:
    """The table's columns, without a row."""
    made = f"CREATE TEMPORARY TABLE {quoted(name.name)} (LIKE {table} INCLUDING GENERATED)"
    return Trial(text=f"the shape of {table.plain}", sql=made, is_preparation=True)


def _as_lasting(table: TableName, to: TableName, what: str) -> Trial:
    """What is kept when the server crashes cannot refer to what is not."""
    return Trial(
        text=what,
        sql=f"""
            SELECT {literal(to.plain)} || ' is not logged, and ' || {literal(table.plain)}
                || ' is: rows of the one would outlive those of the other'
            FROM pg_catalog.pg_class ours, pg_catalog.pg_class theirs
            WHERE ours.oid = pg_catalog.to_regclass({literal(str(table))})
              AND theirs.oid = pg_catalog.to_regclass({literal(str(to))})
              AND ours.relpersistence = 'p' AND theirs.relpersistence = 'u'""",
        is_question=True,
        cure=f"ALTER TABLE {to} SET LOGGED first",
    )


def _names(table: Table, text: str) -> bool:
    """Whether a text may mean the row as a whole by the table's name, which the shape has not."""
    name = table.name.name
    spelled = f"(?:{re.escape(name)}|{re.escape(quoted(name)[1:-1])})"
    found = re.search(rf"(?<![\w$]){spelled}(?![\w$])", text, re.IGNORECASE)
    return found is not None and table.find(name) is None

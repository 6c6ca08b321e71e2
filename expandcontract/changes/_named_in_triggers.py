"""Triggers that are given a column by name: PostgreSQL knows of no such dependence.

`tsvector_update_trigger(words, 'pg_catalog.english', body)` fails at every write once no column is
called `body`, and reads only the old one while there are two.
"""

from collections.abc import Iterator

from expandcontract.changes._leaving import is_left
from expandcontract.model.catalog import Table
from expandcontract.model.names import TableName, literal
from expandcontract.model.trial import Trial


def named_in_triggers(table: Table, column: str, leave: tuple[str, ...] = ()) -> Iterator[Trial]:
    """Triggers of the table and of its parts that have the column's name as an argument."""
    for one in (table, *table.parts):
        names = [name for name in one.triggers if not is_left(_said(one.name, name), leave)]
        if names:
            yield _trial(one.name, names, column)


def _said(table: TableName, trigger: str) -> str:
    return f"trigger {trigger} on table {table.plain}"


def _trial(table: TableName, triggers: list[str], column: str) -> Trial:
    encoding = "pg_catalog.getdatabaseencoding()"
    name = f"pg_catalog.encode(pg_catalog.convert_to({literal(column)}, {encoding}), 'escape')"
    given = f"pg_catalog.encode(tgargs, 'escape'), {literal(chr(92) + '000')}"
    return Trial(
        text=f"the name {column}, which goes, as an argument",
        sql=f"SELECT 'trigger ' || tgname || ' on table ' || {literal(table.plain)}"
        f" FROM pg_catalog.pg_trigger WHERE tgrelid = pg_catalog.to_regclass({literal(str(table))})"
        f" AND tgname IN ({', '.join(map(literal, triggers))}) AND tgparentid = 0"
        f" AND {name} = ANY (pg_catalog.string_to_array({given}))",
        is_question=True,
        cure="make it again with a function that reads the columns there are, or drop it first",
    )

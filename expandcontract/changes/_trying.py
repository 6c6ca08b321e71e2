"""What is tried on a server before a pair of columns is begun: every expression, index and check.

The table's shape without its rows gets the new column, in a temporary table that is rolled back.
"""

from collections.abc import Iterator

from expandcontract.changes._carrying import helper
from expandcontract.changes._pair import Pair
from expandcontract.changes._trying_on import fitting
from expandcontract.changes._values import Value
from expandcontract.ddl import columns, constraints, indexes
from expandcontract.ddl.sides import differs
from expandcontract.model.catalog import ConstraintKind, Table
from expandcontract.model.names import TableName, quoted
from expandcontract.model.trial import Trial

SAMPLE = 10_000
SHOWN = 5
LEAVE = "mend it on the old column first"


def along(path: tuple[str, ...]) -> Trial:
    """Have the trials that follow find what an author names without its schema."""
    schemas = ", ".join(map(quoted, (*path, "pg_temp")))
    sql = f"SET LOCAL search_path = {schemas}"
    return Trial(text="the search path", sql=sql, is_preparation=True)


def policed() -> Trial:
    """Let the trials that follow read by the role's policies: of no row, none is kept back."""
    return Trial(text="policies", sql="SET LOCAL row_security = on", is_preparation=True)


def trials(pair: Pair, *, lossy: bool) -> Iterator[Trial]:
    """In the order in which they are run."""
    shape = TableName(helper(pair.key, "shape"), "pg_temp")
    yield Trial(
        text="the table's shape",
        sql=f"CREATE TEMPORARY TABLE {quoted(shape.name)} (LIKE {pair.name})",
        is_preparation=True,
    )
    new = pair.new
    yield Trial(
        text=f"a column {new.name} of type {new.type}",
        sql=columns.add(shape, new.name, new).sql,
        is_preparation=True,
    )
    yield from _carried(pair, shape)
    if not pair.is_copy:
        yield from _values(pair, lossy=lossy)
        yield from fitting(pair, shape)


def _carried(pair: Pair, shape: TableName) -> Iterator[Trial]:
    new = pair.new
    for statement in columns.properties(shape, new.name, new):
        yield Trial(text=f"what {pair.old.name} has of its own", sql=statement.sql, cure=LEAVE)
    if pair.default is not None:
        yield Trial(
            text=f"the default {pair.old.default} on {new.name}",
            sql=columns.set_default(shape, new.name, pair.default).sql,
            cure=(
                "drop the default first"
                if _is_of_enum(pair)
                else "give up=, through which a default goes too, or drop the default first"
            ),
        )
    for index in pair.hung.indexes:
        text = f"the index {index.original.name} on {new.name}"
        yield Trial(text=text, sql=indexes.create(shape, index.twin).sql, cure=LEAVE)
    for check in pair.hung.checks:
        if check.original.kind is ConstraintKind.FOREIGN_KEY:
            continue  # has a shape to refer to, further down
        text = f"the check {check.original.name} on {new.name}"
        sql = constraints.add_not_valid(shape, check.twin.name, check.twin.definition).sql
        yield Trial(text=text, sql=sql, cure=LEAVE)


def sample(table: Table) -> str:
    """Some rows of the table, from all over it where it is large."""
    if table.rows is None or table.rows <= SAMPLE:
        return f"SELECT * FROM {table.name} LIMIT {SAMPLE}"
    percent = min(100.0, 200.0 * SAMPLE / table.rows)
    return f"SELECT * FROM {table.name} TABLESAMPLE SYSTEM ({percent:.6f}) LIMIT {SAMPLE}"


def _values(pair: Pair, *, lossy: bool) -> Iterator[Trial]:
    """Whether `up` and `down` can be computed, and whether both lead to where one began."""
    old, new = quoted(pair.old.name), quoted(pair.new.name)
    made = (
        f"SELECT s.*, CAST({pair.up.of_row} AS {pair.new.type}) AS {new}"
        f" FROM ({sample(pair.table)}) AS s"
    )
    cure = (
        ""
        if _is_of_enum(pair)
        else (
            "give up= and down=, with functions and types of your own under their schema, such as "
            "public.f(…): the trigger's search path is pg_catalog alone"
        )
    )
    yield Trial(
        text=f"up of {pair.old.name}, for some of the rows",
        sql=f"SELECT pg_catalog.count({new}) FROM ({made}) AS s",
        cure=cure,
    )
    yield Trial(
        text=f"down of {pair.new.name}, for some of the rows",
        sql=f"SELECT pg_catalog.count({pair.down.of_row}) FROM ({made}) AS s",
        cure=cure,
    )
    if lossy:
        return
    lost = differs(
        f"CAST({pair.down.of_row} AS {pair.old.type})",
        old,
        equality_is_identity=pair.old.equality_is_identity,
    )
    yield Trial(
        text="down(up(x)) is not x",
        sql=f"SELECT {_told(pair)} FROM ({made}) AS s WHERE {lost} LIMIT {SHOWN}",
        is_question=True,
        cure=(
            "if what is lost is not needed, say lossy=True; else give another "
            + ("mapping=" if _is_of_enum(pair) else "up= or down=")
        ),
    )


def _is_of_enum(pair: Pair) -> bool:
    """Whether the values are those of a kind that takes no `up` and `down`."""
    return isinstance(pair.up, Value) and pair.up.is_ours


def _told(pair: Pair) -> str:
    """A row for people: its key, the value, what becomes of it, and what comes back."""
    old, new, back = quoted(pair.old.name), quoted(pair.new.name), pair.down.of_row
    key = pair.table.key()
    keys = [quoted(k.column) for k in key.keys if k.column] if key else []
    shown = [f"({value})::text" for value in (old, new, back)]
    texts = [f"pg_catalog.left(coalesce({text}, 'NULL'), 60)" for text in shown]
    head = f"pg_catalog.concat_ws(', ', {', '.join(keys)}) || ': ' || " if keys else ""
    return head + " || ' → ' || ".join(texts)

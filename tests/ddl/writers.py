"""Writers of a synced table, each in a style of its own, and what rows have to be after them."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

from expandcontract.ddl import columns, sync
from expandcontract.ddl.sync import Side, Sync
from expandcontract.model.backfill import Backfill, Chunk
from expandcontract.model.catalog import Column
from expandcontract.model.names import TableName
from expandcontract.model.statement import Statement
from expandcontract.postgres import chunks
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.session import PsycopgSession, transaction

THINGS = TableName("things", "public")
Value = str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of the synced column, values that a loose `=` may take for the same, a default."""

    type: str
    values: tuple[str, ...]
    default: str = ""
    fixed: bool = True  #: the default is the same in every row
    asked: bool = True  #: a trigger can find out what the default was
    before: str = ""
    collation: str = ""

    def __str__(self) -> str:
        return f"{self.type} {self.default}{self.collation}".strip().replace(" ", "_")


KINDS = (
    Kind(type="text", values=("a", "A", "a ", "")),
    Kind(type="text", values=("a", "b", "none"), default="'none'"),
    Kind(type="varchar(5)", values=("a", "b", "none"), default="'none'"),
    Kind(type="char(3)", values=("a", "b", "c")),
    Kind(type="bpchar", values=("a", "a ", "b")),
    Kind(type="integer", values=("1", "2", "7"), default="7"),
    Kind(type="numeric", values=("1", "1.0", "1.00", "NaN")),
    Kind(type="numeric(10,2)", values=("0.00", "1.00", "-2.50"), default="0"),
    Kind(type="float8", values=("0", "-0", "0.30000000000000004", "0.3"), default="0.3"),
    Kind(type="json", values=("{}", "{ }", '{"a":1,"a":2}', "null")),
    Kind(type="jsonb", values=("{}", '{"a": 1}', "null"), default="'{}'"),
    Kind(type="text[]", values=("{}", "{a}", "{NULL}", "{a,b}"), default="'{}'"),
    Kind(type="timestamptz", values=("2026-01-01 00:00+00", "2026-01-02 00:00+00")),
    Kind(type="timestamptz", values=("2026-01-01+00", "infinity"), default="now()", fixed=False),
    Kind(type="date", values=("2020-01-01", "2020-01-02"), default="CURRENT_DATE", fixed=False),
    Kind(type="interval", values=("1 day", "24:00:00", "1 mon", "30 days")),
    Kind(type="bytea", values=("\\x", "\\x00", "\\x41")),
    Kind(type="boolean", values=("t", "f"), default="false"),
    Kind(type="point", values=("(1,2)", "(1,2.0000000001)", "(1,3)")),
    Kind(type="int4range", values=("[1,2)", "empty", "[1,)")),
    Kind(type="xid", values=("1", "2")),
    Kind(
        type="uuid",
        values=("0" * 32, "1" * 32),
        default="gen_random_uuid()",
        fixed=False,
        asked=False,
    ),
    Kind(
        type="s.mood",
        values=("good", "bad"),
        default="'good'",
        before="CREATE TYPE s.mood AS ENUM ('good', 'bad')",
    ),
    Kind(
        type="s.label",
        values=("a", "b", "c"),
        default="'a'",
        before="CREATE DOMAIN s.label AS varchar(3) CHECK (VALUE <> 'x')",
    ),
    Kind(
        type="s.pair",
        values=("(1,a)", "(1,A)", "(,)"),
        before="CREATE TYPE s.pair AS (n int, t text)",
    ),
    Kind(
        type="text",
        values=("a", "A", "b"),
        collation="s.loose",
        before="CREATE COLLATION s.loose"
        " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    ),
)


@dataclass(slots=True)
class Row:
    """What the two sides of a row have to be."""

    old: Value
    new: Value


@dataclass(slots=True)
class Table:
    """A synced table, and the same as a dictionary."""

    connection: psycopg.Connection
    kind: Kind
    sync: Sync
    luck: random.Random
    rows: dict[int, Row] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    default: Value = None
    new_leads: bool = False
    conflicts: int = 0
    old_writes: int = 0
    ids: int = 0

    def run(self, query: str, *values: object) -> psycopg.Cursor[tuple[object, ...]]:
        cast = f"::{self.kind.type}"
        return self.connection.execute(query.replace("::T", cast).encode(), values)

    def value(self) -> Value:
        return self.luck.choice((*self.values, None))

    def some(self) -> str:
        return self.luck.choice(self.values)

    def any_row(self) -> int:
        return self.luck.choice([*self.rows, 0])

    def next_id(self) -> int:
        self.ids += 1
        return self.ids

    # What a write means: the rules of ddl/sync.py, once more and without SQL.

    def inserted(self, row: int, old: Value, new: Value, *, defaulted: bool = False) -> None:
        if defaulted and not self.kind.fixed:
            [(old,)] = self.run("SELECT old::text FROM things WHERE id = %s", row)  # type: ignore[assignment]
            old = new if new is not None else old
        elif defaulted:
            old = self.default
        is_default = defaulted or (self.kind.fixed and old == self.default)
        if not self.kind.asked:
            is_default = new is not None
        self._settle(row, old, new, old_given=not is_default, new_given=new is not None)

    def updated(self, row: int, old: Value, new: Value) -> None:
        if (before := self.rows.get(row)) is None:
            return
        changed = (old != before.old, new != before.new)
        if any(changed):
            self._settle(row, old, new, old_given=changed[0], new_given=changed[1])

    def _settle(
        self, row: int, old: Value, new: Value, *, old_given: bool, new_given: bool
    ) -> None:
        if old_given and new_given:
            self.conflicts += old != new
            value = new if self.new_leads else old
        elif new_given:
            value = new
        else:
            self.old_writes += self.new_leads and old_given
            value = old
        self.rows[row] = Row(value, value)

    def current(self, row: int) -> Row:
        return self.rows.get(row, Row(None, None))


def opened(connection: psycopg.Connection, kind: Kind, seed: int) -> Table:
    """A table with rows of before the change, and the trigger on it."""
    luck = random.Random(seed)  # noqa: S311
    for command in ("CREATE SCHEMA s", "CREATE SCHEMA expandcontract", kind.before):
        if command:
            connection.execute(command.encode())
    collate = f"COLLATE {kind.collation}" if kind.collation else ""
    default = f"DEFAULT {kind.default}" if kind.default else ""
    connection.execute(
        "CREATE TABLE things (id bigint PRIMARY KEY, note text DEFAULT 'x',"
        f" old {kind.type} {collate} {default})".encode()
    )
    table = read_catalog(PsycopgSession(connection, owned=False), [THINGS]).tables[0]
    column = table.column("old")
    made = Table(connection, kind, synced(column), luck)
    made.values = tuple(
        str(made.run("SELECT %s::T::text", v).fetchall()[0][0]) for v in kind.values
    )
    if kind.default and kind.fixed:
        made.default = str(made.run(f"SELECT ({kind.default})::T::text").fetchall()[0][0])
    for row in range(1, 13):
        value = made.value()
        made.run("INSERT INTO things (id, old) VALUES (%s, %s::T)", row, value)
        made.rows[row] = Row(value, None)
    made.ids = 12
    execute(
        connection, columns.add(THINGS, "new", column), *sync.create(made.sync, new_leads=False)
    )
    return made


def synced(column: Column) -> Sync:
    def side(name: str, other: str, default: str | None) -> Side:
        return Side(
            column=name,
            value=sync.field("NEW", other),
            default=default,
            equality_is_identity=column.equality_is_identity,
        )

    return Sync(
        table=THINGS,
        key="k",
        old=(side("old", "new", column.default),),
        new=(side("new", "old", None),),
    )


def execute(connection: psycopg.Connection, *statements: Statement) -> None:
    for statement in statements:
        connection.execute(statement.sql.encode())


def insert(table: Table) -> None:
    row, old, new = table.next_id(), table.value(), table.value()
    match table.luck.choice(("old", "new", "both", "neither", "default and new")):
        case "old":
            table.run("INSERT INTO things (id, old) VALUES (%s, %s::T)", row, old)
            table.inserted(row, old, None)
        case "new":
            table.run("INSERT INTO things (id, new) VALUES (%s, %s::T)", row, new)
            table.inserted(row, None, new, defaulted=True)
        case "both":
            table.run("INSERT INTO things (id, old, new) VALUES (%s, %s::T, %s::T)", row, old, new)
            table.inserted(row, old, new)
        case "neither":
            table.run("INSERT INTO things (id) VALUES (%s)", row)
            table.inserted(row, None, None, defaulted=True)
        case _:
            table.run("INSERT INTO things VALUES (%s, 'y', DEFAULT, %s::T)", row, new)
            table.inserted(row, None, new, defaulted=True)


def copy(table: Table) -> None:
    column = table.luck.choice(("old", "new"))
    rows = [(table.next_id(), table.some()) for _ in range(3)]
    command = f"COPY things (id, {column}) FROM STDIN"
    with table.connection.cursor() as cursor, cursor.copy(command.encode()) as stream:
        for pair in rows:
            stream.write_row(pair)
    for row, value in rows:
        if column == "old":
            table.inserted(row, value, None)
        else:
            table.inserted(row, None, value, defaulted=True)


def update(table: Table) -> None:
    row, old, new = table.any_row(), table.value(), table.value()
    before = table.current(row)
    match table.luck.choice(("old", "new", "both", "neither")):
        case "old":
            table.run("UPDATE things SET old = %s::T WHERE id = %s", old, row)
            table.updated(row, old, before.new)
        case "new":
            table.run("UPDATE things SET new = %s::T WHERE id = %s", new, row)
            table.updated(row, before.old, new)
        case "both":
            table.run("UPDATE things SET new = %s::T, old = %s::T WHERE id = %s", new, old, row)
            table.updated(row, old, new)
        case _:
            table.run("UPDATE things SET note = md5(note) WHERE id = %s", row)


def update_full_row(table: Table) -> None:
    """As an ORM without change tracking does it: every column that the release knows."""
    row = table.any_row()
    before = table.current(row)
    old, new = before.old, before.new
    if table.luck.random() < 0.5:
        old = table.value()
    else:
        new = table.value()
    table.run(
        "UPDATE things SET id = id, note = note, old = %s::T, new = %s::T WHERE id = %s",
        old,
        new,
        row,
    )
    table.updated(row, old, new)


def update_many(table: Table) -> None:
    column = table.luck.choice(("old", "new"))
    wanted = {table.any_row(): table.value() for _ in range(4)}
    table.run(
        f"UPDATE things SET {column} = v.value::T, note = 'many'"
        " FROM unnest(%s::bigint[], %s::text[]) AS v (id, value) WHERE things.id = v.id",
        list(wanted),
        list(wanted.values()),
    )
    for row, value in wanted.items():
        before = table.current(row)
        old, new = (value, before.new) if column == "old" else (before.old, value)
        table.updated(row, old, new)


def upsert(table: Table) -> None:
    row = table.any_row() or table.next_id()
    before = table.rows.get(row)
    column, value = table.luck.choice(("old", "new")), table.some()
    conflicts, old_writes = table.conflicts, table.old_writes
    table.run(
        f"INSERT INTO things (id, {column}) VALUES (%s, %s::T)"
        f" ON CONFLICT (id) DO UPDATE SET {column} = excluded.{column}",
        row,
        value,
    )
    if column == "old":
        table.inserted(row, value, None)
    else:
        table.inserted(row, None, value, defaulted=True)
    if before is not None:  # the row that was proposed counted, and the one that stood is updated
        table.rows[row] = before
        if column == "old":
            table.updated(row, value, before.new)
        else:
            table.updated(row, before.old, value)
    assert table.conflicts == conflicts
    assert table.old_writes - old_writes <= 2


def give_up(table: Table) -> None:
    """A transaction that is rolled back."""
    row = table.any_row()
    table.run("BEGIN")
    table.run("UPDATE things SET note = 'never' WHERE id = %s", row)
    table.run("DELETE FROM things WHERE id = %s", row)
    table.run("ROLLBACK")


def delete(table: Table) -> None:
    row = table.any_row()
    table.run("DELETE FROM things WHERE id = %s", row)
    table.rows.pop(row, None)


def flip(table: Table) -> None:
    """The switch phase, or its revert."""
    table.new_leads = not table.new_leads
    execute(table.connection, sync.create_function(table.sync, new_leads=table.new_leads))


def backfill(table: Table) -> None:
    """One chunk over a part of the table."""
    if not table.rows:
        return
    bounds = sorted(table.luck.choices(range(max(table.rows) + 1), k=2))
    column = (
        read_catalog(PsycopgSession(table.connection, owned=False), [THINGS])
        .tables[0]
        .column("old")
    )
    plan = Backfill(
        table=THINGS,
        key=("id",),
        key_types=("bigint",),
        assignments=(("new", '"old"'),),
        compare_as_text=() if column.equality_is_identity else ("new",),
        sync_key=table.sync.key,
    )
    session = PsycopgSession(table.connection, owned=False)
    with transaction(session, **chunks.settings(plan, silence=table.luck.random() < 0.5)):
        low, high = bounds
        chunks.write(session, Lane(plan), Chunk((str(low),), (str(high),)))
    for row, now in table.rows.items():
        if low < row <= high:
            now.new = now.old


ACTS: tuple[Callable[[Table], None], ...] = (
    *(insert, copy, update, update, update_full_row, update_full_row, update_many, upsert),
    *(give_up, delete, flip, backfill),
)

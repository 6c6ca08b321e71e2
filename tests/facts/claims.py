"""One example of everything that `ddl/` emits, and a server's answer to what it claims to cost."""

import importlib
import inspect
import pkgutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import psycopg

from expandcontract import ddl
from expandcontract.ddl import (
    columns,
    constraints,
    crossing,
    enums,
    filling,
    grants,
    indexes,
    mirroring,
    sequences,
    sync,
    tables,
    triggers,
    types,
    verbatim,
    views,
    wide_twins,
)
from expandcontract.ddl.crossed import Crossing, Pair
from expandcontract.ddl.filling import Filler
from expandcontract.ddl.mirroring import Mirror
from expandcontract.ddl.sync import Side, Sync
from expandcontract.ddl.wide_twins import Widening
from expandcontract.model.catalog import Column, Index, IndexKey, Sequence, Table
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName
from expandcontract.model.privilege import Privilege
from expandcontract.model.statement import Statement

T = TableName("t", "public")
SETUP = """
    CREATE SCHEMA expandcontract;
    CREATE TYPE mood AS ENUM ('ok');
    CREATE TABLE other (id int PRIMARY KEY); CREATE SEQUENCE numbers;
    CREATE TABLE side (t_id int PRIMARY KEY, c text);
    CREATE TABLE t (
        id int PRIMARY KEY, a text NOT NULL DEFAULT 'x' CONSTRAINT a_check CHECK (a <> ''), b text,
        v varchar(5), f numeric(4,2),
        CONSTRAINT a_unique UNIQUE (a), CONSTRAINT proof CHECK (b IS NOT NULL)
    );
    CREATE INDEX b_index ON t (b);
    CREATE UNIQUE INDEX u_index ON t (b);
    INSERT INTO t SELECT g, g, g FROM generate_series(1, 500) g;
    ALTER TABLE t ADD CONSTRAINT later CHECK (a <> '-') NOT VALID;
    ALTER TABLE t ADD CONSTRAINT reference FOREIGN KEY (id) REFERENCES other NOT VALID;
    INSERT INTO other SELECT id FROM t
"""
SYNC = Sync(
    table=T,
    key="k",
    old=(Side(column="a", value='NEW."b"', default="'x'::text"),),
    new=(Side(column="b", value='NEW."a"'),),
)
MOOD = TableName("mood", "public")  #: stands
FEELING = TableName("feeling", "public")  #: is made
S = TableName("numbers", "public")
NUMBERS = Sequence(
    name=TableName("made", "public"),
    type="integer",
    start=5,
    increment=2,
    minimum=1,
    maximum=99,
    cache=3,
    cycles=True,
)
V = TableName("v", "public")
CROSSING = Crossing(
    source=T,
    target=TableName("side", "public"),
    key="abcdef",
    match=(("id", "t_id"),),
    pairs=(Pair(source="b", target="c", default="'x'::text"),),
    owns_rows=True,
)
CROSSED = crossing.create(CROSSING, new_leads=False)
TURNED = Crossing(
    source=TableName("side", "public"),
    target=T,
    key="abcdef",
    match=(("t_id", "id"),),
    pairs=(Pair(source="c", target="b"),),
    owns_rows=False,
)
MIRROR = Mirror(source=T, target=V, key="k", match=("id",), others=("a", "b"))
WIDE = Widening(table=T, key="k", pairs=(("id", "id"), ("a", "b")))
VIEW = (views.create(V, T, ("id", "a"), security_invoker=False),)
GRANTED = Table(
    name=T,
    columns=(Column(name="a", type="text", privileges=("=r/o",)),),
    privileges=("pg_monitor=ar*wdDxt/o",),
)
RIGHTS = (
    Privilege(role="pg_monitor", kind="UPDATE", grantable=True),
    Privilege(role="", kind="UPDATE", column="a"),
)
FILLER = Filler(table=T, key="k", column="b", value="lower(a)", search_path=("public",))
RICH = Column(
    name="a",
    type="text",
    collation='pg_catalog."C"',
    comment="it's",
    statistics=200,
    storage="EXTERNAL",
    compression="pglz",
    options=("n_distinct=-0.5",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Statements of one function, in the order in which they are run."""

    statements: tuple[Statement, ...]
    before: tuple[Statement, ...] = ()
    since: int = 14  #: the first major that knows it


def example(*statements: Statement, before: tuple[Statement, ...] = (), since: int = 14) -> Example:
    return Example(statements=statements, before=before, since=since)


PARTED = Statement(
    sql="DROP TABLE t; CREATE TABLE t (id int NOT NULL, a text, b text) PARTITION BY HASH (id);"
    "CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0);"
    "INSERT INTO t SELECT g, g, g FROM generate_series(1, 500) g"
)
OTHER = TableName("parted", "public")
HELD = Statement(
    sql="ALTER TABLE t_1 ADD CONSTRAINT n FOREIGN KEY (id) REFERENCES other NOT VALID;"
    "ALTER TABLE t_1 VALIDATE CONSTRAINT n"
)


def _index(name: str, *keys: IndexKey, **more: object) -> Index:
    return Index(name=name, keys=keys, **more)  # type: ignore[arg-type]


EXAMPLES: dict[str, tuple[Example, ...]] = {
    "columns.add": (example(columns.add(T, "n", RICH)),),
    "columns.add_new": (
        example(columns.add_new(T, "n", "integer")),
        example(columns.add_new(T, "n", "text", default="'it''s'", not_null=True)),
        example(columns.add_new(T, "n", "timestamptz", default="now()", not_null=True)),
    ),
    "columns.rename": (example(columns.rename(T, "a", "n")),),
    "columns.drop": (example(columns.drop(T, "a")),),
    "columns.set_default": (
        example(columns.set_default(T, "b", "'y'")),
        example(columns.set_default(T, "b", "gen_random_uuid()::text")),
    ),
    "columns.drop_default": (example(columns.drop_default(T, "a")),),
    "columns.set_not_null": (example(columns.set_not_null(T, "b")),),
    "columns.drop_not_null": (example(columns.drop_not_null(T, "a")),),
    "columns.set_type": (
        example(columns.set_type(T, "v", "character varying(9)")),
        example(columns.set_type(T, "v", "text")),
        example(columns.set_type(T, "f", "numeric(9,2)")),
    ),
    "columns.set_type_anew": (example(columns.set_type_anew(T, "f", "numeric(3,2)")),),
    "columns.comment": (example(columns.comment(T, "a", "it's")),),
    "columns.properties": (example(*columns.properties(T, "b", RICH)),),
    "constraints.add_not_valid": (example(constraints.add_not_valid(T, "n", "CHECK (id > 0)")),),
    "constraints.add_not_null_check": (example(constraints.add_not_null_check(T, "n", "b")),),
    "constraints.add_not_null": (example(constraints.add_not_null(T, "n", "b"), since=18),),
    "constraints.add_not_null_not_valid": (
        example(constraints.add_not_null_not_valid(T, "n", "b"), since=18),
    ),
    "constraints.validate": (example(constraints.validate(T, "later")),),
    "constraints.drop": (
        example(constraints.drop(T, "later")),
        example(constraints.drop(T, "a_unique")),
    ),
    "constraints.rename": (
        example(constraints.rename(T, "later", "n")),
        example(constraints.rename(T, "a_unique", "n")),
    ),
    "constraints.add_unique_using": (
        example(constraints.add_unique_using(T, "n", "u_index", "DEFERRABLE INITIALLY DEFERRED")),
    ),
    "constraints.add_primary_key_using": (
        example(
            constraints.add_primary_key_using(T, "n", "u_index"),
            before=(constraints.drop(T, "t_pkey"), columns.set_not_null(T, "b")),
        ),
    ),
    "constraints.comment": (example(constraints.comment(T, "later", "it's")),),
    "indexes.create_concurrently": (
        example(indexes.create_concurrently(T, _index("n", IndexKey(column="a")))),
        example(
            indexes.create_concurrently(
                T,
                _index(
                    "n",
                    IndexKey(expression="lower(a)", suffix="DESC NULLS LAST"),
                    unique=True,
                    include=("b",),
                    options=("fillfactor=70",),
                    tablespace="pg_default",
                    predicate="id > 3",
                ),
            )
        ),
    ),
    "indexes.create_on_only": (
        example(indexes.create_on_only(T, _index("n", IndexKey(column="a"))), before=(PARTED,)),
    ),
    "indexes.attach": (
        example(
            indexes.attach(T, "n", TableName("t_1", "public"), "m"),
            before=(
                PARTED,
                Statement(sql="CREATE INDEX n ON ONLY t (a); CREATE INDEX m ON t_1 (a)"),
            ),
        ),
    ),
    "indexes.drop_from_all": (
        example(
            indexes.drop_from_all(T, "n"),
            before=(PARTED, Statement(sql="CREATE INDEX n ON t (a)")),
        ),
    ),
    "constraints.add_on_only": (
        example(constraints.add_on_only(T, "n", "UNIQUE (id, a)"), before=(PARTED,)),
    ),
    "constraints.rename_on_parts": (
        example(
            constraints.rename_on_parts(OTHER, "parted_id_fkey", "m"),
            before=(
                Statement(
                    sql="CREATE TABLE parted (id int REFERENCES other) PARTITION BY HASH (id);"
                    "CREATE TABLE part PARTITION OF parted"
                    " FOR VALUES WITH (MODULUS 1, REMAINDER 0)"
                ),
            ),
        ),
    ),
    "constraints.add_held_by_all": (
        example(
            constraints.add_held_by_all(T, "n", "FOREIGN KEY (id) REFERENCES public.other (id)"),
            before=(PARTED, HELD),
        ),
    ),
    "sequences.own": (example(sequences.own(S, T, "id")),),
    "sequences.retype": (example(sequences.retype(S, "integer")),),
    "sequences.rename": (example(sequences.rename(S, "n")),),
    "sequences.add_identity": (
        example(sequences.add_identity(T, "id", "always", NUMBERS, "integer")),
        example(sequences.add_identity(T, "id", "by default", NUMBERS, "bigint")),
    ),
    "sequences.drop_identity": (
        example(
            sequences.drop_identity(T, "id"),
            before=(sequences.add_identity(T, "id", "always", NUMBERS, "integer"),),
        ),
    ),
    "sequences.generate": (
        example(
            sequences.generate(T, "id", "by default"),
            before=(sequences.add_identity(T, "id", "always", NUMBERS, "integer"),),
        ),
    ),
    "sequences.go_on_beyond": (
        example(
            sequences.go_on_beyond(S, TableName("n", "public"), NUMBERS, 10),
            before=(Statement(sql="CREATE SEQUENCE n"),),
        ),
        example(
            sequences.go_on_beyond(S, TableName("n", "public"), replace(NUMBERS, increment=-1), 10),
            before=(Statement(sql="CREATE SEQUENCE n"),),
        ),
    ),
    "sequences.said_again": (
        example(*sequences.said_again(replace(NUMBERS, name=S, comment="x", privileges=("=r/o",)))),
    ),
    "grants.on_sequence": (
        example(*grants.on_sequence(replace(NUMBERS, name=S, privileges=("=rU/o",)))),
    ),
    "grants.on_type": (example(*grants.on_type(("pg_monitor=U/o",), MOOD)),),
    "sequences.go_on_from": (
        example(
            sequences.go_on_from(S, TableName("n", "public")),
            before=(Statement(sql="CREATE SEQUENCE n"),),
        ),
    ),
    "verbatim.on": (
        example(
            verbatim.on(T, "ALTER POLICY p ON public.t USING (a > '')"),
            before=(Statement(sql="CREATE POLICY p ON t USING (true)"),),
        ),
    ),
    "grants.on_column": (
        example(
            *grants.on_column(Column(name="a", type="text", privileges=("=r/o",)), V, "id"),
            before=VIEW,
        ),
    ),
    "grants.without_column": (
        example(*grants.without_column(V, "a", ("id",), RIGHTS), before=VIEW),
    ),
    "grants.as_held": (
        example(
            *grants.as_held(V, RIGHTS),
            before=(*VIEW, *grants.without_column(V, "a", ("id",), RIGHTS)),
        ),
    ),
    "indexes.identify_rows": (example(indexes.identify_rows(T, "a_unique")),),
    "indexes.order_rows": (example(indexes.order_rows(T, "b_index")),),
    "indexes.set_statistics": (
        example(
            indexes.set_statistics(T, "n", 1, 99),
            before=(Statement(sql="CREATE INDEX n ON t (lower(a))"),),
        ),
    ),
    "enums.create": (example(enums.create(FEELING, ("a", "it's"))),),
    "enums.rename": (example(enums.rename(FEELING, "n"), before=(enums.create(FEELING, ("a",)),)),),
    "enums.drop": (example(enums.drop(FEELING), before=(enums.create(FEELING, ("a",)),)),),
    "enums.give_to": (
        example(enums.give_to(FEELING, "pg_monitor"), before=(enums.create(FEELING, ("a",)),)),
    ),
    "enums.comment": (
        example(enums.comment(FEELING, "x"), before=(enums.create(FEELING, ("a",)),)),
    ),
    "indexes.create": (example(indexes.create(T, _index("n", IndexKey(column="a")))),),
    "indexes.drop": (example(indexes.drop(T, "b_index")),),
    "indexes.drop_concurrently": (example(indexes.drop_concurrently(T, "b_index")),),
    "indexes.rename": (example(indexes.rename(T, "b_index", "n")),),
    "indexes.comment": (example(indexes.comment(T, "b_index", "it's")),),
    "filling.create": (example(*filling.create(FILLER)),),
    "filling.drop": (example(*filling.drop(FILLER), before=filling.create(FILLER)),),
    "triggers.drop": (
        example(
            *triggers.drop(T, WIDE.triggers, WIDE.function), before=tuple(wide_twins.create(WIDE))
        ),
    ),
    "triggers.fire_always": (
        example(
            triggers.fire_always(T, ("one", "Two %")),
            before=tuple(
                Statement(
                    sql=f"CREATE TRIGGER {name} BEFORE UPDATE ON t"
                    " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
                )
                for name in ("one", '"Two %"')
            ),
        ),
    ),
    "types.add_value": (example(types.add_value(MOOD, "so-so", before="ok")),),
    "wide_twins.create": (example(*wide_twins.create(WIDE)),),
    "wide_twins.drop": (example(*wide_twins.drop(WIDE), before=tuple(wide_twins.create(WIDE))),),
    "sync.create": (example(*sync.create(SYNC, new_leads=False)),),
    "sync.create_function": (
        example(
            sync.create_function(SYNC, new_leads=True), before=sync.create(SYNC, new_leads=False)
        ),
    ),
    "sync.drop": (example(*sync.drop(SYNC), before=sync.create(SYNC, new_leads=False)),),
    "tables.lock_exclusively": (example(tables.lock_exclusively(T)),),
    "tables.rename": (example(tables.rename(T, "n")),),
    "tables.create": (example(tables.create(V, (RICH,), (Column(name="n", type="int"),))),),
    "tables.create_partitioned": (example(tables.create_partitioned(V, T, "HASH (id)")),),
    "tables.create_partition": (
        example(
            tables.create_partition(
                TableName("n", "public"),
                V,
                "FOR VALUES IN (1)",
                options=("fillfactor=70", "toast.autovacuum_enabled=false"),
                tablespace="pg_default",
            ),
            before=(tables.create_partitioned(V, T, "LIST (id)"),),
        ),
    ),
    "tables.comment": (example(tables.comment(T, "it's")),),
    "constraints.add": (
        example(constraints.add(T, "n", "CHECK (id > 0)")),
        example(constraints.add(T, "n", "UNIQUE (id, a)")),
        example(constraints.add(T, "n", "FOREIGN KEY (id) REFERENCES public.other (id)")),
    ),
    "mirroring.create": (example(*mirroring.create(MIRROR)),),
    "mirroring.drop": (example(*mirroring.drop(MIRROR), before=tuple(mirroring.create(MIRROR))),),
    "tables.give_to": (example(tables.give_to(T, "pg_monitor")),),
    "tables.drop": (example(tables.drop(T)),),
    "crossing.create": (example(*CROSSED),),
    "crossing.on_source": (example(*crossing.on_source(CROSSING), before=CROSSED[:6]),),
    "crossing.on_target": (
        example(*crossing.on_target(TURNED), before=crossing.create(TURNED, new_leads=True)[:6]),
    ),
    "crossing.create_functions": (
        example(*crossing.create_functions(CROSSING, new_leads=True), before=CROSSED),
    ),
    "crossing.drop": (example(*crossing.drop(CROSSING), before=CROSSED),),
    "views.create": (
        example(views.create(V, T, ("id", "a"), security_invoker=False)),
        example(views.create(V, T, ("id", "a"), security_invoker=True), since=15),
    ),
    "views.drop": (example(views.drop(V), before=VIEW),),
    "views.rename": (example(views.rename(V, "w"), before=VIEW),),
    "views.lock_with_table": (example(views.lock_with_table(V, T), before=VIEW),),
    "grants.give_to": (example(grants.give_to(V, "pg_monitor"), before=VIEW),),
    "grants.as_on": (example(*grants.as_on(GRANTED, V), before=VIEW),),
}


def forms() -> Iterator[str]:
    """Every function of `ddl/` that returns statements."""
    for info in pkgutil.iter_modules(ddl.__path__):
        module = importlib.import_module(f"{ddl.__name__}.{info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                returned = inspect.signature(function).return_annotation
                if "Statement" in str(returned):
                    yield f"{info.name}.{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a statement does to the table `t`."""

    lock: Lock
    scans: bool
    rewrites: bool
    builds_index: bool
    transactional: bool


def claimed(statement: Statement) -> Cost:
    """What is claimed of `t`; a lock on another table is none on it."""
    return Cost(
        lock=statement.lock if statement.table in {T, None} else Lock.NONE,
        scans=statement.scans,
        rewrites=statement.rewrites,
        builds_index=statement.builds_index,
        transactional=statement.transactional,
    )


OID = "SELECT 't'::regclass::oid"
LOCKS = "SELECT mode FROM pg_locks WHERE pid = %s AND relation = %s AND granted"
FILES = """
    SELECT pg_relation_filenode(%(t)s), (
        SELECT array_agg(pg_relation_filenode(indexrelid) ORDER BY 1)
        FROM pg_index WHERE indrelid = %(t)s AND pg_relation_filenode(indexrelid) IS NOT NULL)
"""
SCANS = "SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_xact_user_tables WHERE relid = %s"
LIVES = "SELECT FROM pg_stat_activity WHERE pid = %s"
#: From here on a session that has ended has told its figures.
SHARED_FIGURES = 150_000
ALL_SCANS = "SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_user_tables WHERE relid = %s"


def strongest(connection: psycopg.Connection, pid: int, table: int) -> Lock:
    modes = {row[0] for row in connection.execute(LOCKS, [pid, table])}
    return max((lock for lock in Lock if lock.pg_locks_mode in modes), default=Lock.NONE)


def measured(connect: Callable[[], psycopg.Connection], statement: Statement) -> Cost:
    """Run a statement and look at the table while it holds its locks."""
    connection, watcher = connect(), connect()
    [(oid,)] = connection.execute(OID).fetchall()
    table, built = connection.execute(FILES, {"t": oid}).fetchall()[0]
    sql = statement.sql.encode()
    connection.execute("BEGIN")
    try:
        connection.execute(sql)
    except psycopg.errors.ActiveSqlTransaction:
        connection.execute("ROLLBACK")
        lock, scans = _outside(connect, connection, watcher, sql, oid)
        transactional = False
    else:
        [(count,)] = connection.execute(SCANS, [oid]).fetchall()
        lock, scans = strongest(watcher, connection.info.backend_pid, oid), count > 0
        transactional = True
        connection.execute("COMMIT")
    table_after, built_after = watcher.execute(FILES, {"t": oid}).fetchall()[0]
    return Cost(
        lock=lock,
        scans=scans,
        rewrites=table_after not in {table, None},
        builds_index=not set(built_after or ()) <= set(built or ()),
        transactional=transactional,
    )


def _outside(
    connect: Callable[[], psycopg.Connection],
    connection: psycopg.Connection,
    watcher: psycopg.Connection,
    sql: bytes,
    table: int,
) -> tuple[Lock, bool]:
    """A statement that waits for writers before it ends shows its lock meanwhile."""
    writer, before = connect(), _scans(watcher, table)
    writer.execute("BEGIN")
    writer.execute("UPDATE t SET b = b WHERE id = 1")
    pid = connection.info.backend_pid
    connection.pgconn.send_query(sql)
    lock = Lock.NONE
    while lock is Lock.NONE:
        time.sleep(0.01)
        lock = strongest(watcher, pid, table)
    writer.execute("ROLLBACK")
    while result := _result(connection):
        if result.error_message:
            raise AssertionError(result.error_message.decode())
    connection.close()  # its figures are told at its end; before 15, to a process that tells later
    patience = 0.0 if watcher.info.server_version >= SHARED_FIGURES else 3.0
    while watcher.execute(LIVES, [pid]).fetchall():
        time.sleep(0.005)
    deadline = time.monotonic() + patience
    while (scans := _scans(watcher, table) > before) is False and time.monotonic() < deadline:
        time.sleep(0.05)
    return lock, scans


def _result(connection: psycopg.Connection) -> psycopg.pq.abc.PGresult | None:
    return connection.pgconn.get_result()


def _scans(connection: psycopg.Connection, table: int) -> int:
    connection.execute("SELECT pg_stat_clear_snapshot()")
    return int(connection.execute(ALL_SCANS, [table]).fetchall()[0][0])

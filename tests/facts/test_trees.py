"""Which statements on a table PostgreSQL carries to its parts too, and what is asked about them."""

from dataclasses import replace

import psycopg
import pytest

from expandcontract.changes._trees import spread
from expandcontract.ddl import columns, constraints, indexes, sync, tables, tree_probes, triggers
from expandcontract.ddl.sync import Side, Sync
from expandcontract.model.catalog import Column, Table, TableKind
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.probe import ALWAYS, Probe
from expandcontract.model.statement import Statement

T, PART = TableName("t", "public"), TableName("t_1", "public")
COLUMNS = "(id int NOT NULL, a text CONSTRAINT c CHECK (a <> ''), b text)"
SETUPS = {
    TableKind.PARTITIONED: f"CREATE SCHEMA expandcontract; CREATE TABLE t {COLUMNS}"
    " PARTITION BY RANGE (id); CREATE TABLE t_1 PARTITION OF t DEFAULT",
    TableKind.ORDINARY: f"CREATE SCHEMA expandcontract; CREATE TABLE t {COLUMNS};"
    "CREATE TABLE t_1 () INHERITS (t)",
}
SYNC = Sync(
    table=T,
    key="k",
    old=(Side(column="a", value='NEW."b"'),),
    new=(Side(column="b", value='NEW."a"'),),
)
STATEMENTS = (
    columns.add(T, "n", Column(name="n", type="int")),
    columns.set_default(T, "b", "'x'"),
    columns.set_not_null(T, "b"),
    columns.drop_not_null(T, "id"),
    columns.rename(T, "a", "z"),
    columns.drop(T, "b"),
    columns.comment(T, "b", "x"),
    columns.set_type(T, "a", "varchar"),
    constraints.add_not_valid(T, "n", "CHECK (id > 0)"),
    constraints.validate(T, "v"),
    constraints.drop(T, "c"),
    tables.lock_exclusively(T),
    indexes.identify_rows(T, "i"),
    triggers.fire_always(T, ("one",)),
    *(made for made in sync.create(SYNC, new_leads=True)[2:] if "ENABLE" not in made.sql),
)
OWN = (
    "CREATE TRIGGER one BEFORE UPDATE ON t"
    " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
)


def spreading(kind: TableKind, *statements: Statement) -> tuple[Statement, ...]:
    step = Step(name="s", phase=Phase.EXPAND, summary="", done=ALWAYS, statements=statements)
    table = Table(name=T, kind=kind, parts=(Table(name=PART, parents=(T,)),))
    return spread(Plan(steps=(step,)), table).steps[0].statements


@pytest.mark.parametrize("kind", SETUPS, ids=str)
def test_a_statement_says_whether_the_parts_are_locked_too(
    connection: psycopg.Connection, each_major: int, kind: TableKind
) -> None:
    assert each_major
    connection.execute(SETUPS[kind].encode())
    connection.execute("CREATE UNIQUE INDEX i ON t (id)")
    connection.execute("ALTER TABLE t ADD CONSTRAINT v CHECK (id > 0) NOT VALID")
    connection.execute(OWN)

    wrong = []
    for statement in spreading(kind, *STATEMENTS):
        with connection.transaction(force_rollback=True):
            if "FUNCTION" in statement.sql[:30]:
                continue
            if "CREATE TRIGGER" in statement.sql[:30]:
                connection.execute(sync.create_function(SYNC, new_leads=True).sql.encode())
            connection.execute(statement.sql.encode())
            modes = {
                mode
                for (mode,) in connection.execute(
                    "SELECT mode FROM pg_locks WHERE relation = 't_1'::regclass AND granted"
                    " AND pid = pg_backend_pid()"
                )
            }
            if (statement.lock.pg_locks_mode in modes) != statement.spreads:
                wrong.append((statement.sql, statement.spreads, modes))
    assert wrong == []


@pytest.mark.parametrize("kind", SETUPS, ids=str)
def test_what_is_asked_about_parts_turns(connection: psycopg.Connection, kind: TableKind) -> None:
    connection.execute(SETUPS[kind].encode())

    def holds(probe: Probe) -> bool:
        sql = f"SELECT {probe.sql}"
        return bool(connection.execute(sql.encode(), probe.params).fetchall()[0][0])

    belongs = tree_probes.is_part_of(T, PART)
    assert holds(belongs)
    assert not holds(tree_probes.is_part_of(PART, T))
    assert holds(tree_probes.has_only_parts(T, (PART,)))
    assert not holds(tree_probes.has_only_parts(T, ()))

    gone = {
        TableKind.PARTITIONED: "ALTER TABLE t DETACH PARTITION t_1",
        TableKind.ORDINARY: "ALTER TABLE t_1 NO INHERIT t",
    }
    connection.execute(gone[kind].encode())
    assert not holds(belongs)
    assert holds(tree_probes.has_only_parts(T, ()))
    connection.execute("DROP TABLE t_1")
    assert not holds(belongs)
    assert holds(tree_probes.has_only_parts(T, (PART,)))


def test_indexes_and_constraints_of_partitions_are_found(connection: psycopg.Connection) -> None:
    connection.execute(SETUPS[TableKind.PARTITIONED].encode())
    connection.execute("CREATE INDEX n ON ONLY t (a)")
    index = TableName("n", "public")
    attached = tree_probes.index_is_attached(index, PART)

    def found(query: str) -> list[tuple[object]]:
        return connection.execute(query.encode()).fetchall()

    asked = f"SELECT {attached.inlined()}"
    assert found(asked) == [(False,)]
    assert "t_1" in str(found(tree_probes.without_index(T, index)))
    connection.execute("CREATE INDEX m ON t_1 (a); ALTER INDEX n ATTACH PARTITION m")
    assert found(asked) == [(True,)]
    assert found(tree_probes.without_index(T, index)) == []

    assert found(tree_probes.leaves_without(T, "c")) == []
    assert "t_1" in str(found(tree_probes.leaves_without(T, "f")))


def test_a_plan_without_parts_is_as_it_was() -> None:
    plan = Plan(steps=())

    assert spread(plan, Table(name=T)) is plan
    assert replace(STATEMENTS[0], spreads=True).document() != STATEMENTS[0].document()

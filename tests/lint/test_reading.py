"""Every form is read as what it says, and what is broken says so."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms import query as q
from expandcontract.lint.forms import transaction as t
from expandcontract.lint.forms.constraint import Check, ForeignKey, Unique
from expandcontract.lint.forms.index import CreateIndex, DropIndex, Reindex
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.reading import Read, read, type_name
from expandcontract.lint.statements import Node
from expandcontract.model.names import TableName

FORMS = Path(__file__).parent / "forms.sql"


def one(sql: str) -> Node:
    [statement] = read(sql)
    assert statement.node is not None, statement.why_unread
    return statement.node


def action(sql: str) -> a.Action:
    node = one(sql)
    assert isinstance(node, a.AlterTable)
    [found] = node.actions
    return found


def test_every_form_of_the_list_is_read() -> None:
    unread = [
        (statement.line, statement.why_unread)
        for statement in read(FORMS.read_text("utf-8"))
        if statement.node is None
    ]

    assert unread == []


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("START TRANSACTION", t.Begin),
        ("SAVEPOINT a", t.Savepoint),
        ("ROLLBACK TO a", t.RollbackTo),
        ("ABORT", t.Rollback),
        ("CHECKPOINT", t.Session),
        ("DISCARD ALL", t.Reset),
        ("CLUSTER t", m.Cluster),
        ("LISTEN c", t.Session),
        ("VALUES (1)", q.Query),
        ("(SELECT 1)", q.Query),
        ("TABLE t", q.Query),
        ("WITH x AS (SELECT 1) SELECT * FROM x", q.Query),
        ("EXPLAIN SELECT 1", t.Session),
        ("EXPLAIN (ANALYZE) DELETE FROM t", q.Write),
        ("CREATE TRIGGER t AFTER INSERT ON x EXECUTE FUNCTION f()", o.CreateTrigger),
        ("CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION f()", o.Other),
    ],
)
def test_the_first_words_say_what_it_is(sql: str, kind: type) -> None:
    assert isinstance(one(sql), kind)


def test_a_column_is_renamed_without_the_word_column() -> None:
    assert action("ALTER TABLE t RENAME a TO b") == a.RenameColumn("a", "b")
    assert action("ALTER TABLE t RENAME TO b") == a.RenameTable("b")


def test_each_action_keeps_its_own_not_valid() -> None:
    node = one("ALTER TABLE t ADD CHECK (a > 0), ADD CONSTRAINT b CHECK (b > 0) NOT VALID")

    assert isinstance(node, a.AlterTable)
    checks = [x.constraint for x in node.actions if isinstance(x, a.AddConstraint)]
    assert [x.not_valid for x in checks if isinstance(x, Check)] == [False, True]


def test_names_are_folded_as_the_server_folds_them() -> None:
    node = one('ALTER TABLE Sales."Order Items" ADD COLUMN "Odd" int, ADD Even int')

    assert isinstance(node, a.AlterTable)
    assert node.table == TableName("Order Items", "sales")
    assert [x.column.name for x in node.actions if isinstance(x, a.AddColumn)] == ["Odd", "even"]


def test_a_column_is_taken_apart() -> None:
    found = action(
        'ALTER TABLE t ADD COLUMN IF NOT EXISTS x numeric(10, 2) COLLATE "C" NOT NULL DEFAULT '
        "round(1, 2) CONSTRAINT c CHECK (x > 0) REFERENCES o (id) ON DELETE CASCADE UNIQUE"
    )

    assert isinstance(found, a.AddColumn)
    column = found.column
    assert found.if_not_exists
    assert str(column.type) == "numeric(10,2)"
    assert column.not_null
    assert column.default is not None
    assert column.default.text == "round(1, 2)"
    assert [type(x) for x in column.constraints] == [Check, ForeignKey, Unique]


def test_an_index_is_taken_apart() -> None:
    node = one(
        'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "Orders Idx" ON ONLY public.orders USING '
        'btree (lower(note) COLLATE "C" text_pattern_ops DESC NULLS LAST, code ASC) INCLUDE '
        "(region) NULLS NOT DISTINCT WITH (fillfactor = 90) TABLESPACE x WHERE code > 10"
    )

    assert isinstance(node, CreateIndex)
    assert (node.name, node.unique, node.concurrently, node.if_not_exists, node.only) == (
        "Orders Idx", True, True, True, True,
    )  # fmt: skip
    assert [key.column for key in node.keys] == [None, "code"]
    assert (node.include, node.options) == (("region",), ("fillfactor=90",))
    assert node.where is not None
    assert node.where.text == "code > 10"


def test_several_indexes_are_dropped_at_once() -> None:
    node = one("DROP INDEX CONCURRENTLY IF EXISTS a, s.b CASCADE")

    assert isinstance(node, DropIndex)
    assert node.names == (TableName("a"), TableName("b", "s"))
    assert node.cascade


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("REINDEX TABLE CONCURRENTLY t", True),
        ("REINDEX (CONCURRENTLY, VERBOSE) INDEX i", True),
        ("REINDEX (CONCURRENTLY off) INDEX i", False),
        ("REINDEX INDEX i", False),
    ],
)
def test_reindex_says_concurrently_in_two_ways(sql: str, *, expected: bool) -> None:
    node = one(sql)

    assert isinstance(node, Reindex)
    assert node.concurrently is expected


def test_vacuum_full_may_be_switched_off() -> None:
    full = [one(sql) for sql in ("VACUUM FULL t", "VACUUM (FULL) t", "VACUUM (FULL FALSE) t")]

    assert [isinstance(node, m.Vacuum) and node.full for node in full] == [True, True, False]


def test_tables_are_made_in_many_ways() -> None:
    of_query = one("CREATE TABLE x (a, b) AS SELECT a, b FROM t WITH NO DATA")
    partition = one("CREATE TABLE p PARTITION OF t (CHECK (a > 0)) DEFAULT PARTITION BY HASH (a)")

    assert isinstance(of_query, CreateTable)
    assert (of_query.with_data, of_query.reads) == (False, (TableName("t"),))
    assert isinstance(partition, CreateTable)
    assert partition.parent == TableName("t")
    assert partition.default_partition
    assert partition.partition_by is not None


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("int", "integer"), ("INT8", "bigint"), ("serial", "integer"), ("float(10)", "real"),
        ("float", "double precision"), ("decimal(5)", "numeric(5,0)"), ("varchar",
        "character varying"),
        ("char", "character(1)"), ('"char"', '"char"'), ("bit varying(8)", "bit varying(8)"),
        ("bit", "bit(1)"), ("timestamptz(0)", "timestamp(0) with time zone"),
        ("time", "time without time zone"), ("interval day to second(3)",
        "interval day to second(3)"), ("integer ARRAY[4]", "integer[]"), ("text[][]", "text[]"),
        ("national character varying(3)", "character varying(3)"), ("pg_catalog.int4", "integer"),
        ("public.mood", "mood"), ("app.mood[]", "app.mood[]"), ("geometry(Point,4326)",
        "geometry(Point,4326)"),
    ],
)  # fmt: skip
def test_types_are_spelled_as_format_type_spells_them(written: str, spelled: str) -> None:
    assert str(type_name(written)) == spelled


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE t FROBNICATE x",
        "ALTER TABLE t ADD COLUMN",
        "ALTER TABLE t ADD COLUMN a int DEFAULT",
        "ALTER TABLE t DROP COLUMN a nonsense",
        "CREATE INDEX ON (a)",
        "CREATE TABLE t (a int",
        "SELEC 1",
        "SELECT",
        "'a text'",
        "DROP TABLE",
        "LOCK TABLE t IN FUNNY MODE",
        "TRUNCATE t PLEASE",
        "ALTER TABLE t ADD UNIQUE (a) NOT VALID",
        "SELECT 'open",
        "SELECT $x$ open",
        "/* open",
        "\x01",
    ],
)
def test_what_is_broken_says_why(sql: str) -> None:
    [statement] = read(sql)

    assert statement.node is None
    assert statement.why_unread


def test_a_question_of_psql_is_a_value() -> None:
    [statement] = read("SELECT * FROM t WHERE :{?limit} AND a < :limit")

    assert statement.node is not None


def test_a_broken_statement_leaves_its_neighbours_alone() -> None:
    found = [x.node is not None for x in read("SELECT 1; ALTER TABLE t FROB; SELECT (2; SELECT 3")]

    assert found == [True, False, False, True]


def inside(sql: str) -> list[tuple[str, int, int]]:
    [statement] = read(sql)
    return [(x.text, x.line, x.column) for x in statement.with_inside() if x is not statement]


def test_the_constant_statements_of_a_do_block_are_read_where_they_stand() -> None:
    sql = """DO $$
DECLARE x int := 1;
BEGIN
  IF x > 0 THEN
    ALTER TABLE t ADD COLUMN y int;
  END IF;
  EXECUTE 'DROP TABLE u';
  x := 2;
END $$"""

    assert inside(sql) == [("ALTER TABLE t ADD COLUMN y int", 5, 5), ("DROP TABLE u", 7, 12)]


def test_sql_that_is_put_together_is_unread() -> None:
    [statement] = read("DO $$ BEGIN EXECUTE format('DROP TABLE %I', x); END $$")

    assert [inner.node for inner in statement.inside] == [None]


WORDS = (
    "ALTER", "TABLE", "ADD", "COLUMN", "DROP", "CREATE", "INDEX", "ON", "t", "a", "(", ")", ",",
    ";", "int", "DEFAULT", "1", "'x'", "NOT", "NULL", "CONSTRAINT", "CHECK", "FOREIGN", "KEY",
    "SET",
    "REFERENCES", "PARTITION", "OF", "VALUES", "FOR", "IN", "USING", "UNIQUE", "SELECT", "FROM",
    "WITH", "AS", "DO", "$$", "BEGIN", "END", "TYPE", "IS", "GENERATED", "ALWAYS", "IDENTITY", ".",
    "[", "]", "::", "COMMENT", "VIEW", "RENAME", "TO", "\\i", "GRANT", "COPY", "STDIN", "\n",
)  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=25))
def test_no_row_of_words_makes_the_reader_fall(words: list[str]) -> None:
    text = " ".join(words)

    for statement in read(text):
        assert isinstance(statement, Read)
        assert text[statement.start : statement.end] == statement.text


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_fall(text: str) -> None:
    for statement in read(text):
        assert text[statement.start : statement.end] == statement.text


def test_a_period_is_named_on_both_sides_or_on_none() -> None:
    [statement] = read("ALTER TABLE a ADD FOREIGN KEY (i, PERIOD d) REFERENCES b (i, d)")

    assert statement.node is None
    assert "PERIOD on both sides" in statement.why_unread


def test_a_column_may_be_called_period() -> None:
    found = action("ALTER TABLE a ADD FOREIGN KEY (id, period) REFERENCES b (id, period)")

    assert isinstance(found, a.AddConstraint)
    assert isinstance(found.constraint, ForeignKey)
    assert found.constraint.columns == ("id", "period")
    assert not found.constraint.period


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("NOT ENFORCED", a.AlterConstraint("c", enforced=False)),
        ("ENFORCED", a.AlterConstraint("c", enforced=True)),
        ("NO INHERIT", a.AlterConstraint("c", inherit=False)),
        ("INITIALLY DEFERRED", a.AlterConstraint("c", deferrable=True)),
        ("NOT DEFERRABLE INITIALLY IMMEDIATE", a.AlterConstraint("c", deferrable=False)),
    ],
)
def test_what_is_altered_of_a_constraint(words: str, expected: a.Action) -> None:
    assert action(f"ALTER TABLE t ALTER CONSTRAINT c {words}") == expected


@pytest.mark.parametrize("words", ["", "FROBNICATED", "NOT"])
def test_an_unknown_attribute_of_a_constraint_is_not_read(words: str) -> None:
    [statement] = read(f"ALTER TABLE t ALTER CONSTRAINT c {words}")

    assert statement.node is None


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (r'U&"d\0061t\+000061"', "data"),
        (r'u&"a\\b"', "a\\b"),
        ("U&\"!0061\" UESCAPE '!'", "!0061"),
        ('"d\\0061"', "d\\0061"),
    ],
)
def test_a_name_may_be_written_in_code_points(written: str, name: str) -> None:
    node = one(f"DROP TABLE {written}")

    assert isinstance(node, m.Drop)
    assert node.names == (TableName(name),)


def test_a_text_goes_on_in_the_next_line() -> None:
    node = one("COMMENT ON TABLE t IS 'a'\n  'b''c'")

    assert isinstance(node, m.Comment)
    assert node.text == "ab'c"
    [same_line] = read("COMMENT ON TABLE t IS 'a' 'b'")
    assert same_line.node is None


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("{} CYCLE n SET c USING p SELECT * FROM t", "t"),
        ("{} CYCLE n, m SET c TO 'y' DEFAULT 'n' USING p SELECT * FROM t", "t"),
        ("{} SEARCH DEPTH FIRST BY n SET o CYCLE n SET c USING p, s AS (TABLE t) TABLE s", ""),
        ("{} CYCLE n SET c USING p SELECT * FROM t JOIN p USING (id)", "t p"),
        ("{} SELECT count(*) cycle, (SELECT 1 FROM u) FROM t JOIN p USING (id)", "u t p"),
        ("{} SELECT cycle FROM t", "t"),
    ],
)
def test_what_cycle_uses_is_a_column(sql: str, tables: str) -> None:
    [one] = read(sql.format("WITH RECURSIVE r(n, m) AS (SELECT 1, 2)"))

    assert isinstance(one.node, q.Query)
    assert [table.name for table in one.node.reads] == tables.split()

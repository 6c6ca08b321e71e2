"""Text that nobody wrote by hand: read in bounded time, never a crash, never silence."""

import pytest

from expandcontract.lint.linter import Options, Source, judge
from expandcontract.lint.report import Report

NUMBER = 10_000

CLOSED = "\nCREATE INDEX i ON t (a);\nSELECT 'x', \"y\";\n"


def judged(text: str) -> Report:
    return judge([Source(text=text)], Options(major=15))


def rules(text: str) -> list[str]:
    return [finding.rule for finding in judged(text).findings]


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE t FROB;",
        "UPDATE t SET a = 'it's' WHERE id = 1;",
        "SELECT 'abc;",
        'ALTER TABLE "t ADD a int;',
        "SELECT E'\\';",
        "SELECT $$ abc;",
        "DO $body$ BEGIN NULL; END $other$;",
        "ALTER TABLE t ADD COLUMN (;",
        "ALTER TABLE t ADD COLUMN c int CHECK (a > 0;",
        "CREATE TABLE t (;",
        "SELECT 1 }}} {% if x %};",
        "\x00\x01\x02;",
        "SELECT 1\ufffe\ud800;",
        ") ALTER TABLE t ADD a int;",
        "CREATE INDEX CONCURRENTLY;",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2;",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2;",
    ],
)
def test_a_broken_statement_is_a_finding_and_leaves_the_next_judged(text: str) -> None:
    found = rules(text + CLOSED)

    assert found[0] == "EC001"
    assert "EC101" in found


@pytest.mark.parametrize("text", ["SELECT 1; /* open\n", "SELECT 1; /* /* */\n"])
def test_a_comment_that_nobody_closed_takes_the_rest_and_says_so(text: str) -> None:
    assert rules(text + CLOSED) == ["EC001"]


def test_a_body_that_ends_with_the_text_is_a_finding() -> None:
    assert rules("CREATE FUNCTION BEGIN ATOMIC ") == ["EC001"]
    assert rules("CREATE RULE r AS ON INSERT TO t DO ALSO (") == ["EC001"]


def test_copy_data_is_no_sql_and_a_copy_without_its_end_hides_nothing() -> None:
    data = "COPY t (a, b) FROM stdin;\n1\tit's; $$ /* \"\n2\t\\N\n\\.\n"

    assert rules(data + "CREATE INDEX i ON t (a);") == ["EC101"]
    assert "EC101" in rules("COPY t FROM STDIN;\nCREATE INDEX i ON t (a);")


def test_psql_commands_stand_between_statements() -> None:
    text = "\\set ON_ERROR_STOP on\n\\c shop\nSELECT 1 \\gexec\nCREATE INDEX i ON t (a)\n\\g\n"

    assert rules(text) == ["EC005", "EC101"]  # what \gexec runs is unknown


@pytest.mark.parametrize("mark", ["%(name)s", ":name", ":'name'", "{{ name }}", "${name}", "$1"])
def test_templates_stand_for_values(mark: str) -> None:
    assert rules(f"UPDATE t SET a = {mark} WHERE id = 1;\nCREATE INDEX i ON t (a);") == ["EC101"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_matter(end: str) -> None:
    text = end.join(["-- above", "SELECT 1;", "CREATE INDEX i", "  ON t (a);"])

    assert rules(text) == ["EC101"]


def test_positions_count_characters_on_lines_that_end_in_any_way() -> None:
    [finding] = judged("SELECT 'é𝄞';\r\n\t/* 𝄞 */ CREATE INDEX i ON t (a);").findings

    assert (finding.line, finding.column) == (2, 10)


@pytest.mark.parametrize("text", ["", " \n\t", "-- nothing\n", "/* nothing */", ";;;"])
def test_nothing_is_no_statement(text: str) -> None:
    report = judged(text)

    assert (report.total, report.findings) == (0, ())


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM t WHERE id IN (" + ", ".join(map(str, range(80_000))) + ");",
        "CREATE TABLE t (" + ", ".join(f"c{n} int" for n in range(5_000)) + ");",
        "ALTER TABLE t " + ", ".join(f"ADD c{n} int DEFAULT 0" for n in range(5_000)) + ";",
        "SELECT " + "(" * 10_000 + "1" + ")" * 10_000 + ";",
        "CREATE TABLE t (a int CHECK " + "(" * 10_000 + "a > 0" + ")" * 10_000 + ");",
        "ALTER TABLE t ADD CHECK " + "(" * 10_000 + "a > 0" + ")" * 10_000 + ";",
        "CREATE INDEX i ON t (" + "(" * 10_000 + "a" + ")" * 10_000 + ");",
        "ALTER TABLE t ALTER a TYPE int" + "[]" * 10_000 + ";",
        "ALTER TABLE t ADD a int DEFAULT " + "(" * 100_000,
        "CREATE VIEW v AS " + "SELECT * FROM (" * 5_000 + "SELECT 1" + ") x" * 5_000 + ";",
        "SELECT " + "CASE WHEN a THEN " * 5_000 + "1" + " END" * 5_000 + ";",
        "DO $$ BEGIN " + "IF a THEN " * 5_000 + "END IF; " * 5_000 + "END $$;",
        "SELECT '" + "''" * 500_000 + "';",
        "INSERT INTO t VALUES " + ", ".join("(1, 'x')" for _ in range(NUMBER)) + ";",
        "/*" * 200_000,
        "/* " * 10_000 + "*/ " * 10_000 + "SELECT 1;",
        "{{" * 200_000,
        "".join(f"$a{n}$ " for n in range(NUMBER)),
        "';\n" * NUMBER,
        "E'\\';\n" * NUMBER,
        '";\n' * NUMBER,
        "/* ;\n" * NUMBER,
        "SELECT a;" * NUMBER,
        "-- ec: ignore[EC101]\n" * 2_000,
        "-- ec: ignore[EC101] reason\nSELECT 1;\n" * 2_000,
        "".join(f"DROP TABLE IF EXISTS t{n};\n" for n in range(8_000)),
        "".join(f"DROP VIEW v{n};\n" for n in range(8_000)),
        "ALTER TABLE t ADD a int;\n" * 2_000,
        "".join(f"ALTER TABLE t{n} ADD a int;\n" for n in range(8_000)),
        "BEGIN;\nCREATE TABLE t (a int);\nCOMMIT;\n" * 1_000,
        "SAVEPOINT a;\n" * 2_000,
        "CREATE RULE r AS ON INSERT TO t DO ALSO (" + "SELECT 1; " * NUMBER + ");",
        "ALTER TABLE a" + ".a" * NUMBER + " ADD b int;",
        "".join(f"CREATE TABLE t{n} (a int REFERENCES t{n - 1});\n" for n in range(1, 3_000)),
        "\\" * 100_000,
        "\\x\n" * NUMBER,
    ],
    ids=lambda text: " ".join(text[:24].split()),
)
def test_hostile_text_is_judged_to_its_end(text: str) -> None:
    """What took the square of its length would take minutes, and pytest's own limit ends it."""
    report = judged(text)

    assert report.total or report.findings or text.endswith("SELECT 1;")


@pytest.mark.parametrize("item", ["(a).b", "(f(x)).t", "r[1].t", '"public".t.a', "public.t.*"])
def test_a_view_may_select_fields_of_values(item: str) -> None:
    report = judged(f"CREATE TABLE t (a c);\nCREATE VIEW v AS SELECT {item} FROM t;")

    assert report.unread == 0

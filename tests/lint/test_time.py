"""Transactions, settings and locks, followed from statement to statement."""

import pytest

from expandcontract.lint.linter import Options, Runner, Source, judge, lint
from expandcontract.lint.report import Report


def rules(sql: str, runner: str = "autocommit", schema: str = "", major: int = 15) -> list[str]:
    report = lint(sql, pg_version=major, schema=schema, runner=runner)
    return [finding.rule for finding in report.findings]


CONCURRENTLY = "CREATE INDEX CONCURRENTLY i ON t (a);"
STRONG = "ALTER TABLE t ADD COLUMN a int;"


@pytest.mark.parametrize(
    ("runner", "expected"),
    [
        ("alembic", ["EC403"]),
        ("alembic-per-migration", ["EC403"]),
        ("single-transaction", ["EC403"]),
        ("autocommit", []),
        ("multi-statement", []),
    ],
)
def test_a_runner_may_open_a_transaction(runner: str, expected: list[str]) -> None:
    assert rules(CONCURRENTLY, runner) == expected


def test_several_statements_in_one_string_are_one_transaction() -> None:
    assert rules(CONCURRENTLY + "SELECT 1 FROM t;", "multi-statement") == ["EC403"]


def test_a_text_with_its_own_transactions_is_taken_at_its_word() -> None:
    sql = f"BEGIN; {STRONG} COMMIT; {CONCURRENTLY}"

    assert rules(sql, "alembic") == []


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("SET lock_timeout = '2s';", True),
        ("SET lock_timeout TO 2000;", True),
        ("SET statement_timeout = '1min';", True),
        ("SET lock_timeout = 0;", False),
        ("SET lock_timeout = '2s'; SET lock_timeout TO DEFAULT;", False),
        ("SET lock_timeout = '2s'; RESET lock_timeout;", False),
        ("SET lock_timeout = '2s'; RESET ALL;", False),
        ("SET lock_timeout = '2s'; DISCARD ALL;", False),
        ("BEGIN; SET LOCAL lock_timeout = '2s'; COMMIT;", False),
        ("BEGIN; SET lock_timeout = '2s'; ROLLBACK;", False),
        ("BEGIN; SET lock_timeout = '2s'; COMMIT;", True),
        ("SELECT set_config('lock_timeout', '2s', false);", True),
        ("SELECT pg_catalog.set_config('lock_timeout', '2s', true);", False),
    ],
)
def test_a_timeout_holds_as_long_as_the_server_keeps_it(before: str, *, found: bool) -> None:
    assert ("EC402" in rules(before + CONCURRENTLY)) is found


def test_a_savepoint_brings_settings_schema_and_locks_back() -> None:
    sql = f"""
        BEGIN; SAVEPOINT s; SET lock_timeout = '2s'; {STRONG} ROLLBACK TO s;
        UPDATE u SET a = 1 WHERE b > 3; COMMIT;"""

    assert rules(sql) == []
    assert rules(sql.replace("ROLLBACK TO s;", "RELEASE s;")) == ["EC130"]


def test_a_table_that_was_rolled_back_is_not_new() -> None:
    index = "CREATE INDEX i ON t (a);"

    assert rules(f"BEGIN; CREATE TABLE t (a int); COMMIT; {index}") == []
    assert rules(f"BEGIN; CREATE TABLE t (a int); ROLLBACK; {index}") == ["EC101"]
    assert rules(f"CREATE TABLE IF NOT EXISTS t (a int); {index}") == ["EC101"]


@pytest.mark.parametrize(
    ("work", "found"),
    [
        ("UPDATE u SET a = 1 WHERE b > 3;", True),
        ("INSERT INTO u SELECT * FROM v;", True),
        ("INSERT INTO u VALUES (1);", False),
        ("UPDATE alembic_version SET version_num = 'b' WHERE version_num = 'a';", False),
        ("UPDATE known SET a = 1 WHERE id = 3;", False),
        ("CREATE TABLE w AS SELECT * FROM v;", True),
        ("CREATE TABLE w AS SELECT * FROM v WITH NO DATA;", False),
        ("CREATE MATERIALIZED VIEW w AS SELECT * FROM v;", True),
        ("COPY u FROM '/x';", True),
        ("SELECT * FROM v;", False),
        ("CREATE TABLE w (a int); CREATE INDEX i ON w (a);", False),
        ("CREATE TABLE w (a int); UPDATE w SET a = 1 WHERE a > 1;", False),
        ("COMMENT ON TABLE u IS 'x';", False),
    ],
)
def test_a_lock_is_a_matter_of_what_follows(work: str, *, found: bool) -> None:
    schema = "CREATE TABLE known (id int PRIMARY KEY, a int);"

    assert ("EC130" in rules(f"BEGIN; {STRONG} {work} COMMIT;", schema=schema)) is found


def two_revisions(runner: Runner) -> Report:
    first = "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;"
    second = "ALTER TABLE public.t VALIDATE CONSTRAINT c;"
    sources = [Source(text=first, path="1.py"), Source(text=second, path="2.py")]
    return judge(sources, Options(runner=runner))


def test_alembic_runs_all_revisions_under_the_first_ones_lock() -> None:
    [finding] = two_revisions(Runner.ALEMBIC).findings

    assert (finding.rule, finding.path) == ("EC112", "2.py")
    assert "ACCESS EXCLUSIVE lock that `ALTER TABLE t ADD CONSTRAINT c" in finding.message
    assert two_revisions(Runner.ALEMBIC_PER_MIGRATION).findings == ()


def test_what_an_earlier_file_made_is_known_but_not_new() -> None:
    made, used = "CREATE TABLE t (a varchar(5));", "ALTER TABLE t ALTER a TYPE varchar(9);"
    sources = [Source(text=text) for text in (made, used, "CREATE INDEX i ON t (a);")]

    assert [f.rule for f in judge(sources, Options()).findings] == ["EC101"]


@pytest.mark.parametrize(
    ("timezone", "expected"),
    [("", ["EC108"]), ("SET timezone = 'UTC';", []), ("SET TIME ZONE 'Europe/Oslo';", ["EC108"])],
)
def test_the_time_zone_decides_about_timestamps(timezone: str, expected: list[str]) -> None:
    sql = timezone + "ALTER TABLE t ALTER COLUMN a TYPE timestamptz;"

    assert rules(sql, schema="CREATE TABLE t (a timestamp);") == expected


def test_a_lock_that_grows_is_told() -> None:
    assert rules("BEGIN; DELETE FROM t WHERE a = 1; ALTER TABLE t ADD b int; COMMIT;") == ["EC133"]
    assert rules("BEGIN; LOCK t IN SHARE MODE; ALTER TABLE t ADD b int; COMMIT;") == [
        "EC134",
        "EC133",
    ]


def test_an_enum_value_waits_for_its_commit() -> None:
    use = "UPDATE t SET m = 'x' WHERE id = 1;"

    assert "EC405" in rules(f"BEGIN; ALTER TYPE m ADD VALUE 'x'; {use} COMMIT;")
    assert "EC405" not in rules(f"ALTER TYPE m ADD VALUE 'x'; {use}")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("BEGIN; BEGIN; COMMIT;", ["EC413"]),
        ("COMMIT;", ["EC413"]),
        ("BEGIN; SELECT 1;", ["EC413"]),
        ("BEGIN; SELECT 1; COMMIT;", []),
        ("BEGIN; COMMIT AND CHAIN; COMMIT;", []),
        ("SET LOCAL lock_timeout = '2s';", ["EC414"]),
    ],
)
def test_transactions_open_and_close(sql: str, expected: list[str]) -> None:
    assert rules(sql) == expected

"""What is said of statements on MySQL and MariaDB, beside the pages of the rules."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from expandcontract.cli import ec
from expandcontract.lint.linter import UnknownDialectError, judge, lint
from expandcontract.lint.mysql.operations import Op
from expandcontract.lint.options import Options, Source
from expandcontract.lint.rule import Severity

ORDERS = """
CREATE TABLE orders (
    id int NOT NULL PRIMARY KEY, code varchar(20) NOT NULL, note varchar(50), body text,
    KEY orders_code (code)
) DEFAULT CHARSET = utf8mb4;
"""


def ids(sql: str, dialect: str = "mysql", schema: str = "") -> list[str]:
    return [finding.rule for finding in lint(sql, dialect=dialect, schema=schema).findings]


def test_every_operation_has_a_line_of_its_own() -> None:
    assert len({op.value.example for op in Op}) == len(list(Op))
    assert len({op.value.what for op in Op}) == len(list(Op))


def test_what_the_text_made_itself_is_nobodys_loss() -> None:
    sql = "CREATE TABLE t (a int); ALTER TABLE t MODIFY a bigint; DROP TABLE t;"

    assert ids(sql) == []


def test_an_earlier_file_is_known_and_not_new() -> None:
    options = Options(dialect="mysql")
    first, second = judge(
        [Source(text=ORDERS), Source(text="ALTER TABLE orders MODIFY note varchar(300)")], options
    ).files

    assert first.findings == ()
    assert [finding.rule for finding in second.findings] == ["EC601"]


@pytest.mark.parametrize(
    ("sql", "mysql", "mariadb"),
    [
        ("ALTER TABLE orders MODIFY note varchar(60)", [], []),
        ("ALTER TABLE orders MODIFY code varchar(100) NOT NULL", ["EC601"], []),
        ("ALTER TABLE orders MODIFY body text AFTER id", ["EC602"], []),
        ("ALTER TABLE orders ADD COLUMN n int, ALGORITHM=INPLACE", ["EC605"], []),
        ("ALTER TABLE orders ADD COLUMN n int, ALGORITHM=INSTANT, LOCK=NONE", ["EC604"], []),
        ("ALTER TABLE orders ADD INDEX (note), ALGORITHM=NOCOPY", ["EC604"], []),
        ("ALTER TABLE orders NOWAIT ADD INDEX (note)", ["EC604"], []),
        ("DROP INDEX orders_code ON orders LOCK=NONE", [], ["EC604"]),
        ("ALTER TABLE orders CONVERT TO CHARACTER SET latin1", ["EC614"], ["EC614"]),
        ("ALTER TABLE orders DROP PRIMARY KEY, ADD PRIMARY KEY (code)", ["EC615"], ["EC615"]),
        ("SET foreign_key_checks=0; ALTER TABLE orders ADD FOREIGN KEY (id) REFERENCES a (b)",
         [], []),
        ("RENAME TABLE orders TO old, new TO orders", [], []),
        ("RENAME TABLE orders TO sales", ["EC201"], ["EC201"]),
        ("ALTER TABLE orders CHANGE note remark varchar(50)", ["EC202"], ["EC202"]),
        ("ALTER TABLE orders DROP COLUMN body", ["EC203"], ["EC203"]),
        ("CREATE OR REPLACE TABLE orders (a int)", ["EC204"], ["EC204"]),
        ("TRUNCATE TABLE orders", ["EC302"], ["EC302"]),
        ("DELETE FROM orders LIMIT 100", [], []),
        ("DELETE FROM orders", ["EC501"], ["EC501"]),
        ("ALTER TABLE orders FROBNICATE", ["EC001"], ["EC001"]),
    ],
)  # fmt: skip
def test_the_two_servers_are_told_apart(sql: str, mysql: list[str], mariadb: list[str]) -> None:
    assert ids(sql, "mysql", ORDERS) == mysql
    assert ids(sql, "mariadb", ORDERS) == mariadb


def test_an_unseen_column_is_a_warning() -> None:
    [finding] = lint("ALTER TABLE unseen MODIFY a bigint", dialect="mysql").findings

    assert finding.severity is Severity.WARNING
    assert finding.message.endswith("unless the type stays as it is")


def test_shared_advice_does_not_send_anybody_to_our_operations() -> None:
    sql = "ALTER TABLE t DROP COLUMN a, RENAME COLUMN b TO c; DROP TABLE u; DELETE FROM t"

    for finding in lint(sql, dialect="mysql").findings:
        assert finding.help
        assert "op." not in finding.help
        assert "ec backfill" not in finding.help


def test_a_hash_comment_ignores_with_a_reason() -> None:
    assert ids("ALTER TABLE t FORCE; # ec: ignore[EC602] a small table") == []
    assert ids("# ec: ignore[EC602] no need\nALTER TABLE t ADD COLUMN a int") == ["EC003"]


def test_effects_are_in_the_words_of_the_clauses() -> None:
    [statement] = lint("ALTER TABLE orders FORCE, LOCK=SHARED", dialect="mysql").statements

    assert statement.effects.document() == {
        "read": True,
        "transaction": "any",
        "locks": [{"relation": "orders", "mode": "SHARED"}],
        "rewrites": ["orders"],
        "scans": ["orders"],
        "index_builds": [],
        "algorithm": "INPLACE",
        "commits": True,
    }


def test_an_unknown_dialect_names_the_known_ones() -> None:
    with pytest.raises(UnknownDialectError, match="known are postgres, mysql, mariadb"):
        lint("SELECT 1", dialect="oracle")


def test_the_command_takes_the_dialect(tmp_path: Path) -> None:
    file = tmp_path / "a.sql"
    file.write_text("ALTER TABLE `t` FORCE;\n")

    done = CliRunner().invoke(
        ec, ["lint", "--no-cache", "--dialect", "mariadb", "--format", "json", str(file)]
    )

    report = json.loads(done.stdout)
    assert [found["rule"] for found in report["files"][0]["findings"]] == ["EC602"]
    assert (report["dialect"], report["pg_version"]) == ("mariadb", None)


EMAILS = "CREATE TABLE users (id int NOT NULL PRIMARY KEY, email varchar(200)) ENGINE = InnoDB;"
ADDED = "ALTER TABLE users ADD COLUMN `address` varchar(200), ALGORITHM=INSTANT;\n"
GONE = "ALTER TABLE users DROP COLUMN email, ALGORITHM=INSTANT;"


@pytest.mark.parametrize("dialect", ["mysql", "mariadb"])
@pytest.mark.parametrize(
    "fill",
    [
        "UPDATE users SET address = email WHERE id < 1000;",
        "UPDATE `users` SET `address` = LOWER(`email`) WHERE `id` < 10 LIMIT 5;",
    ],
)
def test_what_is_copied_may_not_go_in_the_same_run(dialect: str, fill: str) -> None:
    found = lint(ADDED + fill + GONE, dialect=dialect, schema=EMAILS).findings
    [finding] = [one for one in found if one.rule == "EC220"]

    assert "users.email goes in the run that fills address from it" in finding.message
    assert "triggers" in finding.help
    assert finding.fix is None


def test_a_table_that_is_copied_may_not_go_either() -> None:
    made = "CREATE TABLE people (id int NOT NULL PRIMARY KEY) ENGINE = InnoDB;"
    filled = "INSERT INTO `people` SELECT id FROM `users`;"

    assert "EC220" in ids(f"{made}{filled}DROP TABLE users;", schema=EMAILS)
    assert "EC220" in ids("CREATE TABLE p AS SELECT * FROM users; DROP TABLE users", schema=EMAILS)


@pytest.mark.parametrize(
    "sql",
    [
        ADDED + GONE,
        ADDED + "UPDATE users SET address = 'x' WHERE id < 10;" + GONE,
        "UPDATE users SET email = 'x' WHERE id = 1;" + GONE,
        ADDED + "UPDATE users SET address = email WHERE id < 10;",
        "INSERT INTO log SELECT id FROM users; DROP TABLE users;",
    ],
)
def test_what_is_not_copied_is_no_haste(sql: str) -> None:
    assert "EC220" not in ids(sql, schema=EMAILS)

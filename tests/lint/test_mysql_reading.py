"""What the two servers' SQL says, statement by statement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.profile import MARIADB, MYSQL, Profile
from expandcontract.lint.mysql.reading import read

WORDS = [
    "ALTER TABLE", "CREATE INDEX", "DROP INDEX", "t", "`a``b`", "(", ")", ",", ";", "'x'", '"y"',
    "ADD COLUMN", "MODIFY", "int", "varchar(20)", "NOT NULL", "DEFAULT", "FIRST", "AFTER", "KEY",
    "ALGORITHM=INPLACE", "LOCK=NONE", "/*!50100", "*/", "/*", "# c\n", "-- c\n", "DELIMITER //\n",
    "//", "BEGIN", "END", "CREATE TRIGGER", "1e5", "@@x", "\\G", "'", "`", "PARTITION", "CHECK",
    "CONSTRAINT", "REFERENCES", "ON", "SET", "=", "ENUM('a')", "AS", "\x00", "é",
]  # fmt: skip


def texts(sql: str, profile: Profile = MYSQL) -> list[str]:
    return [one.text for one in read(sql, profile)]


def node(sql: str, profile: Profile = MYSQL) -> f.Node | None:
    [one] = read(sql, profile)
    return one.node


def altered(sql: str, profile: Profile = MYSQL) -> f.AlterTable:
    found = node(sql, profile)
    assert isinstance(found, f.AlterTable)
    return found


def test_names_stand_in_backticks_and_texts_in_either_quote() -> None:
    found = altered('ALTER TABLE `shop`.`odd;``name` COMMENT = "it\'s; so"')

    assert found.table.plain == "shop.odd;`name"
    assert found.actions == (f.Option("COMMENT", "it's; so"),)


def test_comments_end_where_the_server_ends_them() -> None:
    sql = "SELECT 1 # one; more\n; SELECT 2 -- two; more\n; SELECT 3--1; /* ; */ SELECT 4"

    assert [text.split()[1][0] for text in texts(sql)] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("comment", "mysql", "mariadb"),
    [
        ("/*! {} */", True, True),
        ("/*!40101 {} */", True, True),
        ("/*!80000 {} */", True, False),
        ("/*!90000 {} */", False, False),
        ("/*!100100 {} */", False, True),
        ("/*M!100100 {} */", False, True),
        ("/*M!110100 {} */", False, False),
        ("/*+ {} */", False, False),
    ],
)
def test_a_versioned_comment_is_code_for_whom_it_concerns(
    comment: str, *, mysql: bool, mariadb: bool
) -> None:
    sql = comment.format("DROP TABLE a")

    assert texts(sql, MYSQL) == (["DROP TABLE a"] if mysql else [])
    assert texts(sql, MARIADB) == (["DROP TABLE a"] if mariadb else [])


@pytest.mark.parametrize("delimiter", ["$$", "//", ";;", "go"])
def test_a_delimiter_line_says_what_ends_a_statement(delimiter: str) -> None:
    body = "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END"
    end = f" {delimiter}" if delimiter.isalpha() else delimiter
    sql = f"DELIMITER {delimiter}\n{body}{end}\nDELIMITER ;\nSELECT 3;"

    assert texts(sql) == [body, "SELECT 3"]


def test_a_body_is_one_statement_without_a_delimiter_too() -> None:
    body = (
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN IF 1 THEN SET @x = 1; END IF; "
        "SET @y = CASE WHEN 1 THEN 2 END; END"
    )

    assert texts(f"{body}; SELECT 1;") == [body, "SELECT 1"]


def test_an_open_quote_spoils_its_own_statement_only() -> None:
    first, second = read("SELECT 'open;\nALTER TABLE a FORCE;", MYSQL)

    assert first.node is None
    assert "not closed" in first.why_unread
    assert isinstance(second.node, f.AlterTable)


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE t ALGORITHM=INPLACE, LOCK=NONE, ADD COLUMN a int, ADD INDEX (a)",
        "ALTER TABLE t ADD COLUMN a int, ADD INDEX (a), ALGORITHM INPLACE, LOCK NONE",
        "ALTER TABLE t ADD a int, LOCK = none, ADD KEY (a), ALGORITHM = inplace",
    ],
)
def test_the_clauses_stand_anywhere(sql: str) -> None:
    found = altered(sql)

    assert (found.algorithm, found.lock) == ("INPLACE", "NONE")
    assert [type(action) for action in found.actions] == [f.AddColumn, f.AddKey]


def test_an_index_statement_has_the_clauses_and_the_wait() -> None:
    created = altered("CREATE UNIQUE INDEX i ON t NOWAIT (a(10) DESC, b) LOCK=NONE", MARIADB)
    dropped = altered("DROP INDEX i ON t ALGORITHM=INPLACE")

    assert created.actions == (f.AddKey(f.Key(kind="UNIQUE", name="i", columns=("a", "b"))),)
    assert (created.waits, created.lock) == (True, "NONE")
    assert (dropped.actions, dropped.algorithm) == ((f.DropKey("INDEX", "i"),), "INPLACE")


def test_synonyms_and_display_widths_are_one_type() -> None:
    found = altered(
        "ALTER TABLE t ADD a INTEGER(11), ADD b int, ADD c BOOL, ADD d tinyint(1), "
        "ADD e NUMERIC(10), ADD f decimal, ADD g CHARACTER VARYING(9), ADD h varchar(9)"
    )
    types = [action.column.type for action in found.actions if isinstance(action, f.AddColumn)]

    assert [types[at] == types[at + 1] for at in range(0, 8, 2)] == [True] * 4


def test_a_dumped_table_is_known_with_columns_and_keys() -> None:
    found = node(
        "CREATE TABLE `t` (\n"
        "  `id` int(10) unsigned NOT NULL AUTO_INCREMENT,\n"
        "  `n` varchar(20) COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'it''s; (x)',\n"
        "  `at` timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),\n"
        "  `twice` int GENERATED ALWAYS AS (`id` * 2) VIRTUAL,\n"
        "  PRIMARY KEY (`id`),\n  UNIQUE KEY `n` (`n`(10)),\n"
        "  CONSTRAINT `fk` FOREIGN KEY (`id`) REFERENCES `u` (`id`) ON DELETE SET NULL,\n"
        "  CONSTRAINT `c` CHECK (`id` > 0)\n"
        ") ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"
    )

    assert isinstance(found, f.CreateTable)
    assert [(c.name, c.nullable, c.generated) for c in found.columns] == [
        ("id", False, ""), ("n", True, ""), ("at", False, ""), ("twice", True, "VIRTUAL"),
    ]  # fmt: skip
    assert [key.kind for key in found.keys] == ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]
    assert f.Option("CHARSET", "utf8mb4") in found.options


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE t FROBNICATE",
        "ALTER TABLE t ADD COLUMN a int NOT NULL PERHAPS",
        "CREATE WIDGET w",
        "FROBNICATE t",
        "ALTER TABLE t ADD COLUMN (a int",
        "SOURCE other.sql",
        "\\. other.sql",
    ],
)
def test_what_is_not_understood_is_unread(sql: str) -> None:
    assert node(sql) is None


@given(st.lists(st.sampled_from(WORDS), max_size=25), st.sampled_from([MYSQL, MARIADB]))
def test_no_text_breaks_the_reader(words: list[str], profile: Profile) -> None:
    sql = " ".join(words)

    for one in read(sql, profile):
        assert sql[one.start : one.end] == one.text
        assert (one.node is None) == bool(one.why_unread)

"""Whatever writes every row is named, wherever it stands; what is bounded is left alone."""

import pytest

from expandcontract.lint.linter import Options, Runner, Source, judge
from expandcontract.lint.rule import Certainty, Finding, Severity

SCHEMA = """
CREATE TABLE orders (id bigint PRIMARY KEY, a int, region text);
CREATE TABLE arch (id bigint, a int, region text);
CREATE TABLE s (id bigint PRIMARY KEY, a int);
"""
MATCHED = "WHEN MATCHED THEN UPDATE SET a = s.a"
GONE = "WHEN NOT MATCHED BY SOURCE THEN DELETE"
NEW = "WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.a)"


def found(sql: str, sizes: dict[str, int] | None = None) -> tuple[Finding, ...]:
    options = Options(
        major=17, runner=Runner.AUTOCOMMIT, schema=SCHEMA, sizes=tuple((sizes or {}).items())
    )
    return judge([Source(text=sql)], options).findings


DELETES = "DELETE removes every row of orders in one transaction"
UPDATES = "UPDATE writes every row of orders in one transaction"


@pytest.mark.parametrize(
    ("sql", "message", "line"),
    [
        (
            "WITH x AS (DELETE FROM orders RETURNING *)\nINSERT INTO arch SELECT * FROM x",
            DELETES,
            1,
        ),
        ("WITH x AS (\n  UPDATE orders SET a = 1 RETURNING *\n) SELECT 1 FROM x", UPDATES, 2),
        ("WITH x AS (DELETE FROM ONLY orders WHERE true RETURNING *) SELECT 1 FROM x", DELETES, 1),
        ("WITH x (id) AS NOT MATERIALIZED (DELETE FROM orders RETURNING id) TABLE x", DELETES, 1),
        ("WITH y AS (SELECT 1),\n x AS (DELETE FROM orders) SELECT * FROM y", DELETES, 2),
        ("WITH x AS (\nWITH y AS (SELECT 1) DELETE FROM orders) SELECT 1", DELETES, 2),
        (
            (
                "WITH RECURSIVE y AS (SELECT 1 AS n) SEARCH DEPTH FIRST BY n, n SET o,\n"
                "x AS (DELETE FROM orders) SELECT 1"
            ),
            DELETES,
            2,
        ),
        ("WITH y AS (SELECT id FROM orders LIMIT 10)\nDELETE FROM orders", DELETES, 2),
        ("EXPLAIN ANALYZE WITH x AS (DELETE FROM orders) SELECT 1", DELETES, 1),
        ("CREATE TABLE x AS\nWITH d AS (DELETE FROM orders RETURNING *) TABLE d", DELETES, 2),
        ("COPY (DELETE FROM orders RETURNING *) TO STDOUT", DELETES, 1),
        ("COPY (WITH d AS (\nDELETE FROM orders RETURNING *) TABLE d) TO '/x'", DELETES, 2),
        ("PREPARE p AS UPDATE orders SET a = 1", UPDATES, 1),
        ("PREPARE p (int) AS\nDELETE FROM orders", DELETES, 2),
        ("PREPARE p AS WITH d AS (DELETE FROM orders) SELECT 1", DELETES, 1),
        ("DO $$BEGIN FOR r IN\nDELETE FROM orders RETURNING * LOOP END LOOP; END$$", DELETES, 2),
        ("DO $$BEGIN EXECUTE 'DELETE FROM orders' INTO n; END$$", DELETES, 1),
        ("DO $$BEGIN\nUPDATE orders SET a = CASE WHEN b THEN 1 ELSE 2 END; END$$", UPDATES, 2),
        (
            "DO $$<<a>> BEGIN IF (CASE WHEN a THEN b END) THEN\nDELETE FROM orders; END IF; END$$",
            DELETES,
            2,
        ),
        ("DO $$BEGIN\nWITH x AS (DELETE FROM orders) INSERT INTO s SELECT 1; END$$", DELETES, 2),
    ],
)
def test_a_with_hides_nothing(sql: str, message: str, line: int) -> None:
    said = [(f.rule, f.message, f.line, f.certainty, f.severity) for f in found(sql)]

    assert said == [("EC501", message, line, Certainty.PROVEN, Severity.ERROR)]


def test_each_of_several_is_named_and_an_ignore_covers_them() -> None:
    sql = "WITH x AS (DELETE FROM orders),\n y AS (UPDATE arch SET a = 1)\nDELETE FROM s"

    assert [(f.rule, f.line) for f in found(sql)] == [("EC501", 1), ("EC501", 2), ("EC501", 3)]
    assert found("-- ec: ignore[EC501] the site is closed\n" + sql) == ()


def test_what_is_small_is_milder_inside_a_with_as_well() -> None:
    [alone] = found("DELETE FROM orders", {"public.orders": 100})
    [held] = found("WITH x AS (DELETE FROM orders) SELECT 1", {"public.orders": 100})

    assert alone.severity is held.severity is Severity.WARNING


@pytest.mark.parametrize(
    "sql",
    [
        f"MERGE INTO orders t USING s ON t.id = s.id {MATCHED} {GONE}",
        f"MERGE INTO orders t USING s ON t.id = s.id {NEW} {GONE} {MATCHED}",
        "MERGE INTO orders USING (SELECT 1) x ON true WHEN MATCHED THEN DELETE",
        "WITH x AS (SELECT 1) MERGE INTO orders USING x ON (1 = 1) WHEN MATCHED THEN DELETE",
        (
            "MERGE INTO orders t USING s ON true WHEN MATCHED AND t.a = 1 THEN DELETE "
            "WHEN MATCHED THEN UPDATE SET a = CASE WHEN t.a > 2 THEN 1 END"
        ),
    ],
)
def test_a_merge_that_leaves_no_row_out_is_an_error(sql: str) -> None:
    said = [(f.rule, f.message, f.severity) for f in found(sql)]

    message = "MERGE writes every row of orders in one transaction"
    assert said == [("EC501", message, Severity.ERROR)]


@pytest.mark.parametrize(
    "sql",
    [
        f"MERGE INTO orders t USING s ON t.id = s.id {MATCHED}",
        f"MERGE INTO orders AS t USING s ON (t.id = s.id AND t.a = s.a) {NEW} {MATCHED}",
    ],
)
def test_a_merge_with_all_of_another_table_is_a_warning(sql: str) -> None:
    [said] = found(sql)

    assert said.rule == "EC501"
    assert said.severity is Severity.WARNING
    assert said.certainty is Certainty.ASSUMED
    assert "has a partner in s " in said.message


@pytest.mark.parametrize(
    "sql",
    [
        "WITH x AS (DELETE FROM orders WHERE id = 3 RETURNING *) INSERT INTO arch SELECT * FROM x",
        "WITH x AS (UPDATE orders SET a = 1 WHERE id < 9 RETURNING *) SELECT 1 FROM x",
        "WITH x AS (SELECT id FROM orders LIMIT 9) DELETE FROM orders o USING x WHERE o.id = x.id",
        "WITH x AS (INSERT INTO arch VALUES (1) RETURNING *) SELECT 1 FROM x",
        "CREATE TEMP TABLE n (id int); WITH x AS (DELETE FROM n RETURNING *) SELECT 1 FROM x",
        "EXPLAIN WITH x AS (DELETE FROM orders RETURNING *) SELECT 1 FROM x",
        "SELECT 'WITH x AS (DELETE FROM orders)'",
        f"MERGE INTO orders t USING s ON t.id = s.id {NEW}",
        f"MERGE INTO orders t USING s ON t.id = s.id AND t.region = 'eu' {MATCHED}",
        f"MERGE INTO orders t USING s ON t.id = s.id AND t.day = current_date {MATCHED}",
        f"MERGE INTO orders t USING s ON t.id = s.id AND t.open {MATCHED}",
        "MERGE INTO orders t USING s ON t.id = s.id WHEN MATCHED AND s.a = 1 THEN DELETE",
        "MERGE INTO orders t USING s ON t.id = s.id WHEN MATCHED AND t.a = 1 THEN DO NOTHING "
        + MATCHED,
        f"MERGE INTO orders t USING (VALUES (1, 2)) s (id, a) ON t.id = s.id {MATCHED}",
        f"MERGE INTO orders t USING generate_series(1, 3) s (id) ON t.id = s.id {MATCHED}",
        f"CREATE TEMP TABLE n (id int); MERGE INTO orders t USING n ON t.id = n.id {MATCHED}",
        f"WITH s AS (SELECT 1 AS id) MERGE INTO orders t USING s ON t.id = s.id {MATCHED}",
        f"MERGE INTO orders t USING s ON t.id = s.id WHEN MATCHED THEN DO NOTHING {GONE}",
    ],
)
def test_what_is_bounded_is_left_alone(sql: str) -> None:
    assert found(sql) == ()


@pytest.mark.parametrize(
    "sql",
    [
        "WITH x AS (",
        "WITH x AS (DELETE FROM orders",
        "WITH x AS (SELECT 1), y (a AS (DELETE FROM orders) SELECT 1",
        "MERGE INTO orders USING (s ON true WHEN MATCHED THEN DELETE",
    ],
)
def test_what_is_not_closed_is_said_to_be_unread(sql: str) -> None:
    assert [f.rule for f in found(sql)] == ["EC001"]


@pytest.mark.parametrize(
    "sql",
    [
        "WITH x",
        "WITH x AS () DELETE",
        "WITH x AS (DELETE) SELECT 1",
        "WITH x AS (WITH) SELECT 1",
        "WITH x AS (MERGE INTO orders USING) SELECT 1",
    ],
)
def test_what_is_no_statement_crashes_nothing(sql: str) -> None:
    assert found(sql) == ()


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE x AS WITH d AS (DELETE FROM orders RETURNING *) TABLE d WITH NO DATA",
        "COPY (SELECT * FROM orders) TO STDOUT",
        "PREPARE p (int) AS UPDATE orders SET a = 1 WHERE id = $1",
        "EXPLAIN (ANALYZE false) DELETE FROM orders",
        "EXPLAIN (ANALYZE off, VERBOSE) UPDATE orders SET a = 1",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM orders'",
    ],
)
def test_what_does_not_run_now_is_left_alone(sql: str) -> None:
    assert [f.rule for f in found(sql) if f.rule == "EC501"] == []


def test_the_advice_fits_the_verb() -> None:
    [deleted, updated] = found("DELETE FROM orders;\nUPDATE orders SET a = 1;")

    assert "ranges of the primary key" in deleted.help
    assert "--set" not in deleted.help
    assert "ec backfill orders --set" in updated.help

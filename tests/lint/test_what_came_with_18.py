"""Forms of 18: what is not enforced costs no scan, and an older server is said not to know them."""

import pytest

from expandcontract.lint.linter import Options, Runner, Source, judge

SCHEMA = "CREATE TABLE ne (id int PRIMARY KEY, q int);\nCREATE TABLE p (id int PRIMARY KEY);\n"


def said(sql: str, major: int, select: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    options = Options(major=major, runner=Runner.AUTOCOMMIT, schema=SCHEMA, select=select)
    return [(one.rule, one.message) for one in judge([Source(text=sql)], options).findings]


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        ("ADD COLUMN n int CHECK (n > 0)", "EC105"),
        ("ADD COLUMN n int DEFAULT 1 REFERENCES p", "EC105"),
        ("ADD CONSTRAINT c CHECK (q > 0)", "EC110"),
        ("ADD CONSTRAINT c FOREIGN KEY (q) REFERENCES p", "EC111"),
        ("ADD CONSTRAINT d FOREIGN KEY (q) REFERENCES p", "EC503"),
        ("ADD CONSTRAINT d CHECK (q > 0) NOT VALID", "EC504"),
    ],
)
def test_what_is_not_enforced_reads_no_row(form: str, rule: str) -> None:
    enforced = [found for found, _ in said(f"ALTER TABLE ne {form}", 18, (rule,))]

    assert enforced == [rule]
    assert said(f"ALTER TABLE ne {form} NOT ENFORCED", 18) == []
    assert said(f"ALTER TABLE ne {form} NOT ENFORCED", 18, (rule,)) == []


def test_a_check_beside_one_that_is_not_enforced_is_still_verified() -> None:
    sql = "ALTER TABLE ne ADD COLUMN n int CHECK (n > 0) NOT ENFORCED CHECK (n > 1)"

    assert [rule for rule, _ in said(sql, 18)] == ["EC105"]


@pytest.mark.parametrize(
    ("sql", "form"),
    [
        ("DELETE FROM ne WHERE id = 1 RETURNING old.q", "OLD in RETURNING"),
        ("UPDATE ne SET q = 1 WHERE id = 1 RETURNING id, new.*", "NEW in RETURNING"),
        ("INSERT INTO ne VALUES (1) RETURNING NEW.q", "NEW in RETURNING"),
        (
            "UPDATE ne SET q = 1 WHERE id = 1 RETURNING WITH (OLD AS o) o.q",
            "RETURNING WITH (OLD AS ..)",
        ),
        (
            "WITH d AS (DELETE FROM ne WHERE id = 1 RETURNING old.q) SELECT 1 FROM d",
            "OLD in RETURNING",
        ),
        ("PREPARE s AS DELETE FROM ne WHERE id = $1 RETURNING old.q", "OLD in RETURNING"),
        ("ANALYZE ONLY ne", "ANALYZE ONLY"),
        ("VACUUM (ANALYZE) ONLY ne, p", "VACUUM ONLY"),
        ("CREATE TABLE n (id uuid DEFAULT pg_catalog.uuidv7())", "uuidv7()"),
        ("ALTER TABLE ne ALTER q SET DEFAULT pg_catalog.uuidv7()", "uuidv7()"),
    ],
)
def test_an_older_server_knows_them_not(sql: str, form: str) -> None:
    needs = f"{form} needs PostgreSQL 18, and 17 is the oldest that it may run on"

    assert said(sql, 17, ("EC417",)) == [("EC417", needs)]
    assert said(sql, 18, ("EC417",)) == []


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM ne USING old WHERE ne.id = old.id RETURNING old.q",
        "DELETE FROM old WHERE id = 1 RETURNING old.q",
        'DELETE FROM ne AS "old" WHERE id = 1 RETURNING old.q',
        "DELETE FROM old.ne WHERE id = 1 RETURNING old.ne.q",
        "DELETE FROM ne WHERE id = 1 RETURNING old.f(q)",
        "DELETE FROM ne WHERE id = 1 RETURNING (SELECT old.id FROM p old)",
        "DELETE FROM ne WHERE id = 1 RETURNING ne.old, new",
        "ANALYZE ne",
        "CREATE TABLE n (id uuid DEFAULT uuidv7())",
    ],
)
def test_names_of_ones_own_are_no_forms_of_18(sql: str) -> None:
    assert said(sql, 14, ("EC417",)) == []

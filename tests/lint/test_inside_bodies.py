"""What stands in a body is read up to the body's end, and no further."""

import pytest

from expandcontract.lint.linter import lint


@pytest.mark.parametrize(
    "text",
    [
        "DO $$BEGIN EXECUTE $q$DROP TABLE gone$q$; END$$;",
        "DO $$BEGIN EXECUTE 'DROP TABLE gone'; END$$;",
        "DO $$BEGIN DROP TABLE gone$$;",
        "DO 'BEGIN DROP TABLE gone';",
    ],
)
def test_a_name_ends_with_the_body(text: str) -> None:
    [finding] = lint(text, runner="autocommit").findings

    assert finding.message.startswith("dropping gone loses")


@pytest.mark.parametrize(
    "body",
    [
        "DECLARE comment text; BEGIN comment := 'x'; END",
        "DECLARE comment text; prepare int = 1; BEGIN comment = 'x'; END",
        "BEGIN FOR i IN 1..3 LOOP NULL; END LOOP; END",
        "BEGIN WHILE x LOOP NULL; END LOOP; COMMIT; END",
        "BEGIN SELECT count(*) INTO n FROM orders; END",
        "BEGIN BEGIN NULL; EXCEPTION WHEN others THEN NULL; END; END",
        "BEGIN CASE x WHEN 1 THEN NULL; ELSE NULL; END CASE; END",
    ],
)
def test_what_is_not_sql_raises_no_alarm(body: str) -> None:
    assert lint(f"DO $$ {body} $$;", runner="autocommit").findings == ()


def test_a_variable_that_is_filled_is_no_new_table() -> None:
    sql = "DO $$BEGIN SELECT 1 INTO orders; END$$; DROP TABLE orders;"

    assert [f.rule for f in lint(sql, runner="autocommit").findings] == ["EC204"]


def test_a_body_in_another_language_says_so() -> None:
    [finding] = lint("DO $$ plpy.execute('x') $$ LANGUAGE plpython3u;").findings

    assert finding.rule == "EC001"
    assert "PL/pgSQL instead of plpython3u" in finding.message

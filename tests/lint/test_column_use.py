import pytest

from expandcontract.lint.column_use import Use, use_of
from expandcontract.model.names import TableName

USERS = TableName("users", "public")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT email FROM users WHERE id = $1",
        'SELECT "email" FROM "public"."users"',
        "SELECT EMAIL FROM Users",
        "SELECT u.email FROM users u JOIN orders o ON o.user_id = u.id",
        "SELECT 1 FROM users JOIN orders o ON o.user_id = users.id WHERE users.email = $1",
        "UPDATE users SET email = $1 WHERE id = $2",
        "INSERT INTO users (id, email) VALUES ($1,$2)",
        "INSERT INTO users (id) VALUES ($1) ON CONFLICT (email) DO NOTHING",
        "DELETE FROM users WHERE lower(email) = $1",
        "WITH x AS (SELECT u.email FROM users u) SELECT id FROM orders",
        "COPY public.users (id, email) TO stdout",
    ],
)
def test_a_statement_that_names_it(sql: str) -> None:
    assert use_of(sql, USERS, "email") is Use.NAMES


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM users WHERE id = $1",
        "SELECT u.* FROM users u, orders o",
        "SELECT u FROM users u",
        "SELECT row_to_json(u) FROM users u",
        "SELECT email FROM users JOIN orders ON orders.id = users.id",
        "INSERT INTO users VALUES ($1,$2)",
        "INSERT INTO users (id) VALUES ($1) RETURNING *",
        "COPY users TO STDOUT",
        "CREATE TEMP TABLE t AS SELECT email FROM users",
        "DECLARE c CURSOR FOR SELECT email FROM users",
        "SELECT 1 FROM users JOIN orders USING (email)",
        "SELECT email FROM users WHERE ((((",
    ],
)
def test_a_statement_that_may_use_it(sql: str) -> None:
    assert use_of(sql, USERS, "email") is Use.MAY


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT email_address FROM users",
        "SELECT count(*) FROM users",
        "SELECT o.email FROM users u, orders o WHERE o.id = u.id",
        "SELECT email FROM archive.users",
        "SELECT email FROM orders",
        "SELECT id, $1 AS note FROM users WHERE note = 'email'",
        'SELECT "Email" FROM users',
        "SELECT 1 FROM orders WHERE EXISTS (SELECT * FROM users WHERE users.id = orders.id)",
        "INSERT INTO users DEFAULT VALUES",
        "INSERT INTO users (id) SELECT o.id FROM orders o",
        "ALTER TABLE users DROP COLUMN email",
        "VACUUM ANALYZE users",
        "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT email FROM users'",
        "",
    ],
)
def test_a_statement_that_does_not_use_it(sql: str) -> None:
    assert use_of(sql, USERS, "email") is Use.NO


def test_odd_names() -> None:
    odd = TableName('Odd "t', "S h")

    assert use_of('SELECT "a b" FROM "S h"."Odd ""t"', odd, "a b") is Use.NAMES
    assert use_of('SELECT a FROM "S h"."Odd ""t"', odd, "A") is Use.NO
    assert use_of('UPDATE "Odd ""t" SET "%" = $1', odd, "%") is Use.NAMES


def test_what_cannot_be_read_is_told_to_nobody(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for sql in (
        "CALL p(users, email)",
        "EXPLAIN ANALYZE SELECT email FROM users",
        "SELECT email (",
    ):
        use_of.__wrapped__(sql, USERS, "email")

    assert caplog.records == []
    assert capfd.readouterr().err == ""

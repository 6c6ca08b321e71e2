"""A live database tells the linter how large its tables are."""

import psycopg

from expandcontract.cli.lint_stats import sizes


def test_only_what_was_analysed_has_a_size(dsn: str, connection: psycopg.Connection) -> None:
    connection.execute("CREATE SCHEMA sales")
    connection.execute("CREATE TABLE sales.orders AS SELECT generate_series(1, 123) AS id")
    connection.execute("CREATE TABLE nobody_looked (id int)")
    connection.execute("ANALYZE sales.orders")

    assert dict(sizes(dsn))["sales.orders"] == 123
    assert "public.nobody_looked" not in dict(sizes(dsn))

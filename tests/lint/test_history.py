"""What a replay keeps, and what it no longer claims to know."""

from expandcontract.lint.history import replay
from expandcontract.model.catalog import Catalog
from expandcontract.model.names import TableName

EMPTY = Catalog(version=150000)
ORDERS = TableName("orders", "public")


def test_a_statement_that_cannot_be_read_taints_the_table_it_names() -> None:
    replayed = replay("CREATE TABLE orders (id int); ALTER TABLE orders FROB; SELECT 1", EMPTY)

    assert replayed.uncertain == {ORDERS}
    assert replayed.catalog.table(ORDERS).column("id").type == "integer"


def test_a_statement_inside_a_do_block_may_not_have_run() -> None:
    sql = "CREATE TABLE orders (id int); DO $$ BEGIN ALTER TABLE orders ADD x int; END $$"

    replayed = replay(sql, EMPTY)

    assert replayed.uncertain == {ORDERS}
    assert replayed.catalog.table(ORDERS).find("x") is not None


def test_a_table_nobody_saw_made_is_not_in_the_catalog() -> None:
    assert replay("ALTER TABLE orders ADD note text", EMPTY).catalog.tables == ()


def test_a_table_made_anew_is_certain_again() -> None:
    sql = "CREATE TABLE orders (id int); ALTER TABLE orders FROB; DROP TABLE orders;"

    assert replay(sql + "CREATE TABLE orders (id int)", EMPTY).uncertain == frozenset()


def test_an_unread_statement_that_names_no_table_taints_none() -> None:
    assert replay("CREATE TABLE orders (id int); FROB;", EMPTY).uncertain == frozenset()

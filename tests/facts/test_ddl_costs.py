"""What a statement claims to cost is what it costs, on every major."""

from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest

from expandcontract.ddl import constraints, indexes
from expandcontract.model.lock import Lock
from expandcontract.model.statement import Statement
from tests.facts.claims import EXAMPLES, SETUP, Example, T, claimed, forms, measured

CASES = [(name, example) for name, examples in EXAMPLES.items() for example in examples]
Connect = Callable[[], psycopg.Connection]


@pytest.fixture
def table(connection: psycopg.Connection) -> None:
    connection.execute(SETUP)


def test_every_form_has_an_example() -> None:
    assert set(EXAMPLES) == set(forms())


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(("name", "example"), CASES, ids=[name for name, _ in CASES])
def test_a_statement_costs_what_it_claims(
    connection: psycopg.Connection, connect: Connect, each_major: int, name: str, example: Example
) -> None:
    if each_major < example.since:
        pytest.skip(f"came with PostgreSQL {example.since}")
    for statement in example.before:
        connection.execute(statement.sql.encode())

    for statement in example.statements:
        assert measured(connect, statement) == claimed(statement), (name, each_major, statement.sql)


PLANTED = [
    replace(constraints.validate(T, "later"), lock=Lock.ACCESS_EXCLUSIVE),
    replace(constraints.validate(T, "later"), lock=Lock.ROW_EXCLUSIVE),
    replace(constraints.validate(T, "later"), scans=False),
    replace(constraints.drop(T, "later"), scans=True),
    replace(constraints.drop(T, "later"), rewrites=True),
    replace(constraints.drop(T, "later"), builds_index=True),
    replace(indexes.drop_concurrently(T, "b_index"), transactional=True),
    Statement(sql="ALTER TABLE t ALTER a TYPE varchar(99)", table=T, lock=Lock.ACCESS_EXCLUSIVE),
    Statement(sql="ALTER TABLE t ADD UNIQUE (b, a)", table=T, lock=Lock.ACCESS_EXCLUSIVE),
    Statement(sql="ALTER TABLE t ALTER b SET DEFAULT 'x'", table=T, lock=Lock.SHARE),
]


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("statement", PLANTED, ids=lambda s: s.sql)
def test_a_wrong_claim_is_found(connect: Connect, statement: Statement) -> None:
    assert measured(connect, statement) != claimed(statement)

"""What the linter claims of a statement's locks, scans and rewrites, a real server confirms."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from expandcontract.lint.costing.statements import effects
from expandcontract.lint.effects import Effects
from expandcontract.lint.knowledge import History
from expandcontract.lint.reading import read
from expandcontract.lint.replaying import apply
from tests.facts.measuring import Measured, measure
from tests.support.databases import Databases

HERE = Path(__file__).parent / "costs"
FIXTURE = (HERE / "fixture.sql").read_text("utf-8")
ROWS = (HERE / "rows.sql").read_text("utf-8")
SINCE = re.compile(r"^-- pg (\d+)$")


def cases() -> Iterator[tuple[str, int]]:
    """Every statement of the list, with the major it needs."""
    since = 0
    for line in (HERE / "statements.sql").read_text("utf-8").splitlines():
        if line.startswith("--"):
            found = SINCE.match(line)
            since = int(found[1]) if found else 0
        else:
            yield line.rstrip(";"), since
            since = 0


@pytest.fixture(scope="module")
def known() -> History:
    history = History()
    for statement in read(FIXTURE):
        assert statement.node is not None, statement.why_unread
        apply(history, statement)
    return history


@pytest.fixture(scope="module")
def filled(databases: Databases) -> Iterator[psycopg.Connection]:
    """A database with the fixture and some rows in every table."""
    with databases.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(FIXTURE)
        connection.execute(ROWS)
        yield connection


def claimed(costs: Effects) -> Measured:
    locks = {lock.relation.removeprefix("public."): lock.mode for lock in costs.locks}
    return Measured(
        tables={name: mode.pg_locks_mode for name, mode in locks.items()},
        indexes={},
        rewrites={name.removeprefix("public.") for name in costs.rewrites},
        scans={name.removeprefix("public.") for name in costs.scans},
        index_builds={name.removeprefix("public.") for name in costs.index_builds},
    )


@pytest.mark.parametrize(("sql", "since"), list(cases()), ids=lambda case: str(case)[:90])
def test_a_claim_is_what_the_server_does(
    filled: psycopg.Connection, known: History, sql: str, since: int
) -> None:
    major = filled.info.server_version // 10000
    if major < since:
        pytest.skip(f"the form is new in {since}")
    [statement] = read(sql)

    costs = effects(statement, known, major, "UTC")
    seen = measure(filled, sql)

    claim = claimed(costs)
    indexes = {name for name in claim.tables if name in INDEXES}
    assert costs.read, statement.why_unread
    assert {k: v for k, v in claim.tables.items() if k not in indexes} == seen.tables
    assert {name: claim.tables[name] for name in indexes} == {
        name: seen.indexes.get(name) for name in indexes
    }
    assert claim.rewrites == seen.rewrites
    if "scans" not in costs.unknown:
        assert claim.scans == seen.scans
    assert claim.index_builds == seen.index_builds


INDEXES = frozenset(re.findall(r"INDEX (\w+) ON", FIXTURE)) | {"orders_pkey"}

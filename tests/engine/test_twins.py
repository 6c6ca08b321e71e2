"""Kinds that keep the old columns after contract walk every way, to the native statement's end."""

from collections.abc import Iterator

import psycopg
import pytest

from expandcontract.changes.change_type import ChangeType
from expandcontract.errors import ChangeRefusedError, PhaseOrderError
from expandcontract.model.phase import Phase
from tests.engine.carried_cases import PUBLISHED
from tests.engine.enum_cases import VALUES
from tests.engine.every_kind import KEEPING
from tests.engine.shape_cases import ONE_WAY, SPLIT
from tests.engine.type_cases import TWINS, WIDENINGS
from tests.support.asserts import assert_schema
from tests.support.databases import Databases
from tests.support.fingerprint import fingerprint, rows
from tests.support.kept import assert_contracted
from tests.support.walk import (
    Case,
    back,
    execute,
    forward,
    haltingly,
    plan,
    strong_scans,
    with_ledger,
)

MANY_WAYS = (TWINS[2], SPLIT, VALUES)
each_case = pytest.mark.parametrize("case", KEEPING, ids=str)


@pytest.fixture
def dsn(databases: Databases) -> Iterator[str]:
    """With a ledger from the start."""
    with databases.database(with_ledger(databases)) as dsn:
        yield dsn


@pytest.fixture
def native(databases: Databases) -> Iterator[str]:
    """A second database, for the statement that does the same at once."""
    with databases.database() as dsn:
        yield dsn


@each_case
def test_a_change_that_is_stopped_at_every_safe_point_comes_to_the_same_end_and_start(
    case: Case, dsn: str, native: str
) -> None:
    execute(dsn, case.setup)
    execute(native, case.setup, case.oracle)
    start, data = fingerprint(dsn), rows(dsn, *case.tables)
    assert strong_scans(plan(dsn, case.change)) == []

    for phase in Phase:
        haltingly(dsn, case.change, phase)
    assert_contracted(dsn, native, case.at_end)

    for phase in reversed(Phase):
        haltingly(dsn, case.change, phase, revert=True)
    assert_schema(start, dsn)
    assert rows(dsn, *case.tables) == data


@pytest.mark.parametrize("case", MANY_WAYS, ids=str)
def test_a_revert_from_every_phase_gives_the_start_back(case: Case, dsn: str, native: str) -> None:
    execute(dsn, case.setup)
    execute(native, case.setup, case.oracle)
    start, data = fingerprint(dsn), rows(dsn, *case.tables)

    for last in Phase:
        done = [phase for phase in Phase if phase <= last]
        forward(dsn, case.change, *done)
        assert forward(dsn, case.change, last).work() == []
        back(dsn, case.change, *reversed(done))
        assert_schema(start, dsn)
        assert rows(dsn, *case.tables) == data

    forward(dsn, case.change)
    assert_contracted(dsn, native, case.at_end)


@pytest.mark.parametrize("case", [TWINS[2], SPLIT, VALUES], ids=str)
def test_every_major_goes_the_same_way(each_major: int, case: Case, dsn: str, native: str) -> None:
    assert each_major
    execute(dsn, case.setup)
    execute(native, case.setup, case.oracle)
    start = fingerprint(dsn)

    forward(dsn, case.change)
    assert_contracted(dsn, native, case.at_end)
    back(dsn, case.change)

    assert_schema(start, dsn)


def test_a_change_without_a_way_back_is_final_and_says_so(dsn: str, native: str) -> None:
    execute(dsn, ONE_WAY.setup)
    execute(native, ONE_WAY.setup, ONE_WAY.oracle)
    start, notes = fingerprint(dsn), " ".join(plan(dsn, ONE_WAY.change).notes)
    assert "one-way" in notes
    assert "the contract is final" in notes

    forward(dsn, ONE_WAY.change, *list(Phase)[:3])
    back(dsn, ONE_WAY.change, *reversed(list(Phase)[:3]))
    assert_schema(start, dsn)

    forward(dsn, ONE_WAY.change)
    assert_schema(fingerprint(native), dsn)
    assert rows(dsn, "t") == rows(native, "t")
    with pytest.raises(PhaseOrderError, match="final"):
        back(dsn, ONE_WAY.change, Phase.CONTRACT)


@pytest.mark.pg(">= 15")
def test_publications_of_columns_and_rows_are_carried(dsn: str, native: str) -> None:
    execute(dsn, PUBLISHED.setup)
    execute(native, PUBLISHED.setup, PUBLISHED.oracle)
    start = fingerprint(dsn)

    forward(dsn, PUBLISHED.change)
    assert_schema(fingerprint(native), dsn)
    back(dsn, PUBLISHED.change)

    assert_schema(start, dsn)


FILES = """
    SELECT c.relname, pg_relation_filenode(c.oid) FROM pg_class c
    WHERE c.oid = 't'::regclass
       OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 't'::regclass)
    ORDER BY 1
"""


@pytest.mark.parametrize("case", WIDENINGS, ids=str)
def test_a_widening_writes_neither_the_table_nor_an_index_anew(
    case: Case, dsn: str, connection: psycopg.Connection
) -> None:
    execute(dsn, case.setup)
    files = connection.execute(FILES).fetchall()

    assert plan(dsn, case.change).of(Phase.BACKFILL) == ()
    forward(dsn, case.change, Phase.EXPAND)

    assert connection.execute(FILES).fetchall() == files


def test_a_pair_that_loses_values_needs_the_authors_word(dsn: str) -> None:
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY, a text); INSERT INTO t VALUES (1, '007')")

    with pytest.raises(ChangeRefusedError, match=r"1: 007 → 7 → 7; .*lossy=True"):
        forward(dsn, ChangeType(table="t", column="a", type="int"))
    with pytest.raises(ChangeRefusedError, match="cuts off what is too long"):
        forward(dsn, ChangeType(table="t", column="a", type="varchar(2)"))
    with pytest.raises(ChangeRefusedError, match="up of a, for some of the rows"):
        forward(dsn, ChangeType(table="t", column="a", type="int", up="f(a)"))


def test_a_strict_change_refuses_a_write_of_both_sides(
    dsn: str, connection: psycopg.Connection
) -> None:
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY, a int)")
    forward(dsn, ChangeType(table="t", column="a", type="bigint", strict=True), Phase.EXPAND)

    connection.execute("INSERT INTO t (id, a, a_new) VALUES (1, 5, 5)")
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="written differently"):
        connection.execute("INSERT INTO t (id, a, a_new) VALUES (2, 5, 6)")

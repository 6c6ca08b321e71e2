"""A contract whose revert was begun and not ended: nobody takes it for contracted."""

import json

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import expandcontract
from expandcontract.changes.base import Change
from expandcontract.errors import NotReadyError
from expandcontract.model.phase import Phase
from tests.cli.conftest import Ec
from tests.support.mortal import KILLED, Mortals, Request
from tests.support.walk import execute, forward, stopped_revert

SETUP = """
    CREATE TABLE o (id bigint PRIMARY KEY, total int NOT NULL DEFAULT 0 CHECK (total >= 0));
    CREATE INDEX ON o (total);
    INSERT INTO o SELECT g, g FROM generate_series(1, 50) AS g
"""
RETYPED = expandcontract.ChangeType(
    table="o", column="total", type="numeric(12,2)", up="total / 100.0", down="total_new * 100"
)
RENAMED = expandcontract.RenameColumn(table="o", old="total", new="cents")
SHAPE = """
    SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = 'o'::regclass AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT tgname, tgtype::text FROM pg_trigger WHERE tgrelid = 'o'::regclass
    ORDER BY 1, 2
"""


def half_way(dsn: str, change: Change, pieces: int) -> str:
    """Contracted, and stopped on the way back after so many pieces of work; its name."""
    execute(dsn, SETUP)
    forward(dsn, change)
    assert stopped_revert(dsn, change, Phase.CONTRACT, pieces)
    return change.name


def test_status_and_doctor_say_so_and_the_revert_ends_it(ec: Ec, dsn: str) -> None:
    name = half_way(dsn, RETYPED, 3)

    text = ec("status").out
    assert "half way back from contract  revert of contract" in text
    ways = f"ec.revert(…, ec.Phase.CONTRACT) finishes the revert; ec contract {name} goes forward"
    assert ways in text
    assert "can be taken back" not in text
    [status] = json.loads(ec("status", "--json").out)["changes"]
    assert (status["state"], status["coming_back"]) == ("half way back from contract", True)
    assert (status["next_phase"], status["closes_from"]) == ("contract", None)
    assert "revert of contract begun" in ec("status", name).out
    doctor = ec("doctor")
    assert (doctor.code, ways in doctor.out) == (1, True)
    closing = ec("contract", name, "--close")
    assert (closing.code, ways in closing.err) == (2, True)
    backfill = ec("backfill", name)
    assert (backfill.code, ways in backfill.err) == (2, True)

    expandcontract.revert(dsn, RETYPED, Phase.CONTRACT)

    [status] = json.loads(ec("status", "--json").out)["changes"]
    assert (status["state"], status["coming_back"]) == ("switched", False)
    assert ec("doctor").code == 0
    expandcontract.require(dsn, name, at_least="switched")


def test_contract_goes_forward_again(ec: Ec, dsn: str) -> None:
    name = half_way(dsn, RENAMED, 2)

    outcome = ec("contract", name, "--override", "a test has no quiet time")

    assert outcome.code == 0, outcome.err
    [status] = json.loads(ec("status", "--json").out)["changes"]
    assert (status["state"], status["coming_back"]) == ("closed", False)
    expandcontract.require(dsn, name, at_least="contracted")


def test_who_needs_it_contracted_gets_no_traffic_half_way_whatever_its_role_may(
    dsn: str, connection: psycopg.Connection
) -> None:
    execute(dsn, SETUP)
    forward(dsn, RETYPED)
    role = f"{connection.info.dbname} app"
    named = psycopg.sql.Identifier(role)
    connection.execute(psycopg.sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'p'").format(named))
    application = make_conninfo(dsn, user=role, password="p")
    try:
        ready = expandcontract.Readiness(application, {"o.total": "contracted"}, every=0)
        assert ready() == ()
        assert stopped_revert(dsn, RETYPED, Phase.CONTRACT, 1)

        [reason] = ready()
        assert "o.total to be contracted, and it is half way back from contract" in reason
        assert f"ec contract {RETYPED.name} goes forward again" in reason
        with pytest.raises(NotReadyError, match="to be contracted, and it is half way back"):
            expandcontract.require(application, "o.total", at_least="contracted")
        expandcontract.require(application, "o.total", at_least="expanded")
        # A ledger of an earlier release hides the mark: it is asked for what it shows.
        connection.execute("REVOKE SELECT (coming_back) ON expandcontract.changes FROM PUBLIC")
        expandcontract.require(application, "o.total", at_least="contracted")
    finally:
        connection.execute(psycopg.sql.SQL("DROP ROLE {}").format(named))


def test_nothing_is_taken_back_before_the_ledger_says_so(
    dsn: str, connection: psycopg.Connection
) -> None:
    """`kill -9` at each of the first points: the columns are as contract left them, or it says."""
    execute(dsn, SETUP)
    forward(dsn, RETYPED)
    contracted, said = connection.execute(SHAPE).fetchall(), list[bool]()
    with Mortals() as mortals:
        for point in (1, 2, 8):
            request = Request(
                dsn=dsn, change=RETYPED, point=point, revert=True, stages=("contract",)
            )
            assert mortals.live(request).code == KILLED
            [status] = expandcontract.status(dsn)
            said.append(status.coming_back)
            assert status.coming_back or connection.execute(SHAPE).fetchall() == contracted
    assert (said[0], said[-1]) == (False, True)
    assert connection.execute(SHAPE).fetchall() != contracted

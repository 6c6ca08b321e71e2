"""What a role, a database or a connection sets for itself is not what we are surprised by."""

import threading
import time
from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import expandcontract as ec
from expandcontract.changes.fill_column import FillColumn
from expandcontract.engine import adhoc, holding
from expandcontract.engine.apply import revert_phase
from expandcontract.engine.steps import _run_untimed
from expandcontract.errors import ChangeRefusedError, PhaseOrderError, RunnerBusyError
from expandcontract.model.phase import Phase
from expandcontract.model.statement import Statement
from expandcontract.postgres import leases, ledger
from expandcontract.postgres.session import transaction
from tests.conftest import Connect
from tests.support.walk import execute, forward, running

SETUP = """
    CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a text, b text);
    INSERT INTO t (a) SELECT g FROM generate_series(1, 20) AS g;
"""
RENAME = ec.RenameColumn(table="t", old="a", new="z")
FILL = FillColumn(table="t", assignments=("b = a",))


def sets(connection: psycopg.Connection, setting: str) -> None:
    """For every session of this database that begins from now on."""
    name = psycopg.sql.Identifier(connection.info.dbname)
    connection.execute(psycopg.sql.SQL("ALTER DATABASE {} SET ").format(name) + sql(setting))


def sql(text: str) -> psycopg.sql.SQL:
    return psycopg.sql.SQL(text)


def test_the_timeouts_of_a_borrowed_connection_are_its_own_afterwards(
    connection: psycopg.Connection,
) -> None:
    connection.execute(SETUP)
    connection.execute("SET statement_timeout = '7s'; SET lock_timeout = '6s'")

    ec.apply(connection, ec.AddIndex(table="t", columns=("a",)), Phase.EXPAND)

    assert connection.execute("SHOW statement_timeout").fetchone() == ("7s",)
    assert connection.execute("SHOW lock_timeout").fetchone() == ("6s",)


@pytest.mark.pg(">= 17")
@pytest.mark.usefixtures("each_major")
def test_a_limit_of_whole_transactions_does_not_end_long_work(
    dsn: str, connection: psycopg.Connection
) -> None:
    sets(connection, "transaction_timeout = '150ms'")
    with running(dsn) as runner:
        session = runner.session
        with transaction(session, statement_timeout="0"):
            session.rows("SELECT pg_catalog.pg_sleep(0.3)")
        _run_untimed(runner, Statement(sql="SELECT pg_catalog.pg_sleep(0.3)"))
        assert session.rows("SHOW transaction_timeout") == [("150ms",)]


def test_a_phase_is_not_taken_back_that_was_passed_while_its_revert_waited(dsn: str) -> None:
    execute(dsn, SETUP)
    forward(dsn, RENAME, Phase.EXPAND, Phase.BACKFILL, Phase.SWITCH)
    with running(dsn) as runner:
        waiting = ledger.named(runner.session, RENAME.name)
        forward(dsn, RENAME, Phase.CONTRACT)

        with pytest.raises(PhaseOrderError, match="revert contract first"):
            revert_phase(runner, waiting, Phase.SWITCH)

        assert ledger.named(runner.session, RENAME.name).state == "closed"


def test_a_backfill_that_somebody_works_on_is_not_forgotten(dsn: str) -> None:
    execute(dsn, SETUP)
    with running(dsn) as working, running(dsn) as runner:
        record = adhoc.begin(working, FILL)
        lease = leases.take(working.session, record)
        assert lease is not None
        ticks = count(step=3)
        object.__setattr__(runner, "clock", lambda: float(next(ticks)))
        object.__setattr__(runner, "sleep", lambda _seconds: None)

        with pytest.raises(RunnerBusyError):
            adhoc.forget(runner, record)

        leases.release(working.session, lease)
        adhoc.forget(runner, record)
        assert ledger.get(runner.session, record.id).state == "reverted"


LANE = """
    INSERT INTO expandcontract.lanes (change_id, step, lane)
    SELECT change_id, name, 0 FROM expandcontract.steps
"""


def test_a_backfill_is_begun_again_by_one(dsn: str, connect: Connect) -> None:
    execute(dsn, SETUP)
    with running(dsn) as runner:
        adhoc.carry_on(runner, adhoc.begin(runner, FILL))
        quicker = connect(autocommit=False)
        quicker.execute("SELECT FROM expandcontract.changes, expandcontract.steps FOR UPDATE")
        slower = threading.Thread(target=lambda: adhoc.begin(runner, FILL))
        slower.start()
        time.sleep(0.2)
        quicker.execute("DELETE FROM expandcontract.lanes")
        quicker.execute("UPDATE expandcontract.changes SET outcome = NULL, reached = 'expand'")
        quicker.execute(LANE)
        quicker.commit()
        slower.join()
        lanes = quicker.execute("SELECT count(*) FROM expandcontract.lanes").fetchone()
    assert lanes == (1,)


@pytest.fixture
def hidden(dsn: str, connection: psycopg.Connection) -> Iterator[str]:
    """The DSN of an owner who sees no row of the table."""
    role = f"{connection.info.dbname}_tenant"
    name = psycopg.sql.Identifier(role)
    connection.execute(SETUP)
    for text in (
        "CREATE ROLE {} LOGIN PASSWORD 'p'",
        "ALTER TABLE t OWNER TO {}",
        "GRANT CREATE ON SCHEMA public TO {}",
    ):
        connection.execute(sql(text).format(name))
    database = psycopg.sql.Identifier(connection.info.dbname)
    connection.execute(sql("GRANT CREATE ON DATABASE {} TO {}").format(database, name))
    connection.execute(
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY;"
        "CREATE POLICY own ON t USING (a = current_setting('app.tenant', true))"
    )
    yield make_conninfo(dsn, user=role, password="p")
    connection.execute(sql("DROP OWNED BY {} CASCADE").format(name))
    connection.execute(sql("DROP ROLE {}").format(name))


def test_rows_that_a_policy_hides_are_not_taken_for_none(
    hidden: str, connection: psycopg.Connection
) -> None:
    with running(hidden) as runner, pytest.raises(ChangeRefusedError, match="row-level security"):
        adhoc.carry_on(runner, adhoc.begin(runner, FILL))

    assert connection.execute("SELECT count(*) FROM t WHERE b IS NULL").fetchone() == (20,)


def test_a_view_that_is_made_anew_gets_no_privilege_that_it_had_not(
    dsn: str, connection: psycopg.Connection
) -> None:
    execute(dsn, SETUP)
    connection.execute(
        "CREATE VIEW v AS SELECT id, a FROM t;"
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;"
        "ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO pg_monitor"
    )
    change = ec.ChangeType(table="t", column="a", type="integer", up="a::integer", down="a::text")

    forward(dsn, change)

    found = connection.execute("SELECT relacl::text FROM pg_class WHERE relname = 'v'").fetchone()
    assert found in {(None,), ("{postgres=arwdDxt/postgres}",), ("{postgres=arwdDxtm/postgres}",)}
    assert connection.execute("SELECT pg_typeof(a)::text FROM v LIMIT 1").fetchone() == ("integer",)


PID = """
    SELECT pid FROM pg_stat_activity WHERE application_name = 'expandcontract'
    AND datname = current_database() AND query LIKE '%%expandcontract.leases%%'
    AND pid <> pg_backend_pid() AND pid <> %s
"""


def test_the_lease_of_long_work_is_kept_when_its_keeper_loses_its_connection(
    dsn: str, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "RENEW_EVERY", 0.05)
    execute(dsn, SETUP)
    forward(dsn, RENAME, Phase.EXPAND)
    with running(dsn) as runner:
        record = ledger.named(runner.session, RENAME.name)
        [(own,)] = runner.session.rows("SELECT pg_backend_pid()")
        lease = leases.take(runner.session, record)
        assert lease is not None
        with holding.kept(runner, lease):
            until = time.monotonic() + 20
            while not (found := connection.execute(PID, (own,)).fetchall()):
                assert time.monotonic() < until
            [(keeper,)] = found
            connection.execute("SELECT pg_terminate_backend(%s, 5000)", (keeper,))
            soon = "UPDATE expandcontract.leases SET expires_at = clock_timestamp() + '1 s'"
            connection.execute(soon)
            while leases.expires_in(runner.session, record) < 2:
                assert time.monotonic() < until
                time.sleep(0.02)

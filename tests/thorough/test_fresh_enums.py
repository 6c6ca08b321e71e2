"""While a change of an enum comes back, nobody reads a value of the day of contract."""

import psycopg

import expandcontract as ec
from expandcontract.engine.apply import revert_phase
from expandcontract.engine.events import StepDone
from expandcontract.errors import StoppedError
from expandcontract.model.phase import Phase
from expandcontract.postgres import ledger
from tests.support.walk import Journal, back, closed, execute, forward, running, stopped_revert

SETUP = """
    CREATE SCHEMA s; CREATE TYPE s.m AS ENUM ('sad', 'ok');
    CREATE TABLE t (id int PRIMARY KEY, a s.m NOT NULL DEFAULT 'ok' CHECK (a >= 'sad'));
    CREATE TABLE other (id int PRIMARY KEY, a s.m[]);
    INSERT INTO t SELECT g, 'sad' FROM generate_series(1, 5) AS g;
    INSERT INTO other SELECT g, '{sad}' FROM generate_series(1, 5) AS g;
"""
CHANGE = ec.ReplaceEnum(type="s.m", values=("low", "ok"), mapping={"sad": "low"})
READ = """
    SELECT 't', id, replace(a::text, 'low', 'sad') FROM t
    UNION ALL SELECT 'other', id, replace(a::text, 'low', 'sad') FROM other
"""

Shown = dict[tuple[str, int], str | None]


def read(connection: psycopg.Connection) -> Shown:
    return {(table, id_): text for table, id_, text in connection.execute(READ).fetchall()}


def contracted(connection: psycopg.Connection, dsn: str) -> Shown:
    """Changed, and written since: every value, under its old name."""
    execute(dsn, SETUP)
    forward(dsn, CHANGE)
    execute(dsn, "UPDATE t SET a = 'ok'; UPDATE other SET a = '{ok,low}'")
    execute(dsn, "INSERT INTO t (id) VALUES (6); INSERT INTO other (id, a) VALUES (6, '{low}')")
    connection.prepare_threshold = None
    shown: Shown = {("t", id_): "ok" for id_ in range(1, 7)}
    shown |= {("other", id_): "{ok,sad}" for id_ in range(1, 6)} | {("other", 6): "{sad}"}
    assert read(connection) == shown
    return shown


def written(connection: psycopg.Connection, shown: Shown, number: int) -> None:
    """A write of rows that are there, and rows that come, in whatever state it is."""
    label = "enum_first(NULL::s.m)" if number % 2 else "'ok'"
    text = "sad" if number % 2 else "ok"
    connection.execute(f"UPDATE t SET a = {label} WHERE id = 3")
    connection.execute(f"UPDATE other SET a = ARRAY[{label}]::s.m[] WHERE id = 3")
    connection.execute("INSERT INTO t (id) VALUES (%s)", [number])
    connection.execute("INSERT INTO other (id) VALUES (%s)", [number])
    shown |= {("t", 3): text, ("other", 3): f"{{{text}}}"}
    shown |= {("t", number): "ok", ("other", number): None}


def stopped(dsn: str, known: set[str]) -> bool:
    """Come back from contract, but stop after a step that was never done before."""
    journal = Journal()

    def is_new() -> bool:
        found = {event.step for event in journal.events if isinstance(event, StepDone)} - known
        known.update(found)
        return bool(found)

    with running(dsn, journal, stop=is_new) as runner:
        try:
            revert_phase(runner, ledger.named(runner.session, CHANGE.name), Phase.CONTRACT)
        except StoppedError:
            return True
    return False


def test_every_value_is_the_last_that_was_written_at_every_moment(
    connection: psycopg.Connection, dsn: str
) -> None:
    shown, known = contracted(connection, dsn), set[str]()
    while stopped(dsn, known):
        assert read(connection) == shown
        written(connection, shown, 1000 + len(known))
        assert read(connection) == shown
    back(dsn, CHANGE, Phase.SWITCH, Phase.BACKFILL, Phase.EXPAND)

    assert read(connection) == shown
    assert len(known) > 8


def test_the_type_keeps_its_owner_and_who_may_use_it(
    connection: psycopg.Connection, dsn: str
) -> None:
    execute(dsn, SETUP, "ALTER TYPE s.m OWNER TO pg_monitor; REVOKE ALL ON TYPE s.m FROM PUBLIC")
    execute(dsn, "GRANT USAGE ON TYPE s.m TO pg_read_all_data WITH GRANT OPTION")
    asked = """
        SELECT typowner::regrole::text, has_type_privilege('public', oid, 'USAGE'),
            has_type_privilege('pg_read_all_data', oid, 'USAGE WITH GRANT OPTION')
        FROM pg_type WHERE oid = 's.m'::regtype
    """
    before = connection.execute(asked).fetchone()
    forward(dsn, CHANGE)

    assert before == connection.execute(asked).fetchone() == ("pg_monitor", False, True)


def test_who_turns_round_on_the_way_back_is_contracted_again(
    connection: psycopg.Connection, dsn: str
) -> None:
    shown = contracted(connection, dsn)
    assert stopped_revert(dsn, CHANGE, Phase.CONTRACT, 4)
    forward(dsn, CHANGE, Phase.CONTRACT)
    written(connection, shown, 1001)
    assert read(connection) == shown

    back(dsn, CHANGE, Phase.CONTRACT)
    written(connection, shown, 1002)
    assert read(connection) == shown
    forward(dsn, CHANGE, Phase.CONTRACT)
    closed(dsn, CHANGE)
    written(connection, shown, 1003)
    assert read(connection) == shown
    ours = "SELECT FROM pg_trigger WHERE tgname LIKE 'zz_ec_%'"
    assert connection.execute(ours).fetchall() == []

"""A column is taken out of reach for a moment: who needs it is named, and all is given back."""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import expandcontract
from expandcontract.changes.base import Change
from expandcontract.ddl import grants
from expandcontract.engine import browning, browning_looking
from expandcontract.engine.apply import apply_phase
from expandcontract.engine.browned import Browned
from expandcontract.engine.events import BrownedOut, GivenBack
from expandcontract.errors import BrownOutUnwatchedError
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.postgres import ledger, privileges
from expandcontract.postgres.session import PsycopgSession
from tests.cli.conftest import CHANGE, NAME, Ec, Start, fill, rest
from tests.conftest import Connect
from tests.support.walk import Journal, running

ACLS = """
    SELECT relname || '/' || coalesce(attname, ''), acl
    FROM (SELECT c.relname, NULL AS attname,
                 coalesce(relacl, acldefault('r', relowner))::text[] AS acl
          FROM pg_class c WHERE relname = 'users'
          UNION ALL
          SELECT 'users', attname, attacl::text[] FROM pg_attribute
          WHERE attrelid = 'users'::regclass AND attacl IS NOT NULL) AS found ORDER BY 1
"""
AWAY = "SELECT count(*) FROM expandcontract.brown_outs"
LOCKS = """
    SELECT DISTINCT mode FROM pg_locks WHERE locktype = 'relation'
    AND relation = (SELECT oid FROM pg_class WHERE relname = 'users') AND pid = ANY(%s)
    ORDER BY 1
"""


@dataclass(frozen=True)
class Roles:
    """Who uses the table."""

    owner: str
    app: str
    old: str


GRANTS = (
    "ALTER TABLE users OWNER TO {owner}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON users TO {app} WITH GRANT OPTION",
    "GRANT SELECT, UPDATE ON users TO {old}",
    "GRANT UPDATE (id), SELECT (id) ON users TO {app} WITH GRANT OPTION",
    "GRANT REFERENCES ON users TO PUBLIC",
    "GRANT SELECT (id) ON users TO PUBLIC",
)
OF_COLUMNS = "GRANT SELECT (id, email), UPDATE (email), INSERT (email) ON users TO {old}"


def grant(connection: psycopg.Connection, roles: Roles, *texts: str) -> None:
    names = {name: psycopg.sql.Identifier(getattr(roles, name)) for name in ("owner", "app", "old")}
    for text in texts:
        connection.execute(psycopg.sql.SQL(text).format(**names))


@pytest.fixture
def people(connection: psycopg.Connection) -> Iterator[Roles]:
    """Three roles with names that have to be quoted."""
    made = Roles(*(f"{connection.info.dbname} {word}" for word in ("owner", 'a"pp', "old")))
    for role in ("owner", "app", "old"):
        grant(connection, made, f"CREATE ROLE {{{role}}} LOGIN PASSWORD 'p'")
    yield made
    for role in ("app", "old", "owner"):
        grant(connection, made, f"DROP OWNED BY {{{role}}} CASCADE", f"DROP ROLE {{{role}}}")


@pytest.fixture
def roles(connection: psycopg.Connection, switched: str, people: Roles) -> Roles:
    """They use the table of a switched rename, whose gate is open."""
    assert switched
    rest(connection)
    grant(connection, people, *GRANTS)
    return people


@pytest.fixture
def someone(roles: Roles, connect: Connect) -> Roles:
    """One of them is connected."""
    connect(user=roles.app, password="p")
    return roles


def acls(connection: psycopg.Connection) -> dict[str, list[str]]:
    return {name: sorted(acl) for name, acl in connection.execute(ACLS)}


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def is_away(connection: psycopg.Connection) -> bool:
    return connection.execute(AWAY).fetchone() == (1,)


class Client:
    """Asks something again and again, as one role, until it is stopped."""

    def __init__(self, dsn: str, role: str, statements: tuple[str, ...]) -> None:
        self.where = make_conninfo(dsn, user=role, password="p", application_name="shop")
        self.statements, self.done, self.failed = statements, 0, list[str]()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        with psycopg.connect(self.where, autocommit=True) as connection:
            while not self._over.wait(0.02):
                for statement in self.statements:
                    try:
                        connection.execute(statement.encode())
                        self.done += 1
                    except psycopg.Error as error:
                        self.failed.append(str(error))


NEW_RELEASE = (
    "SELECT id, email_address, xmin FROM users WHERE id = 1 FOR UPDATE",
    "UPDATE users SET email_address = email_address || 'x' WHERE id = 2 RETURNING id",
    "INSERT INTO users (email_address) VALUES (gen_random_uuid()::text)",
    "DELETE FROM users WHERE id = (SELECT max(id) FROM users)",
    "SELECT count(*) FROM users",
)


def test_nobody_needs_it_and_contract_goes_on(
    ec: Ec, roles: Roles, connection: psycopg.Connection, dsn: str
) -> None:
    with Client(dsn, roles.app, NEW_RELEASE) as app:
        wait_for(lambda: app.done > 5)
        outcome = ec("contract", NAME, "--brown-out", "1500ms", "--json")
    assert (outcome.code, app.failed) == (0, []), outcome.err
    events = [json.loads(line) for line in outcome.out.splitlines()]
    told = [event for event in events if event.get("event") == "browned_out"]
    assert [event["seconds"] for event in told] == [1.5]
    assert told[0]["columns"] == ["public.users.email"]
    [over] = [event for event in events if event.get("event") == "given_back"]
    assert over == {"event": "given_back", "change": NAME, "columns": ["public.users.email"]}
    assert not is_away(connection)
    after = acls(connection)
    assert any(one.endswith("=a*r*w*d*/" + one.split("/")[1]) for one in after["users/"])
    sql = "SELECT detail FROM expandcontract.events WHERE what = 'browned out'"
    [(detail,)] = connection.execute(sql).fetchall()
    assert detail == {"seconds": "1.5", "columns": "public.users.email", "needed_by": ""}
    columns = (
        "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'email'"
    )
    assert connection.execute(columns).fetchall() == []


@pytest.mark.parametrize(
    ("who", "statement"),
    [
        ("old", "SELECT email FROM users WHERE id = 1"),
        ("old", "UPDATE users SET email = 'x' WHERE id = 1"),
        ("app", "SELECT * FROM users LIMIT 1"),
        ("owner", "SELECT u.email FROM users u LIMIT 1"),
    ],
)
def test_who_still_needs_it_is_refused_named_and_served_again(
    ec: Ec, roles: Roles, connection: psycopg.Connection, dsn: str, who: str, statement: str
) -> None:
    before, role = acls(connection), getattr(roles, who)
    with Client(dsn, role, (statement,)) as client:
        wait_for(lambda: client.done > 2)
        begun = time.monotonic()
        outcome = ec(
            "contract", NAME, "--brown-out", "60s", "--override", "the write counter is a test's"
        )
        took = time.monotonic() - begun
        served = client.done
        wait_for(lambda: client.done > served + 2)

    assert outcome.code == 1, outcome.err
    assert "public.users.email is still needed, and everybody may use it again" in outcome.err
    assert f"{role} (shop, " in outcome.err
    assert statement in outcome.err
    assert client.failed
    assert all("permission denied" in text for text in client.failed)
    assert took < 30  # it ended as soon as somebody was found
    assert acls(connection) == before
    assert not is_away(connection)


TAKEN = "INSERT INTO users (email_address) VALUES ('1@example.org')"


def overrides(connection: psycopg.Connection) -> int:
    sql = "SELECT count(*) FROM expandcontract.events WHERE what = 'gate overridden'"
    [(count,)] = connection.execute(sql).fetchall()
    return int(count)


def test_sessions_that_come_and_go_are_counted(
    ec: Ec, someone: Roles, connection: psycopg.Connection, dsn: str
) -> None:
    """One connection for each statement: too short to be seen, and the server counts it."""
    before, failed, over = acls(connection), list[str](), threading.Event()
    where = make_conninfo(dsn, user=someone.old, password="p")

    def ask_now_and_then() -> None:
        while not over.wait(0.4):
            try:
                with psycopg.connect(where, autocommit=True) as short:
                    short.execute("SELECT email FROM users WHERE id = 1")
            except psycopg.Error as error:
                failed.append(str(error))

    asking = threading.Thread(target=ask_now_and_then)
    asking.start()
    try:
        outcome = ec("contract", NAME, "--brown-out", "3s", "--override", "a test's reader")
    finally:
        over.set()
        asking.join()

    assert failed
    assert outcome.code == 1, outcome.err
    # Who is caught in the act is named all the same.
    assert "out of reach, and everybody may use it again" in outcome.err or (
        "is still needed, and everybody may use it again" in outcome.err
    )
    assert acls(connection) == before
    assert overrides(connection) == 0
    connection.execute("SELECT email FROM users LIMIT 1")


@pytest.mark.usefixtures("someone")
def test_what_fails_anyway_does_not_keep_it(ec: Ec, connect: Connect) -> None:
    """It fails until the second time begins, so that no scatter decides."""
    failing, over, times = connect(), threading.Event(), [False]

    def fail() -> None:
        while not over.wait(0.02):
            if (now := is_away(failing)) != times[-1]:
                times.append(now)
            if len(times) <= 3:  # there, away, there
                with suppress(psycopg.errors.UniqueViolation):
                    failing.execute(TAKEN)

    thread = threading.Thread(target=fail)
    thread.start()
    try:
        outcome = ec("contract", NAME, "--brown-out", "1500ms")
    finally:
        over.set()
        thread.join()

    assert outcome.code == 0, outcome.err
    assert "transactions fail in 1.5 s without any brown-out" in outcome.err
    assert times[:5] == [False, True, False, True, False]


def test_privileges_of_single_columns_come_back_as_they_were(
    ec: Ec, people: Roles, connection: psycopg.Connection, dsn: str
) -> None:
    fill(connection)
    grant(connection, people, GRANTS[0], OF_COLUMNS)
    for phase in (Phase.EXPAND, Phase.BACKFILL, Phase.SWITCH):
        expandcontract.apply(dsn, CHANGE, phase)
    rest(connection)
    before = acls(connection)
    table = TableName("users", "public")
    held = privileges.held(PsycopgSession(connection, owned=False), table)
    with connection.transaction():
        for statement in grants.without_column(table, "email", ("id", "email_address"), held):
            connection.execute(statement.sql.encode())
        mine = [connection.info.backend_pid]
        # From 18 on it keeps the table from being dropped, which is all that this lock does.
        assert connection.execute(LOCKS, (mine,)).fetchall() in ([], [("AccessShareLock",)])
        for statement in grants.as_held(table, held):
            connection.execute(statement.sql.encode())
    assert acls(connection) == before
    with Client(dsn, people.old, ("SELECT email FROM users WHERE id = 1",)) as client:
        wait_for(lambda: client.done > 2)
        outcome = ec("contract", NAME, "--brown-out", "60s", "--override", "a test's reader")

    assert outcome.code == 1, outcome.err
    assert "names email: SELECT email FROM users" in outcome.err
    assert any("permission denied" in text for text in client.failed)
    assert acls(connection) == before


@pytest.mark.usefixtures("someone")
def test_nobody_waits_for_it(start: Start, ec: Ec, connection: psycopg.Connection) -> None:
    before = acls(connection)
    process = start("contract", NAME, "--brown-out", "60s", "--watch", "SELECT 1", "--max", "1")
    wait_for(lambda: is_away(connection))
    sql = "SELECT array_agg(pid) FROM pg_stat_activity WHERE application_name = 'expandcontract'"
    [(pids,)] = connection.execute(sql).fetchall()
    assert len(pids) == 2  # the runner, and the guard
    assert connection.execute(LOCKS, (pids,)).fetchall() == []
    with connection.transaction():  # nobody would have to wait
        connection.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE NOWAIT")
    said_while_it_runs(ec, connection, process.pid)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 4
    assert "all privileges are given back" in err
    assert acls(connection) == before
    assert logged(connection)[-2:] == [
        ("brown-out begun", None),
        ("brown-out ended", holder(process.pid)),
    ]
    assert "brown-out ended" in ec("status", NAME).out
    assert "a brown-out by" not in ec("status").out


def holder(pid: int) -> str:
    return f"process {pid} on {socket.gethostname()}"


def logged(connection: psycopg.Connection) -> list[tuple[str, str | None]]:
    """What the log tells of brown-outs, and by whom."""
    sql = (
        "SELECT what, detail->>'by' FROM expandcontract.events WHERE what LIKE 'brown%' ORDER BY id"
    )
    return connection.execute(sql).fetchall()


def said_while_it_runs(ec: Ec, connection: psycopg.Connection, pid: int) -> None:
    """Everybody who looks is told who took the privileges, and nobody to set them by hand."""
    text = f"a brown-out by {holder(pid)} is running since "
    for command, code in (("status",), 0), (("contract-check", NAME), 1), (("doctor",), 0):
        outcome = ec(*command)
        assert (outcome.code, text in outcome.out) == (code, True), outcome
        assert "set it back" not in outcome.out
    [change] = json.loads(ec("status", "--json").out)["changes"]
    assert (change["brown_out"]["by"], sorted(change["brown_out"])) == (
        holder(pid),
        ["by", "since", "until"],
    )
    [reason] = change["closed_by"]
    assert "all privileges come back by themselves" in reason
    time.sleep(1.5)  # what fails is counted every second, and looking must not be what fails
    assert connection.execute(AWAY).fetchone() == (1,)


@pytest.mark.usefixtures("someone")
def test_a_runner_that_is_killed_is_followed_by_its_guard_in_the_server(
    start: Start, connection: psycopg.Connection
) -> None:
    """Whatever level a database has: the guard has to see what comes after it began."""
    level = "ALTER DATABASE {} SET default_transaction_isolation = 'repeatable read'"
    name = psycopg.sql.Identifier(connection.info.dbname)
    connection.execute(psycopg.sql.SQL(level).format(name))
    before = acls(connection)
    process = start("contract", NAME, "--brown-out", "10min", "--watch", "SELECT 1", "--max", "1")
    wait_for(lambda: is_away(connection))
    assert acls(connection) != before
    os.kill(process.pid, signal.SIGKILL)
    begun = time.monotonic()

    wait_for(lambda: not is_away(connection))

    assert time.monotonic() - begun < 20  # 0.3 s on a quiet machine
    assert acls(connection) == before
    sql = "SELECT detail->>'by' FROM expandcontract.events WHERE what = 'brown-out ended'"
    assert connection.execute(sql).fetchall() == [("the guard in the server",)]


@pytest.mark.usefixtures("someone")
def test_any_later_command_gives_back_what_was_left(
    start: Start, ec: Ec, connection: psycopg.Connection
) -> None:
    before = acls(connection)
    process = start("contract", NAME, "--brown-out", "10min", "--watch", "SELECT 1", "--max", "1")
    wait_for(lambda: is_away(connection))
    assert ec("status").err == ""  # its runner lives: nobody interferes
    assert is_away(connection)
    sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%$guard$%'"
    with connection.transaction():
        connection.execute("SELECT FROM expandcontract.brown_outs FOR UPDATE")  # keep it busy
        connection.execute(sql + " AND pid <> pg_backend_pid()")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert is_away(connection)
    deadline = time.monotonic() + 20
    while not (outcome := ec("status")).err:  # until the server has noticed that the runner is gone
        assert time.monotonic() < deadline
        time.sleep(0.05)

    assert outcome.code == 0
    assert f"{NAME}: privileges that process " in outcome.err
    assert "were given back" in outcome.err
    assert logged(connection)[-1] == ("brown-out ended", holder(os.getpid()))
    assert not is_away(connection)
    assert acls(connection) == before


OLD_NAME = """
    SELECT count(*) FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'email'
"""


@pytest.mark.usefixtures("someone")
def test_a_process_that_stands_still_is_followed_by_its_guard_and_does_not_contract(
    start: Start, connection: psycopg.Connection
) -> None:
    process = start("contract", NAME, "--brown-out", "10min")
    wait_for(lambda: is_away(connection))
    process.send_signal(signal.SIGSTOP)
    connection.execute("UPDATE expandcontract.leases SET expires_at = clock_timestamp()")  # 15 s on
    wait_for(lambda: not is_away(connection), 20)
    process.send_signal(signal.SIGCONT)

    _, err = process.communicate(timeout=60)

    assert process.returncode == 1, err
    assert "all was given back before anybody had looked to the end" in err
    assert "contract did not begin; run the same command again" in err
    assert connection.execute(OLD_NAME).fetchone() == (1,)


@pytest.mark.usefixtures("someone")
def test_a_process_that_stood_still_in_the_middle_has_seen_nothing(
    dsn: str, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browning_looking, "LONGEST", 0.5)
    journal, stood = Journal(), list[float]()

    def sleep(seconds: float) -> None:
        if is_away(connection) and not stood:
            seconds = 1.0
            stood.append(seconds)
        time.sleep(seconds)

    with running(dsn, journal) as runner:
        record = ledger.named(runner.session, NAME)
        with pytest.raises(BrownOutUnwatchedError, match="nobody looked for 1 s of it"):
            browning.brown_out(replace(runner, sleep=sleep), record, 2.0)

    assert not is_away(connection)
    assert [type(event) for event in journal.events[-2:]] == [BrownedOut, GivenBack]


@pytest.mark.usefixtures("roles")
def test_what_was_found_counts_for_a_moment_and_for_nobody_who_comes_later(
    dsn: str, connection: psycopg.Connection
) -> None:
    now = datetime.now(UTC)
    with running(dsn) as runner:
        record = ledger.named(runner.session, NAME)
        sql = "SELECT token FROM expandcontract.leases WHERE change_id = %s"
        for said, before, at in (
            ("somebody else worked on the change", 1, now),
            ("its last look was ", 0, now - timedelta(minutes=1)),
        ):
            [(token,)] = connection.execute(sql, (record.id,)).fetchall()
            browned = Browned(name=NAME, token=token - before, at=at)
            with pytest.raises(BrownOutUnwatchedError) as caught:
                apply_phase(runner, record, Phase.CONTRACT, browned=browned)
            assert said in str(caught.value)
    assert connection.execute(OLD_NAME).fetchone() == (1,)


def test_a_figure_beyond_its_limit_ends_it(
    ec: Ec, roles: Roles, connection: psycopg.Connection, connect: Connect
) -> None:
    before = acls(connection)
    connect(user=roles.app, password="p")  # somebody who can be reached
    ask = "SELECT count(*) FROM expandcontract.brown_outs"  # 1 while it lasts

    outcome = ec("contract", NAME, "--brown-out", "60s", "--watch", ask, "--max", "0")

    assert outcome.code == 1
    assert "health is 1, wanted at most 0" in outcome.err
    assert acls(connection) == before


def test_where_it_would_prove_nothing_it_is_refused(
    ec: Ec, roles: Roles, connection: psycopg.Connection, dsn: str
) -> None:
    def refused(*words: str) -> str:
        outcome = ec("contract", NAME, "--brown-out", "1s", *words)
        assert outcome.code == 2, outcome.err
        assert not is_away(connection)
        return outcome.err

    assert "nobody but postgres is connected" in refused()
    assert overrides(connection) == 0
    connection.execute("UPDATE expandcontract.observations SET since = clock_timestamp()")
    said = refused("--override", "it's mine")
    assert f"""ec contract {NAME} --override 'it'"'"'s mine'""" in said
    assert overrides(connection) == 0
    rest(connection)
    connection.execute(f'SET ROLE "{roles.app.replace(chr(34), chr(34) * 2)}"'.encode())
    connection.execute("GRANT SELECT ON users TO PUBLIC")
    connection.execute("RESET ROLE")
    assert "granted by another role than its owner" in refused()
    assert "from 1 s to 10 min" in ec("contract", NAME, "--brown-out", "1h").err
    assert "is for a --brown-out" in ec("contract", NAME, "--watch", "SELECT 1", "--max", "1").err
    assert "are for one change" in ec("contract", "--brown-out", "1s").err
    rename = expandcontract.RenameTable(old="other", new="others")
    widen = expandcontract.WidenPrimaryKey(table="alone", column="id")
    connection.execute("CREATE TABLE other (id int PRIMARY KEY, n int)")
    connection.execute("CREATE TABLE alone (id serial PRIMARY KEY)")
    for change, said in (
        (rename, "no column's name goes at its contract"),
        (widen, "every column keeps its name at its contract"),
    ):
        carried_to_switch(dsn, change)
        rest(connection)
        outcome = ec("contract", change.name, "--brown-out", "1s", "--override", "a test's")
        assert outcome.code == 2
        assert said in outcome.err


def carried_to_switch(dsn: str, change: Change) -> None:
    for phase in (Phase.EXPAND, Phase.BACKFILL, Phase.SWITCH):
        expandcontract.apply(dsn, change, phase)

"""The gate before contract on a server that counts statements, as production does."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

import expandcontract as ec
from expandcontract import embedded
from expandcontract.embedded import Node
from expandcontract.engine.gates import gate
from expandcontract.engine.runner import Runner
from expandcontract.errors import GateClosedError
from expandcontract.model.gate import Closed, Look, evidence
from expandcontract.model.phase import Phase
from expandcontract.postgres import ledger
from expandcontract.postgres.opening import session_for
from tests.conftest import Connect
from tests.support.databases import Databases

CHANGE = ec.RenameColumn(table="users", old="email", new="email_address")
BEAT = """
    SELECT expandcontract.maps(%(release)s, jsonb_build_object('users', %(columns)s::text[])),
           expandcontract.beat(%(release)s, 'host:1', %(release)s, %(seconds)s)
"""


@pytest.fixture(scope="module")
def counting() -> Iterator[Node]:
    """A server with pg_stat_statements: it has to be loaded when the server starts."""
    settings = {"shared_preload_libraries": "pg_stat_statements"}
    with embedded.start(settings=settings) as cluster:
        yield cluster.primary


@pytest.fixture
def dsn(counting: Node) -> Iterator[str]:
    with closing(Databases(counting)) as databases, databases.database() as dsn:
        yield dsn


@pytest.fixture
def app(connection: psycopg.Connection, dsn: str) -> psycopg.Connection:
    """The application's connection, after the switch of a rename."""
    connection.execute("CREATE EXTENSION pg_stat_statements")
    connection.execute("CREATE TABLE users (id int PRIMARY KEY, email text)")
    connection.execute("INSERT INTO users VALUES (1, 'a@example.org'), (2, NULL)")
    switch(dsn)
    rest(connection)
    return connection


def switch(dsn: str) -> None:
    for phase in (Phase.EXPAND, Phase.BACKFILL, Phase.SWITCH):
        ec.apply(dsn, CHANGE, phase)


def rest(connection: psycopg.Connection) -> None:
    """As if what the gates have seen were an hour old."""
    connection.execute("UPDATE expandcontract.observations SET since = since - interval '1 hour'")


def reasons(dsn: str) -> list[str]:
    """Why the gate is closed now; looking twice says the same."""
    with session_for(dsn) as session:
        found = gate(Runner(session=session), ledger.named(session, CHANGE.name), Phase.CONTRACT)
    return [str(reason) for reason in found.reasons] if isinstance(found, Closed) else []


def contracts(dsn: str) -> None:
    """The contract runs, and its revert brings all back."""
    ec.apply(dsn, CHANGE, Phase.CONTRACT)
    with psycopg.connect(dsn) as connection:
        after = connection.execute("SELECT * FROM users ORDER BY id").fetchall()
    assert after == [(1, "a@example.org"), (2, None)]
    ec.revert(dsn, CHANGE, Phase.CONTRACT)
    with psycopg.connect(dsn) as connection:
        back = connection.execute("SELECT id, email, email_address FROM users ORDER BY id")
        assert back.fetchall() == [(1, "a@example.org", "a@example.org"), (2, None, None)]


def test_an_old_query_keeps_it_closed_until_it_is_called_no_more(
    app: psycopg.Connection, dsn: str
) -> None:
    app.execute("SELECT u.email FROM users u WHERE id = %s", [1])

    [reason] = reasons(dsn)
    assert reason.startswith(
        "postgres calls a statement that names public.users.email: SELECT u.email FROM users u"
    )
    with pytest.raises(GateClosedError, match=r"SELECT u\.email"):
        ec.apply(dsn, CHANGE, Phase.CONTRACT)
    rest(app)
    app.execute("SELECT u.email FROM users u WHERE id = %s", [2])
    assert len(reasons(dsn)) == 1  # it was called again
    rest(app)
    assert reasons(dsn) == []
    contracts(dsn)


def test_a_star_may_use_it(app: psycopg.Connection, dsn: str) -> None:
    app.execute("SELECT * FROM users")

    [reason] = reasons(dsn)
    assert "calls a statement that may use public.users.email: SELECT * FROM users" in reason


def test_the_new_release_does_not_close_it(app: psycopg.Connection, dsn: str) -> None:
    app.execute("SELECT email_address FROM users WHERE id = 1")
    app.execute("SELECT count(*) FROM users")

    assert reasons(dsn) == []


def test_a_verification_of_ours_is_no_use_of_the_old_side(
    app: psycopg.Connection, dsn: str
) -> None:
    assert reasons(dsn) == []
    app.execute("ALTER TABLE users DISABLE TRIGGER ALL")
    app.execute("UPDATE users SET email = 'lost' WHERE id = 1")
    ours = "SELECT tgname FROM pg_trigger WHERE tgname ^@ 'zz_ec_' AND NOT tgisinternal"
    for (name,) in app.execute(ours).fetchall():
        app.execute(f"ALTER TABLE users ENABLE ALWAYS TRIGGER {name}".encode())
    [said] = reasons(dsn)
    assert "UPDATE users SET email" in said
    rest(app)

    ec.verify(dsn, CHANGE, repair=True)
    ec.verify(dsn, CHANGE)

    assert reasons(dsn) == []
    contracts(dsn)


def test_statistics_that_were_reset_prove_nothing(app: psycopg.Connection, dsn: str) -> None:
    app.execute("SELECT email FROM users")
    assert reasons(dsn)
    rest(app)
    assert reasons(dsn) == []

    app.execute("SELECT pg_stat_statements_reset()")

    found = reasons(dsn)
    gone, reset = found
    assert " statements that used it are gone (wait " in gone
    assert reset.startswith("pg_stat_statements was reset: known for ")
    rest(app)
    assert reasons(dsn) == []


def test_statistics_that_the_server_had_to_drop_prove_nothing() -> None:
    settings = {
        "shared_preload_libraries": "pg_stat_statements",
        "pg_stat_statements.max": "100",  # the least that the server takes
    }
    with (
        embedded.start(settings=settings) as cluster,
        closing(Databases(cluster.primary)) as databases,
        databases.database() as dsn,
        psycopg.connect(dsn, autocommit=True) as connection,
    ):
        connection.execute("CREATE EXTENSION pg_stat_statements")
        connection.execute("CREATE TABLE users (id int PRIMARY KEY, email text)")
        switch(dsn)
        rest(connection)
        for number in range(150):  # each is a statement of its own
            connection.execute(f"SELECT 1 AS a{number}".encode())

        found = reasons(dsn)

        assert any(
            reason.startswith("pg_stat_statements dropped entries: known for ")
            and "raise pg_stat_statements.max" in reason
            for reason in found
        ), found


def test_an_extension_that_went_closes_it(app: psycopg.Connection, dsn: str) -> None:
    app.execute("DROP EXTENSION pg_stat_statements")

    [reason] = reasons(dsn)
    assert reason.startswith("statements were counted at the switch, and are no more")


def test_without_the_extension_it_says_what_it_did_not_see(
    connection: psycopg.Connection, dsn: str
) -> None:
    connection.execute("CREATE TABLE users (id int PRIMARY KEY, email text)")
    switch(dsn)
    rest(connection)

    assert reasons(dsn) == []
    sql = """
        SELECT is_open, look->'evidence'->>'statements', look->'unseen'->>0
        FROM expandcontract.gates, jsonb_array_elements(looks) AS look
        WHERE look->>'probe' = 'statements'
    """
    [(is_open, statements, unseen)] = connection.execute(sql).fetchall()
    assert (is_open, statements) == (True, "not counted")
    assert unseen.endswith("pg_stat_statements is not in this database")


def test_statements_that_may_not_be_read_close_it(app: psycopg.Connection, dsn: str) -> None:
    app.execute("DROP ROLE IF EXISTS migrator")
    app.execute("CREATE ROLE migrator LOGIN SUPERUSER PASSWORD 'secret'")
    where = psycopg.conninfo.make_conninfo(dsn, user="migrator", password="secret")
    for thing in ("SCHEMA expandcontract", "TABLE users"):
        app.execute(f"ALTER {thing} OWNER TO migrator")
    app.execute("GRANT ALL ON ALL TABLES IN SCHEMA expandcontract TO migrator")
    app.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA expandcontract TO migrator")
    app.execute("ALTER ROLE migrator NOSUPERUSER")

    found = reasons(where)
    app.execute("GRANT pg_read_all_stats TO migrator")
    granted = reasons(where)
    app.execute("DROP OWNED BY migrator CASCADE")
    app.execute("DROP ROLE migrator")

    assert any(
        "the statements of postgres" in reason and "GRANT pg_read_all_stats TO migrator" in reason
        for reason in found
    )
    assert not any("cannot be read" in reason for reason in granted)


def test_a_sign_of_life_of_an_old_release_keeps_it_closed(
    app: psycopg.Connection, dsn: str
) -> None:
    old = {"release": "1.0", "columns": ["id", "email"], "seconds": 30}
    new = {"release": "2.0", "columns": ["id", "email_address"], "seconds": 30}
    app.execute(BEAT, old)
    app.execute(BEAT, new)

    [reason] = reasons(dsn)
    assert reason.startswith("release 1.0 is alive and maps public.users.email (1: host:1;")
    app.execute(BEAT, {**old, "seconds": 0})  # it says good-bye
    assert reasons(dsn) == []
    contracts(dsn)


def test_an_old_session_keeps_it_closed(
    app: psycopg.Connection, dsn: str, connect: Connect
) -> None:
    app.execute(BEAT, {"release": "1.0", "columns": ["id", "email"], "seconds": 0})
    app.execute(BEAT, {"release": "2.0", "columns": ["id", "email_address"], "seconds": 30})
    connect(application_name="shop@2.0")
    connect(application_name="cron")
    old, unknown = connect(application_name="shop@1.0"), connect(application_name="shop@0.9")

    stranger, session = reasons(dsn)
    assert stranger.startswith("shop@0.9 (1: pid ")
    assert "never told what it maps" in stranger
    assert session.startswith("sessions of release 1.0 are open: shop@1.0 (1: pid ")
    old.close()
    unknown.close()
    wait_until_gone(app)
    assert reasons(dsn) == []


def wait_until_gone(connection: psycopg.Connection) -> None:
    sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('shop@1.0', 'shop@0.9')"
    while connection.execute(sql).fetchone() != (0,):
        connection.execute("SELECT pg_sleep(0.02)")


RELEASE = """
import sys
from contextlib import closing
from sqlalchemy import create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
import expandcontract as ec

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column({column!r})

engine = create_engine({url!r})
with closing(ec.orm.install(engine, release={release!r})), engine.connect() as connection:
    connection.execute(text("SELECT 1"))
    print("ready", flush=True)
    sys.stdin.read()
"""


@contextmanager
def running(dsn: str, release: str, column: str) -> Iterator[None]:
    """A process of a release of its own: what it maps is what it tells."""
    url = dsn.replace("postgresql://", "postgresql+psycopg://")
    program = RELEASE.format(column=column, url=url, release=release)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield
        process.communicate(timeout=60)
        assert process.returncode == 0


@pytest.mark.usefixtures("app")
def test_the_signs_of_an_engine_are_the_ones_that_count(dsn: str) -> None:
    with running(dsn, "3.0", "email_address"):
        assert reasons(dsn) == []
        with session_for(dsn) as session:
            record = ledger.named(session, CHANGE.name)
            found = gate(Runner(session=session), record, Phase.CONTRACT)
        assert evidence(found)["releases_alive"] == "3.0"
        assert "@3.0" in evidence(found)["sessions_of_releases"]
        with running(dsn, "1.0", "email"):
            alive, connected = reasons(dsn)
            assert alive.startswith("release 1.0 is alive and maps public.users.email (1: ")
            assert connected.startswith("sessions of release 1.0 are open: ")
        assert [reason for reason in reasons(dsn) if "is alive" in reason] == []  # it said so


def test_without_rights_names_are_seen_and_the_rest_is_said(
    app: psycopg.Connection, dsn: str, connect: Connect
) -> None:
    """Names of sessions are everybody's to see: an old release closes the gate all the same."""
    role = f"runner_{app.info.dbname}"
    app.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'p'".encode())
    for grant in (
        "USAGE ON SCHEMA expandcontract",
        "ALL ON ALL TABLES IN SCHEMA expandcontract",
        "ALL ON ALL SEQUENCES IN SCHEMA expandcontract",
        "ALL ON users",
    ):
        app.execute(f"GRANT {grant} TO {role}".encode())
    app.execute("DROP EXTENSION pg_stat_statements")
    app.execute(BEAT, {"release": "1.0", "columns": ["id", "email"], "seconds": 0})
    old = connect(application_name="shop@1.0")
    where = psycopg.conninfo.make_conninfo(dsn, user=role, password="p")

    found = looked(where)
    old.close()
    wait_until_gone(app)
    later = looked(where)
    app.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())

    assert [str(reason)[:40] for reason in found.reasons] == [
        "sessions of release 1.0 are open: shop@1"
    ]
    assert "what sessions of other roles do (GRANT pg_read_all_stats shows it)" in found.unseen
    assert later.reasons == ()  # what cannot be seen is said, and keeps nothing closed


def looked(dsn: str) -> Look:
    """What the probe of the sessions saw."""
    with session_for(dsn) as session:
        found = gate(Runner(session=session), ledger.named(session, CHANGE.name), Phase.CONTRACT)
    return next(look for look in found.looks if look.probe == "sessions")


def test_a_function_and_a_view_keep_it_closed(app: psycopg.Connection, dsn: str) -> None:
    app.execute("CREATE VIEW addresses AS SELECT email FROM users")
    app.execute(
        "CREATE FUNCTION mail(int) RETURNS text LANGUAGE plpgsql AS"
        " 'BEGIN RETURN (SELECT email FROM users WHERE id = $1); END'"
    )
    app.execute(
        "CREATE FUNCTION other(int) RETURNS text LANGUAGE sql AS"
        " 'SELECT email_address FROM users WHERE id = $1'"
    )

    view, function = reasons(dsn)
    assert "view public.addresses reads public.users.email" in view
    assert function.startswith("mail(integer) names users and email")
    app.execute("DROP VIEW addresses")
    app.execute("DROP FUNCTION mail")
    assert reasons(dsn) == []
    contracts(dsn)

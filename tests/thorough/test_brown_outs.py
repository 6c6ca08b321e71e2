"""What else than a renamed column is browned out: a changed type, carried views, two tables."""

import psycopg

import expandcontract
from tests.cli.conftest import CHANGE, NAME, Ec, dsn, ec, fill, rest
from tests.cli.test_brown_out import (
    GRANTS,
    Client,
    Roles,
    acls,
    carried_to_switch,
    grant,
    is_away,
    people,
    wait_for,
)
from tests.conftest import Connect

__all__ = ["dsn", "ec", "people"]


def browned(
    ec: Ec, connection: psycopg.Connection, name: str, seconds: str = "60s"
) -> tuple[int, str]:
    rest(connection)
    words = ("--brown-out", seconds, "--override", "the counters are a test's")
    outcome = ec("contract", name, *words)
    assert not is_away(connection)
    return outcome.code, outcome.err


def test_of_a_changed_type_the_other_name_goes(
    ec: Ec, people: Roles, connection: psycopg.Connection, dsn: str
) -> None:
    connection.execute("CREATE TABLE users (id int PRIMARY KEY, n int)")
    connection.execute("INSERT INTO users VALUES (1, 1), (2, 2)")
    grant(connection, people, GRANTS[0], GRANTS[1])
    change = expandcontract.ChangeType(table="users", column="n", type="bigint")
    carried_to_switch(dsn, change)
    before = acls(connection)

    with Client(dsn, people.app, ("SELECT n_new FROM users",)) as client:
        wait_for(lambda: client.done > 2)
        code, said = browned(ec, connection, change.name)
    assert code == 1, said
    assert "public.users.n_new is still needed" in said
    assert any("permission denied" in text for text in client.failed)
    assert acls(connection) == before

    both = ("UPDATE users SET n = n + 1 WHERE id = 1", "SELECT id, n FROM users WHERE n > 0")
    with Client(dsn, people.app, both) as client:
        wait_for(lambda: client.done > 2)
        code, said = browned(ec, connection, change.name, "1s")
    assert code == 0, said
    assert not [text for text in client.failed if "permission denied" in text]
    [(kind,)] = connection.execute("SELECT DISTINCT pg_typeof(n)::text FROM users").fetchall()
    assert kind == "bigint"


VIEWS = (
    "ALTER TABLE users OWNER TO {owner}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON users TO {app}",
    "CREATE VIEW mails AS SELECT id, email FROM users",
    "ALTER VIEW mails OWNER TO {owner}",
    "GRANT SELECT ON mails TO {app}, {old}",
    "GRANT SELECT (email) ON users TO {old}",
)


def test_the_readers_of_a_carried_view_are_not_refused(
    ec: Ec, people: Roles, connection: psycopg.Connection, dsn: str
) -> None:
    fill(connection)
    grant(connection, people, *VIEWS)
    carried_to_switch(dsn, CHANGE)
    before = acls(connection)

    with (
        Client(dsn, people.app, ("SELECT email FROM mails WHERE id = 1",)) as through,
        Client(dsn, people.old, ("SELECT email FROM users LIMIT 1",)) as old,
    ):
        wait_for(lambda: min(through.done, old.done) > 2)
        code, said = browned(ec, connection, NAME)
        assert code == 1, said
        assert f"{people.old} (shop, " in said
        assert acls(connection) == before
        old.__exit__()
        served = through.done
        code, said = browned(ec, connection, NAME, "1s")
    assert code == 0, said
    assert through.done > served
    assert through.failed == []
    shown = "SELECT pg_get_viewdef('mails'::regclass)"
    assert "email_address" in str(connection.execute(shown).fetchone())


def test_what_asks_with_the_readers_own_rights_is_refused_by_name(
    ec: Ec, people: Roles, connection: psycopg.Connection, connect: Connect, dsn: str
) -> None:
    fill(connection)
    grant(connection, people, *VIEWS)
    connect(user=people.owner, password="p")
    carried_to_switch(dsn, CHANGE)
    code, said = browned(ec, connection, NAME)
    assert code == 2
    assert f"the privileges of {people.owner} stay since the view mails reads" in said
    connect(user=people.app, password="p")
    grant(connection, people, "GRANT SELECT ON users TO PUBLIC", "REVOKE ALL ON users FROM {owner}")
    before = acls(connection)
    code, said = browned(ec, connection, NAME)
    assert code == 2
    assert f"{people.owner} reads public.users by what everybody may do" in said
    assert acls(connection) == before
    if connection.info.server_version >= 150000:
        connection.execute("ALTER VIEW mails SET (security_invoker = on)")
        code, said = browned(ec, connection, NAME)
        assert code == 2
        assert "the view mails reads public.users.email with the privileges of who asks" in said


def test_over_two_tables_the_trigger_writes_on(
    ec: Ec, people: Roles, connection: psycopg.Connection, dsn: str
) -> None:
    connection.execute("CREATE TABLE users (id int PRIMARY KEY, mail text)")
    connection.execute("CREATE TABLE details (user_id int PRIMARY KEY)")
    connection.execute("INSERT INTO users VALUES (1, 'a'), (2, 'b')")
    for table in ("users", "details"):
        rights = f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {{app}}"
        grant(connection, people, f"ALTER TABLE {table} OWNER TO {{owner}}", rights)
    change = expandcontract.MoveColumn(table="users", column="mail", to="details", key=("user_id",))
    carried_to_switch(dsn, change)
    ours = "SELECT oid::regprocedure::text FROM pg_proc WHERE proname ^@ 'zz_ec_' AND prosecdef"
    for (function,) in connection.execute(ours).fetchall():
        grant(connection, people, f"ALTER FUNCTION {function} OWNER TO {{owner}}")
    grant(
        connection,
        people,
        "GRANT ALL ON SCHEMA expandcontract TO {owner}",
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA expandcontract TO {owner}",
    )
    before = acls(connection)

    new = ("UPDATE details SET mail = mail || 'x' WHERE user_id = 1", "SELECT id FROM users")
    with Client(dsn, people.app, new) as client:
        wait_for(lambda: client.done > 2)
        with Client(dsn, people.app, ("SELECT mail FROM users",)) as old:
            wait_for(lambda: old.done > 2)
            code, said = browned(ec, connection, change.name)
        assert code == 1, said
        assert "public.users.mail is still needed" in said
        assert acls(connection) == before
        code, said = browned(ec, connection, change.name, "1s")
    assert code == 0, said
    assert client.failed == []
    value = connection.execute("SELECT mail FROM details WHERE user_id = 1").fetchone()
    assert str(value).count("x") > 2

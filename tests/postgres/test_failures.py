"""The server counts what sessions were refused that are gone before anybody looks."""

import time
from contextlib import suppress

import psycopg
import pytest

from expandcontract.postgres.failures import SETTLED, failures, settle_own
from expandcontract.postgres.installation import install
from expandcontract.postgres.session import PsycopgSession
from tests.conftest import Connect

SHORT = 4


@pytest.mark.usefixtures("each_major")
def test_each_short_session_that_is_refused_is_counted(
    connection: psycopg.Connection, connect: Connect
) -> None:
    session = PsycopgSession(connection, owned=False)
    install(session)
    role = f"{connection.info.dbname}_short"
    name = psycopg.sql.Identifier(role)
    connection.execute("CREATE TABLE secret (id integer)")
    connection.execute(psycopg.sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'p'").format(name))
    if not settle_own(session):
        time.sleep(SETTLED)
    before = failures(session)
    for _ in range(SHORT):
        with connect(user=role, password="p") as short, suppress(psycopg.Error):
            short.execute("SELECT id FROM secret")
    deadline = time.monotonic() + 10 * SETTLED
    while (after := failures(session)).count < before.count + SHORT:
        assert time.monotonic() < deadline
        time.sleep(SETTLED / 10)

    connection.execute(psycopg.sql.SQL("DROP ROLE {}").format(name))
    assert (after.count - before.count, after.at > before.at) == (SHORT, True)

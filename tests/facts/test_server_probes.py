"""Questions about the server are answered as its own driver does."""

import psycopg
import pytest

from expandcontract.ddl import server_probes
from tests.facts.test_ddl_probes import holds


@pytest.mark.usefixtures("each_major")
def test_a_server_knows_since_when_it_is(connection: psycopg.Connection) -> None:
    major = connection.info.server_version // 10_000

    assert [holds(connection, server_probes.is_since(one)) for one in (14, major, major + 1)] == [
        True,
        True,
        False,
    ]

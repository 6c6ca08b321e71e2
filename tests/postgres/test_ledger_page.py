"""The page about the ledger names its tables and columns, all of them and no others."""

import re
from pathlib import Path

import psycopg

from expandcontract.postgres.installation import install
from expandcontract.postgres.session import PsycopgSession

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "ledger.md"
COLUMNS = """
    SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)
    FROM information_schema.columns WHERE table_schema = 'expandcontract' GROUP BY 1
"""


def test_the_page_describes_the_ledger_that_is_installed(connection: psycopg.Connection) -> None:
    install(PsycopgSession(connection, owned=False))
    installed: dict[str, list[str]] = dict(connection.execute(COLUMNS).fetchall())

    described = {
        section.partition("\n")[0]: re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
        for section in PAGE.read_text("utf-8").split("\n## ")[1:]
    }

    assert described == installed

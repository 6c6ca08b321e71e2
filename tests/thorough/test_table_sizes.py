"""Tables of no row, of one and of many take the same memory; `tests.bench sizes` goes further."""

import sys
from pathlib import Path

import pytest

from tests.bench import users
from tests.bench.programs import run

EC = str(Path(sys.executable).with_name("ec"))
FILL = (EC, "backfill", "users", "--set", users.SET, "--quiet")
MOST = 120
"""Megabytes."""


@pytest.mark.parametrize("key", ["bigint", "uuid"])
def test_memory_does_not_grow_with_the_table(dsn: str, key: str) -> None:
    found = []
    for rows in (0, 1, 60_000):
        users.execute(dsn, "DROP TABLE IF EXISTS users")
        users.build(dsn, rows, key)
        found.append(run(FILL, {"EC_DATABASE_URL": dsn}).megabytes)
        assert users.is_right(dsn)

    assert max(found) < MOST
    assert max(found) - min(found) < 20

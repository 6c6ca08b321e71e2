"""What one would write by hand: the peer of a backfill."""

from typing import LiteralString

from tests.bench import users
from tests.bench.measuring import connected

LEAST: LiteralString = "SELECT id FROM users ORDER BY id LIMIT 1"
NEXT: LiteralString = "SELECT id FROM users WHERE id >= %s ORDER BY id OFFSET 5000 LIMIT 1"


def keys(dsn: str) -> None:
    """Batches of 5,000 keys, a transaction each, as the helpers of web frameworks do."""
    with connected(dsn) as connection:
        found = connection.execute(LEAST).fetchone()
        while found is not None:
            low, found = found[0], connection.execute(NEXT, found).fetchone()
            if found is None:
                connection.execute(f"{users.ONE_UPDATE} WHERE id >= %s".encode(), [low])
            else:
                where = "WHERE id >= %s AND id < %s"
                connection.execute(f"{users.ONE_UPDATE} {where}".encode(), [low, found[0]])

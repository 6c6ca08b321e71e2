"""How many transactions of this database failed, whoever ran them."""

from dataclasses import dataclass
from typing import LiteralString

from expandcontract.postgres.session import Session

SETTLED = 1.2
"""Seconds after which the server has counted whatever a session that is gone did."""

# A refused statement in autocommit is one, and so is every ROLLBACK that somebody says.
COUNT: LiteralString = """
    SELECT xact_rollback, to_json(clock_timestamp()) #>> '{}' FROM pg_catalog.pg_stat_database
    WHERE datname = pg_catalog.current_database()
"""
# From 15 on; without it the server counts what a session did within a second.
CAN_FLUSH: LiteralString = """
    SELECT pg_catalog.to_regproc('pg_catalog.pg_stat_force_next_flush') IS NOT NULL
"""
# It counts nothing for a session that has not read a table.
FLUSH: LiteralString = """
    SELECT pg_catalog.pg_stat_force_next_flush() FROM expandcontract.versions LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Failures:
    """The server's count at a moment of the server's clock."""

    count: int
    at: str


def failures(session: Session) -> Failures:
    """What the server has counted until now."""
    return Failures(*session.rows(COUNT)[0])


def settle_own(session: Session) -> bool:
    """Let the server count what this session did; False where only time does that."""
    if not session.rows(CAN_FLUSH)[0][0]:
        return False
    session.rows(FLUSH)
    return True

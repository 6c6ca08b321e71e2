"""Whether nothing was lost: asked while it runs, and compared with the application's own notes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import LiteralString

from expandcontract.demo.users import first_email
from expandcontract.postgres.session import open_session

# One snapshot: counts and hashes belong together however much is written meanwhile.
_AGREEMENT: LiteralString = """
    SELECT count(*), count(*) FILTER (WHERE email IS DISTINCT FROM email_address),
           sum(hashtextextended(id || ':' || email, 0))::text,
           sum(hashtextextended(id || ':' || email_address, 0))::text
    FROM users
"""
_FINGERPRINT: LiteralString = """
    SELECT count(*), sum(hashtextextended(users::text, 0))::text FROM users
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Both columns of all rows at one moment."""

    rows: int
    differing: int
    hashes: tuple[str, str]

    @property
    def holds(self) -> bool:
        """Whether they are equal, by rows and by hash."""
        return self.differing == 0 and len(set(self.hashes)) == 1


def agreement(dsn: str) -> Agreement:
    """Compare both columns in every row while the application goes on writing."""
    session = open_session(dsn)
    try:
        [(rows, differing, old, new)] = session.rows(_AGREEMENT)
    finally:
        session.close()
    return Agreement(rows=rows, differing=differing, hashes=(old, new))


def fingerprint(dsn: str) -> tuple[int, str]:
    """The number of rows, and a hash over all of their columns."""
    session = open_session(dsn)
    try:
        [(rows, digest)] = session.rows(_FINGERPRINT)
    finally:
        session.close()
    return rows, digest


def expected(
    rows: int, written: Iterable[tuple[int, int, str | None]]
) -> dict[int, tuple[int, str]]:
    """What the table must hold: of all writes to a row the one with the highest version.

    >>> expected(2, [(1, 3, "b@x"), (1, 2, "a@x"), (2, 9, None), (3, 1, "c@x")])
    {1: (3, 'b@x'), 3: (1, 'c@x')}
    """
    last: dict[int, tuple[int, str | None]] = {
        number: (1, first_email(number)) for number in range(1, rows + 1)
    }
    for user, version, email in written:
        if user not in last or last[user][0] < version:
            last[user] = version, email
    return {u: (version, email) for u, (version, email) in last.items() if email is not None}


def mismatches(dsn: str, wanted: dict[int, tuple[int, str]]) -> list[str]:
    """Every row that is missing, too much, or not as the application wrote it last."""
    session = open_session(dsn)
    try:
        rows = session.rows("SELECT id, version, email_address FROM users")
    finally:
        session.close()
    found = {user: (version, email) for user, version, email in rows}
    return [
        f"user {user}: {found.get(user)} instead of {wanted.get(user)}"
        for user in sorted(wanted.keys() | found.keys())
        if wanted.get(user) != found.get(user)
    ]

"""What the users of the application do, in the SQL of its two releases.

Every statement names its columns. psycopg, like most drivers, prepares a statement that comes
often, and PostgreSQL refuses a prepared `SELECT *` once (`cached plan must not change result
type`) in every connection when a column is added or dropped. No migration can change that; an
application that selects stars should name its columns, or retry such an error, before it changes
its schema under load.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import TupleRow

HOT = 200
"""So many users are served in half of all requests, so that both releases meet on their rows."""

GONE = 2**31
"""The version of a deleted row: no write comes after it."""

ATTEMPTS = 20
CITIES = ("Accra", "Bergen", "Cusco", "Delhi", "Espoo")


class WrongAnswerError(Exception):
    """The database answered, and the answer is not what was written before."""


@dataclass(slots=True, kw_only=True)
class Visitors:
    """The users of one instance: what they ask for, and what they remember to have written."""

    connection: psycopg.Connection[TupleRow]
    name: str  #: of the instance; makes its emails unique
    writes: str  #: the column that this release writes
    reads: str  #: the column that this release reads
    rows: int  #: users 1 to this number are everybody's
    chance: random.Random
    written: dict[int, tuple[int, str | None]] = field(default_factory=dict)
    """The last write to each user's email from here, as (version, email)."""
    accounts: list[tuple[int, str]] = field(default_factory=list)
    """Users who signed up here; no other instance writes them."""
    count: int = 0

    def request(self) -> None:
        """Serve one visitor."""
        deed = self.chance.choices(list(DEEDS), list(DEEDS.values()))[0]
        deed(self)

    def look(self) -> None:
        """Show a profile."""
        sql = f"SELECT name, {self.reads}, city, about, visits FROM users WHERE id = %s"
        if not self._all(sql, self._anybody()):
            raise WrongAnswerError("a user is gone")

    def sign_in(self) -> None:
        """Find a user by the email that was given at the sign-up."""
        if not self.accounts:
            return self.sign_up()
        user, email = self.chance.choice(self.accounts)
        found = self._all(f"SELECT id, name, version FROM users WHERE {self.reads} = %s", email)
        if [row[0] for row in found] != [user]:
            raise WrongAnswerError(f"no user {user} by the email {email}")
        return None

    def sign_up(self) -> None:
        """Add a user."""
        email = self._new_email()
        sql = f"INSERT INTO users (name, {self.writes}) VALUES (%s, %s) RETURNING id, version"
        [(user, version)] = self._all(sql, self.name, email)
        self.written[user] = version, email
        self.accounts.append((user, email))

    def move(self) -> None:
        """Change one column: the email."""
        user, email = self._anybody(), self._new_email()
        sql = (
            f"UPDATE users SET {self.writes} = %s, updated_at = now(), version = version + 1"
            " WHERE id = %s RETURNING version"
        )
        [(version,)] = self._all(sql, email, user)
        self.written[user] = version, email

    def save(self) -> None:
        """Read a user, change something, and write the whole row, as a simple ORM would."""
        user = self._anybody()
        for _ in range(ATTEMPTS):
            with self.connection.transaction():
                if self._save(user):
                    return
        raise WrongAnswerError(f"user {user} could not be saved in {ATTEMPTS} attempts")

    def _save(self, user: int) -> bool:
        """Whether nobody else wrote the row in between."""
        sql = f"SELECT name, {self.reads}, city, about, visits, version FROM users WHERE id = %s"
        [(name, email, city, about, visits, version)] = self._all(sql, user)
        if self.chance.random() < 1 / 3:
            email = self._new_email()
        else:
            city = self.chance.choice(CITIES)
        sql = (
            f"UPDATE users SET name = %s, {self.writes} = %s, city = %s, about = %s, visits = %s,"
            " updated_at = now(), version = version + 1"
            " WHERE id = %s AND version = %s RETURNING version"
        )
        saved = self._all(sql, name, email, city, about, visits + 1, user, version)
        if saved:
            self.written[user] = saved[0][0], email
        return bool(saved)

    def leave(self) -> None:
        """Delete a user who signed up here."""
        if not self.accounts:
            return self.sign_up()
        user, _ = self.accounts.pop(self.chance.randrange(len(self.accounts)))
        if not self._all("DELETE FROM users WHERE id = %s RETURNING id", user):
            raise WrongAnswerError(f"user {user} was gone already")
        self.written[user] = GONE, None
        return None

    def _anybody(self) -> int:
        last = HOT if self.chance.random() < 1 / 2 else self.rows
        return self.chance.randint(1, min(last, self.rows))

    def _new_email(self) -> str:
        self.count += 1
        return f"{self.name}.{self.count}@example.org"

    def _all(self, query: str, *params: object) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode(), params).fetchall()


DEEDS: dict[Callable[[Visitors], None], int] = {
    Visitors.look: 40,
    Visitors.sign_in: 15,
    Visitors.move: 15,
    Visitors.save: 15,
    Visitors.sign_up: 10,
    Visitors.leave: 5,
}
"""What visitors do, and how often of a hundred times."""

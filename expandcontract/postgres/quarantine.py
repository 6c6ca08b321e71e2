"""Rows that could not be written: their keys and errors, kept until a retry succeeds."""

import json
from dataclasses import dataclass
from typing import LiteralString

from expandcontract.model.backfill import Key
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session

PUT: LiteralString = """
    INSERT INTO expandcontract.quarantine AS q (change_id, step, key, sqlstate, error)
    VALUES (%(id)s::bigint, %(step)s, %(key)s::jsonb, %(sqlstate)s, %(error)s)
    ON CONFLICT (change_id, step, key) DO UPDATE
    SET sqlstate = excluded.sqlstate, error = excluded.error, attempts = q.attempts + 1,
        last_at = clock_timestamp()
"""
TAKE_OUT: LiteralString = """
    DELETE FROM expandcontract.quarantine
    WHERE change_id = %(id)s::bigint AND step = %(step)s AND key = %(key)s::jsonb
"""
COUNT: LiteralString = """
    SELECT count(*) FROM expandcontract.quarantine
    WHERE change_id = %(id)s::bigint AND step = %(step)s
"""
NEXT: LiteralString = """
    SELECT key::text, sqlstate, error FROM expandcontract.quarantine
    WHERE change_id = %(id)s::bigint AND step = %(step)s
      AND (%(after)s::jsonb IS NULL OR key > %(after)s::jsonb)
    ORDER BY key LIMIT %(limit)s::integer
"""


@dataclass(frozen=True, slots=True)
class Failed:
    """A row that could not be written, and what the server said."""

    key: Key
    sqlstate: str
    error: str

    def __str__(self) -> str:
        return f"{', '.join(self.key)}: {self.error} ({self.sqlstate})"


def put(session: Session, record: Record, step: str, failed: Failed) -> None:
    """Keep a row's key and error."""
    params = {"sqlstate": failed.sqlstate, "error": failed.error, **_row(record, step, failed.key)}
    session.run(PUT, params)


def take_out(session: Session, record: Record, step: str, key: Key) -> None:
    """The row is written, or gone."""
    session.run(TAKE_OUT, _row(record, step, key))


def count(session: Session, record: Record, step: str) -> int:
    """How many rows are kept."""
    return int(session.rows(COUNT, {**record.key, "step": step})[0][0])


def some(
    session: Session, record: Record, step: str, *, after: Key | None = None, limit: int = 5
) -> list[Failed]:
    """The next ones, in order."""
    position = None if after is None else json.dumps(list(after))
    params = {**record.key, "step": step, "after": position, "limit": str(limit)}
    return [Failed(tuple(json.loads(k)), s, e) for k, s, e in session.rows(NEXT, params)]


def _row(record: Record, step: str, key: Key) -> dict[str, str]:
    return {**record.key, "step": step, "key": json.dumps(list(key))}

"""Which standbys streamed while a backfill worked, for the process that comes after this one."""

import json
from collections.abc import Iterable
from typing import LiteralString

from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session

# One that was not there when the others were seen last has left long before.
STREAMED: LiteralString = """
    SELECT name FROM (
        SELECT name, seen_at, max(seen_at) OVER () AS newest FROM expandcontract.standbys
        WHERE change_id = %(id)s::bigint) AS s
    WHERE seen_at > newest - interval '1 day' ORDER BY name
"""
SEEN: LiteralString = """
    INSERT INTO expandcontract.standbys (change_id, name)
    SELECT %(id)s::bigint, jsonb_array_elements_text(%(names)s::jsonb)
    ON CONFLICT (change_id, name) DO UPDATE SET seen_at = clock_timestamp()
"""
FORGET: LiteralString = "DELETE FROM expandcontract.standbys"


def streamed(session: Session, record: Record) -> tuple[str, ...]:
    """The standbys that were there when the backfill was worked on last."""
    return tuple(name for (name,) in session.rows(STREAMED, record.key))


def seen(session: Session, record: Record, names: Iterable[str]) -> None:
    """Note that they stream."""
    session.run(SEEN, {**record.key, "names": json.dumps(sorted(names))})


def forget(session: Session) -> None:
    """After a failover: whoever streamed from the server before this one."""
    session.run(FORGET)

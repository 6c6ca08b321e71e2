"""What the gates saw: since when a thing is the same, and how a gate answered last."""

import json
from typing import LiteralString

from expandcontract.model.gate import Gate, Open
from expandcontract.model.phase import Phase
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session

# A value that is seen again keeps the moment at which it was seen first.
SEE: LiteralString = """
    INSERT INTO expandcontract.observations AS o (change_id, what, value)
    SELECT %(id)s::bigint, seen.key, seen.value FROM jsonb_each_text(%(seen)s::jsonb) AS seen
    ON CONFLICT (change_id, what) DO UPDATE SET
        value = excluded.value, seen_at = clock_timestamp(),
        since = CASE WHEN o.value = excluded.value THEN o.since ELSE clock_timestamp() END
    RETURNING what, extract(epoch FROM clock_timestamp() - since)::float8
"""
NOTE: LiteralString = """
    INSERT INTO expandcontract.observations (change_id, what, value)
    VALUES (%(id)s::bigint, %(what)s, %(value)s)
"""
KNOWN: LiteralString = """
    SELECT o.what, extract(epoch FROM clock_timestamp() - o.since)::float8
    FROM expandcontract.observations o
    JOIN jsonb_each_text(%(seen)s::jsonb) AS seen ON seen.key = o.what AND seen.value = o.value
    WHERE o.change_id = %(id)s::bigint
"""
VALUES: LiteralString = """
    SELECT what, value FROM expandcontract.observations
    WHERE change_id = %(id)s::bigint AND starts_with(what, %(prefix)s)
"""
SEEN_FOR: LiteralString = """
    SELECT extract(epoch FROM clock_timestamp() - seen_at)::float8
    FROM expandcontract.observations WHERE change_id = %(id)s::bigint AND what = %(what)s
"""
DROP: LiteralString = """
    DELETE FROM expandcontract.observations
    WHERE change_id = %(id)s::bigint AND what = %(what)s
"""
FORGET: LiteralString = "DELETE FROM expandcontract.observations WHERE change_id = %(id)s::bigint"
KEEP: LiteralString = """
    INSERT INTO expandcontract.gates (change_id, phase, is_open, looks)
    VALUES (%(id)s::bigint, %(phase)s, %(is_open)s::boolean, %(looks)s::jsonb)
    ON CONFLICT (change_id, phase) DO UPDATE SET
        is_open = excluded.is_open, looks = excluded.looks, seen_at = clock_timestamp(),
        role = session_user,
        since = CASE WHEN gates.is_open = excluded.is_open THEN gates.since
                ELSE clock_timestamp() END
"""
MAY_WRITE: LiteralString = """
    SELECT bool_and(pg_catalog.has_table_privilege(o.name, p.kind))
    FROM (VALUES ('expandcontract.observations'), ('expandcontract.gates')) AS o(name),
         (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) AS p(kind)
    WHERE pg_catalog.to_regclass(o.name) IS NOT NULL
"""


def may_write(session: Session) -> bool:
    """Whether this role may note what it sees."""
    return bool(session.rows(MAY_WRITE)[0][0])


def see(session: Session, record: Record, seen: dict[str, str]) -> dict[str, float]:
    """Note what is seen now; for how many seconds each has been so."""
    return dict(session.rows(SEE, {**record.key, "seen": json.dumps(seen)})) if seen else {}


def known(session: Session, record: Record, seen: dict[str, str]) -> dict[str, float]:
    """For how many seconds each has been so, as far as it was noted; nothing is written."""
    return dict(session.rows(KNOWN, {**record.key, "seen": json.dumps(seen)})) if seen else {}


def values(session: Session, record: Record, prefix: str) -> dict[str, str]:
    """What was seen last, of everything whose name begins so."""
    return dict(session.rows(VALUES, {**record.key, "prefix": prefix}))


def seen_for(session: Session, record: Record, what: str) -> float | None:
    """Seconds since a thing was seen last; None where it was not."""
    rows = session.rows(SEEN_FOR, {**record.key, "what": what})
    return float(rows[0][0]) if rows else None


def drop(session: Session, record: Record, what: str) -> None:
    """Forget one thing that was seen."""
    session.run(DROP, {**record.key, "what": what})


def forget(session: Session, record: Record) -> None:
    """Forget all that was seen: it begins anew."""
    session.run(FORGET, record.key)


def keep_verdict(session: Session, record: Record, phase: Phase, gate: Gate) -> None:
    """Keep how the gate answered, with all that it looked at."""
    looks = json.dumps([look.document() for look in gate.looks])
    params = {"phase": str(phase), "is_open": str(isinstance(gate, Open)), "looks": looks}
    session.run(KEEP, {**record.key, **params})

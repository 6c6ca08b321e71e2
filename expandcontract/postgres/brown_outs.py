"""Takes privileges away for a moment, and gives them back, whatever becomes of who took them."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from expandcontract.errors import ServerRefusedError
from expandcontract.model.names import TableName, literal
from expandcontract.model.statement import Statement
from expandcontract.postgres.installation import installed
from expandcontract.postgres.leases import holder_name
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session, transaction

SINCE = 7
"""The ledger's version that has them."""

ATTEMPTS = 20
AGAIN = frozenset({"XX000", "55P03", "40P01"})
"""Somebody else changed the same row of the catalog, or holds it."""

LATER = 3.0
"""Seconds after its time for which the end is left to who looks: the last look is at the end."""

GUARDED = 5.0
"""Seconds for which the guard waits for what it is to guard."""

BEGIN: LiteralString = """
    INSERT INTO expandcontract.brown_outs (change_id, holder, until, give_back)
    VALUES (%(id)s::bigint, %(holder)s,
            clock_timestamp() + %(seconds)s::float8 * interval '1 second', %(give_back)s::jsonb)
"""
NOW: LiteralString = """
    SELECT to_json(clock_timestamp()) #>> '{}' FROM expandcontract.brown_outs
    WHERE change_id = %(id)s::bigint
"""
KEPT: LiteralString = """
    SELECT give_back::text FROM expandcontract.brown_outs
    WHERE change_id = %(id)s::bigint FOR UPDATE
"""
GOING_ON: LiteralString = """
    SELECT change_id, holder, to_json(began_at) #>> '{}', to_json(until) #>> '{}', give_back::text
    FROM expandcontract.brown_outs
"""
ENDED: LiteralString = """
    INSERT INTO expandcontract.events (change_id, what, detail)
    VALUES (%(id)s::bigint, 'brown-out ended', jsonb_build_object('by', %(by)s::text))
"""
AGE: LiteralString = """
    SELECT extract(epoch FROM clock_timestamp() - %(at)s::timestamptz)::float8
"""
OVER: LiteralString = "DELETE FROM expandcontract.brown_outs WHERE change_id = %(id)s::bigint"
# Its time is over, or nobody works on the change any more.
LEFT: LiteralString = """
    SELECT b.change_id, c.name, b.holder
    FROM expandcontract.brown_outs b JOIN expandcontract.changes c ON c.id = b.change_id
    WHERE b.until < clock_timestamp() OR NOT EXISTS (
        SELECT FROM expandcontract.leases l
        WHERE l.change_id = b.change_id AND l.expires_at > clock_timestamp()
          AND (l.backend IS NULL OR EXISTS (
              SELECT FROM pg_catalog.pg_stat_activity a WHERE a.pid = l.backend)))
"""
# Runs in the server until the row is gone; a process that dies takes its backend with it, and one
# that stands still renews no lease.
GUARD: LiteralString = """
DO $guard$
DECLARE
    seen boolean := false;
    statement text;
    since timestamptz := clock_timestamp();
BEGIN
    PERFORM pg_catalog.set_config('transaction_timeout', '0', true)  -- from 17 on
    WHERE pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL;
    LOOP
        PERFORM pg_catalog.pg_stat_clear_snapshot();
        IF EXISTS (SELECT FROM expandcontract.brown_outs WHERE change_id = {id}) THEN
            seen := true;
        ELSIF seen OR clock_timestamp() > since + {wait} * interval '1 second' THEN
            RETURN;
        END IF;
        IF seen AND ({backend} <> 0 AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_stat_activity WHERE pid = {backend})
            OR NOT EXISTS (SELECT FROM expandcontract.leases
                           WHERE change_id = {id} AND expires_at > clock_timestamp())
            OR EXISTS (SELECT FROM expandcontract.brown_outs
                       WHERE change_id = {id} AND until < clock_timestamp())) THEN
            BEGIN
                PERFORM FROM expandcontract.brown_outs WHERE change_id = {id} FOR UPDATE;
                FOR statement IN
                    SELECT pg_catalog.jsonb_array_elements_text(give_back)
                    FROM expandcontract.brown_outs WHERE change_id = {id}
                LOOP
                    EXECUTE statement;
                END LOOP;
                DELETE FROM expandcontract.brown_outs WHERE change_id = {id};
                INSERT INTO expandcontract.events (change_id, what, detail)
                VALUES ({id}, 'brown-out ended', {detail});
                RETURN;
            EXCEPTION WHEN OTHERS THEN
                NULL;
            END;
        END IF;
        PERFORM pg_catalog.pg_sleep(0.2);
    END LOOP;
END
$guard$
"""


@dataclass(frozen=True, slots=True)
class Left:
    """A brown-out that its runner did not end."""

    change_id: int
    name: str
    holder: str


@dataclass(frozen=True, slots=True)
class GoingOn:
    """A brown-out that was begun and whose privileges are not given back yet."""

    holder: str
    since: datetime
    until: datetime  #: the latest; the server itself gives back then
    give_back: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"a brown-out by {self.holder} is running since {self.since:%H:%M:%S %Z}, "
            f"until {self.until:%H:%M:%S %Z} at the latest"
        )

    def is_of(self, table: TableName) -> bool:
        """Whether privileges on the table are another's than usual."""
        return any(f" ON {table} " in sql for sql in self.give_back)

    def document(self) -> dict[str, str]:
        """It as `--json` prints it."""
        times = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return {"by": self.holder, **times}


def begin(
    session: Session,
    record: Record,
    seconds: float,
    away: Sequence[Statement],
    back: Sequence[Statement],
) -> None:
    """Take away and write down what gives back; within the caller's transaction."""
    params = {
        "holder": holder_name(),
        "seconds": str(seconds + LATER),
        "give_back": json.dumps([statement.sql for statement in back]),
    }
    session.run(BEGIN, {**record.key, **params})
    for statement in away:
        session.run(statement.sql)


def now(session: Session, record: Record) -> datetime | None:
    """The server's clock while it lasts; None where it is over, whoever ended it."""
    rows = session.rows(NOW, record.key)
    return datetime.fromisoformat(rows[0][0]) if rows else None


def seconds_since(session: Session, at: datetime) -> float:
    """By the server's clock, which goes on while a process or its whole host stands still."""
    return float(session.rows(AGE, {"at": at.isoformat()})[0][0])


def going_on(session: Session) -> dict[int, GoingOn]:
    """All that are going on, by change."""
    if installed(session) < SINCE:
        return {}
    return {
        change_id: GoingOn(
            holder,
            datetime.fromisoformat(since),
            datetime.fromisoformat(until),
            tuple(json.loads(give_back)),
        )
        for change_id, holder, since, until, give_back in session.rows(GOING_ON)
    }


def give_back(session: Session, change_id: int) -> bool:
    """Give back what is written down, and log that; whether anything was."""
    params = {"id": str(change_id)}
    for attempt in range(ATTEMPTS):
        try:
            with transaction(session, lock_timeout="2s"):
                rows = session.rows(KEPT, params)
                for sql in json.loads(rows[0][0]) if rows else ():
                    session.run(sql)
                if rows:
                    session.run(ENDED, {**params, "by": holder_name()})
                session.run(OVER, params)
        except ServerRefusedError as error:
            if error.sqlstate not in AGAIN or attempt == ATTEMPTS - 1:
                raise
        else:
            return bool(rows)
    raise AssertionError


def left(session: Session) -> list[Left]:
    """Those that nobody will end any more."""
    return [Left(*row) for row in session.rows(LEFT)]


def guard(session: Session, record: Record, backend: int | None) -> None:
    """Stay until the brown-out is over, or give back when its time or its runner is.

    It is one text, since whoever sent it may be gone before it ends: the server goes on with it.
    Under another isolation level than this one it would never see what it waits for.
    """
    detail = literal(json.dumps({"by": "the guard in the server"}))
    values = {"id": record.id, "wait": GUARDED, "backend": backend or 0, "detail": detail}
    body = GUARD
    for name, value in values.items():
        body = body.replace(f"{{{name}}}", str(value))
    begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
    limits = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '2s'"
    with suppress(ServerRefusedError):  # ended by somebody: the runner and later commands do it
        session.run(f"{begin}; {limits}; {body}; COMMIT")

"""What people want of a backfill that is running somewhere: pause, resume, cancel, another pace."""

import json
from dataclasses import dataclass, field
from typing import Any, LiteralString

from expandcontract.postgres.leases import holder_name
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session

READ: LiteralString = """
    SELECT wish, settings::text, asked_by, to_char(asked_at, 'YYYY-MM-DD HH24:MI:SS TZ')
    FROM expandcontract.controls WHERE change_id = %(id)s::bigint
"""
WISH: LiteralString = """
    INSERT INTO expandcontract.controls (change_id, wish, asked_by)
    VALUES (%(id)s::bigint, %(wish)s, %(by)s)
    ON CONFLICT (change_id) DO UPDATE
    SET wish = excluded.wish, asked_by = excluded.asked_by, asked_at = clock_timestamp()
"""
TUNE: LiteralString = """
    INSERT INTO expandcontract.controls (change_id, settings, asked_by)
    VALUES (%(id)s::bigint, jsonb_strip_nulls(%(settings)s::jsonb), %(by)s)
    ON CONFLICT (change_id) DO UPDATE
    SET settings = jsonb_strip_nulls(controls.settings || %(settings)s::jsonb)
"""
BEGUN: LiteralString = """
    UPDATE expandcontract.controls SET wish = 'run'
    WHERE change_id = %(id)s::bigint AND wish = 'cancel'
"""
ALL: LiteralString = """
    SELECT change_id, wish, asked_by, to_char(asked_at, 'YYYY-MM-DD HH24:MI:SS TZ')
    FROM expandcontract.controls WHERE wish <> 'run'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The last wish, and the settings that replace those of the command line."""

    wish: str = "run"
    settings: dict[str, Any] = field(default_factory=dict)
    asked_by: str = ""
    asked_at: str = ""


def read(session: Session, record: Record) -> Control:
    """What is wanted of the change."""
    rows = session.rows(READ, record.key)
    if not rows:
        return Control()
    wish, settings, asked_by, asked_at = rows[0]
    return Control(wish=wish, settings=json.loads(settings), asked_by=asked_by, asked_at=asked_at)


def wish(session: Session, record: Record, wanted: str) -> None:
    """Ask all that work on the change to pause, to go on or to end."""
    session.run(WISH, {**record.key, "wish": wanted, "by": holder_name()})


def begun(session: Session, record: Record) -> None:
    """A new run is a newer wish than a cancel; a pause stays until it is lifted."""
    session.run(BEGUN, record.key)


def tune(session: Session, record: Record, settings: dict[str, Any]) -> None:
    """Change settings while it runs; None takes one back to what the command line said."""
    params = {**record.key, "settings": json.dumps(settings), "by": holder_name()}
    session.run(TUNE, params)


def paused(session: Session) -> dict[int, str]:
    """The changes of which something else than running is wanted, and by whom."""
    words = {"pause": "paused", "cancel": "cancelled"}
    return {row[0]: f"{words[row[1]]} by {row[2]} at {row[3]}" for row in session.rows(ALL)}

"""What is watched while reads move, as rows: any process may go on with it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, LiteralString

from expandcontract.pacing.vitals import Vital
from expandcontract.postgres.leases import holder_name
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session

SINCE = 7
"""The ledger's version that has them."""

Outcome = Literal["passed", "returned", "left"]

BEGIN: LiteralString = """
    INSERT INTO expandcontract.soaks (change_id, percent, vitals, seconds, every)
    VALUES (%(id)s::bigint, %(percent)s::integer, %(vitals)s::jsonb, %(seconds)s::float8,
            %(every)s::float8)
    RETURNING id
"""
_COLUMNS: LiteralString = """
    SELECT DISTINCT ON (s.change_id) s.change_id, s.id, s.percent, s.vitals::text, s.seconds,
           s.every, s.watched_by, s.said, s.outcome,
           extract(epoch FROM s.began_at + s.seconds * interval '1 second'
                              - clock_timestamp())::float8,
           extract(epoch FROM clock_timestamp() - coalesce(s.seen_at, s.began_at))::float8
    FROM expandcontract.soaks s
"""
_LAST: LiteralString = " ORDER BY s.change_id, s.id DESC"
NEWEST: LiteralString = _COLUMNS + " WHERE s.change_id = %(id)s::bigint" + _LAST
NEWEST_OF_ALL: LiteralString = _COLUMNS + _LAST
SEEN: LiteralString = """
    UPDATE expandcontract.soaks
    SET seen_at = clock_timestamp(), watched_by = %(who)s, said = %(said)s
    WHERE id = %(soak)s::bigint AND outcome IS NULL
"""
END: LiteralString = """
    UPDATE expandcontract.soaks SET outcome = %(outcome)s, ended_at = clock_timestamp()
    WHERE id = %(soak)s::bigint AND outcome IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Soaking:
    """A soak as the ledger holds it."""

    id: int
    percent: int
    vitals: tuple[Mapping[str, Any], ...]  #: documents of vitals
    seconds: float
    every: float
    watched_by: str | None
    said: str
    outcome: Outcome | None
    left: float  #: seconds until it is over
    unseen: float  #: seconds since somebody looked

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.outcome is None

    @property
    def is_alone(self) -> bool:
        """Whether whoever looked has stopped to."""
        return self.is_open and self.unseen > 3 * self.every + 15

    @property
    def names(self) -> str:
        """What is watched."""
        return ", ".join(str(one["name"]) for one in self.vitals)

    def __str__(self) -> str:
        ends = {"passed": "passed", "returned": "was over its limit", "left": "was ended"}
        if self.outcome is not None:
            return f"{self.names}: {ends[self.outcome]} ({self.said})"
        by = self.watched_by or "nobody yet"
        if self.is_alone:
            by = f"nobody for {self.unseen:.0f} s"
        return f"{self.names}: watched for {max(0.0, self.left):.0f} s more, by {by}"


def begin(
    session: Session,
    record: Record,
    percent: int,
    vitals: Sequence[Vital],
    *,
    seconds: float,
    every: float,
) -> int:
    """Write a soak down; its number."""
    params = {
        "percent": str(percent),
        "vitals": json.dumps([vital.document() for vital in vitals]),
        "seconds": str(seconds),
        "every": str(every),
    }
    return int(session.rows(BEGIN, {**record.key, **params})[0][0])


def newest(session: Session, record: Record) -> Soaking | None:
    """The soak that counts."""
    rows = session.rows(NEWEST, record.key)
    return _soaking(rows[0]) if rows else None


def newest_of_all(session: Session) -> dict[int, Soaking]:
    """The same, of each change."""
    return {row[0]: _soaking(row) for row in session.rows(NEWEST_OF_ALL)}


def _soaking(row: Sequence[Any]) -> Soaking:
    return Soaking(
        id=row[1],
        percent=row[2],
        vitals=tuple(json.loads(row[3])),
        seconds=row[4],
        every=row[5],
        watched_by=row[6],
        said=row[7],
        outcome=row[8],
        left=row[9],
        unseen=row[10],
    )


def seen(session: Session, soak: Soaking, said: str) -> None:
    """Note that somebody looked, and at what."""
    params = {"soak": str(soak.id), "who": holder_name(), "said": said}
    session.run(SEEN, params)


def end(session: Session, soak: Soaking, outcome: Outcome) -> bool:
    """Note how it ended; false where somebody else has."""
    return session.run(END, {"soak": str(soak.id), "outcome": outcome}) > 0

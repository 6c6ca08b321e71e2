"""How far and how fast a backfill was over time: a bounded number of samples for each step."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString

from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session, transaction

MOST = 600
"""Samples of one step; then each two neighbours become one."""

ADD: LiteralString = """
    INSERT INTO expandcontract.samples
        (change_id, step, at, seconds, rows_seen, rows_written, share, reason, lags)
    SELECT %(id)s::bigint, %(step)s, coalesce(s.at, clock_timestamp()), s.seconds, s.rows_seen,
           s.rows_written, s.share, s.reason, s.lags
    FROM jsonb_to_recordset(%(samples)s::jsonb) AS s(
        at timestamptz, seconds float8, rows_seen bigint, rows_written bigint, share float8,
        reason text, lags jsonb)
    ON CONFLICT DO NOTHING
"""
COUNT: LiteralString = """
    SELECT count(*) FROM expandcontract.samples
    WHERE change_id = %(id)s::bigint AND step = %(step)s
"""
READ: LiteralString = """
    SELECT to_json(at) #>> '{}', seconds, rows_seen, rows_written, share, reason, lags::text
    FROM expandcontract.samples
    WHERE change_id = %(id)s::bigint AND step = %(step)s ORDER BY at
"""
CLEAR: LiteralString = """
    DELETE FROM expandcontract.samples WHERE change_id = %(id)s::bigint AND step = %(step)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A stretch of a backfill, up to a moment."""

    at: str | None = None  #: ISO 8601; the server's clock puts it in
    seconds: float  #: how long it lasted
    rows_seen: int  #: of all lanes, at its end
    rows_written: int
    share: float  #: of full speed; 0 while it holds
    reason: str | None = None  #: why it was less than full
    lags: dict[str, float | None] = field(default_factory=dict)  #: by standby; None is unknown

    @property
    def moment(self) -> datetime:
        """When it ended."""
        return datetime.fromisoformat(self.at or "")

    def document(self) -> dict[str, object]:
        """For the ledger."""
        names = ("at", "seconds", "rows_seen", "rows_written", "share", "reason", "lags")
        return {name: getattr(self, name) for name in names}


def add(session: Session, record: Record, step: str, sample: Sample) -> None:
    """One more."""
    _add(session, record, step, [sample])


def read(session: Session, record: Record, step: str) -> list[Sample]:
    """All that are kept, oldest first."""
    names = ("at", "seconds", "rows_seen", "rows_written", "share", "reason")
    rows = session.rows(READ, {**record.key, "step": step})
    return [
        Sample(**dict(zip(names, found, strict=True)), lags=json.loads(lags))
        for *found, lags in rows
    ]


def forget(session: Session, record: Record, step: str) -> None:
    """Those of an earlier time, when the step begins anew."""
    session.run(CLEAR, {**record.key, "step": step})


def thin_out(session: Session, record: Record, step: str) -> None:
    """Where there are too many, make one of each two."""
    params = {**record.key, "step": step}
    if session.rows(COUNT, params)[0][0] <= MOST:
        return
    with transaction(session):
        kept = halved(read(session, record, step))
        session.run(CLEAR, params)
        _add(session, record, step, kept)


def halved(samples: Sequence[Sample]) -> list[Sample]:
    """Each two neighbours as one: how far at the end, how bad at the worst.

    >>> quick = Sample(at="1", seconds=1, rows_seen=5, rows_written=5, share=1.0, lags={"a": 0.1})
    >>> slow = Sample(at="2", seconds=3, rows_seen=6, rows_written=6, share=0.0, reason="lag")
    >>> [one] = halved([quick, slow])
    >>> one.at, one.seconds, one.rows_seen, one.share, one.reason, one.lags
    ('2', 4, 6, 0.25, 'lag', {'a': 0.1})
    """
    pairs = [samples[at : at + 2] for at in range(0, len(samples), 2)]
    return [pair[0] if len(pair) == 1 else _joined(pair[0], pair[1]) for pair in pairs]


def _joined(first: Sample, second: Sample) -> Sample:
    seconds = first.seconds + second.seconds
    share = (first.share * first.seconds + second.share * second.seconds) / max(seconds, 1e-9)
    slower = min(first, second, key=lambda one: one.share)
    return Sample(
        at=second.at,
        seconds=seconds,
        rows_seen=second.rows_seen,
        rows_written=second.rows_written,
        share=share,
        reason=slower.reason or first.reason or second.reason,
        lags={name: _worse(name, first, second) for name in {**first.lags, **second.lags}},
    )


def _worse(name: str, first: Sample, second: Sample) -> float | None:
    found = [one.lags[name] for one in (first, second) if name in one.lags]
    return None if None in found else max(lag for lag in found if lag is not None)


def _add(session: Session, record: Record, step: str, found: Sequence[Sample]) -> None:
    documents = json.dumps([one.document() for one in found])
    session.run(ADD, {**record.key, "step": step, "samples": documents})

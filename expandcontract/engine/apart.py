"""Rows that are kept apart: their keys and errors, until a retry succeeds, and as many as may fail.

Also rows that no error tells of, since a trigger returned NULL for them. Where an expression may
be applied once only, none can be asked afterwards whether it was; so that the chunk itself counts
what it was to write.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from expandcontract.engine.events import RowFailed
from expandcontract.engine.helm import Helm, Task
from expandcontract.errors import TooManyFailuresError
from expandcontract.model.backfill import Chunk, Key, OneRow
from expandcontract.postgres import chunks, copying, quarantine
from expandcontract.postgres.lanes import Claimed
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.quarantine import Failed
from expandcontract.postgres.session import Session

WITHHELD = "39004"
"""The SQLSTATE of a NULL that a routine gave where none may be."""


@dataclass(slots=True)
class Guard:
    """Writes the rows of one chunk, and finds those that a trigger kept from being written."""

    task: Task
    most: int  #: rows that may fail; one more is enough to know that they are too many
    withheld: list[Key] = field(default_factory=list)

    def write(self, session: Session, lane: Lane, chunk: Chunk) -> int:
        """Write what the chunk's rows call for; within the caller's transaction."""
        if not self.task.guards:
            return copying.write(session, lane, chunk)
        written, left = chunks.write_told(session, lane, chunk)
        for key in left:
            if len(self.withheld) > self.most:
                break
            written += self.write_one(session, lane, key)
        return written

    def write_one(self, session: Session, lane: Lane, key: Key) -> int:
        """The same of one row: one that is locked is written, or kept back."""
        if not self.task.guards:
            return copying.write(session, lane, OneRow(key))
        if not chunks.lock_due(session, lane, key):
            return 0
        if written := chunks.write(session, lane, OneRow(key)):
            return written
        self.withheld.append(key)
        return 0

    @property
    def failed(self) -> list[Failed]:
        """What is kept of them."""
        triggers = ", ".join(self.task.guards) or "a trigger"
        said = f"{triggers} kept the row from being written (a trigger that returns NULL)"
        return [Failed(key, WITHHELD, said) for key in self.withheld]


def keep_apart(session: Session, helm: Helm, lane: Claimed, failed: Iterable[Failed]) -> None:
    """Put them into quarantine, within the caller's transaction; raises where they are too many."""
    record, most = lane.record, helm.runner.most_failures
    for one in failed:
        if quarantine.count(session, record, lane.step) >= most:
            samples = quarantine.some(session, record, lane.step)
            shown = (str(one), *map(str, samples))
            raise TooManyFailuresError(record.name, most, shown[:5])
        quarantine.put(session, record, lane.step, one)


def tell_failed(helm: Helm, lane: Claimed, failed: Iterable[Failed]) -> None:
    """Once they are kept."""
    for one in failed:
        helm.runner.tell(RowFailed(lane.record.name, lane.step, one.key, str(one)))

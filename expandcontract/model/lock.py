"""Table lock modes and which of them exclude each other, as PostgreSQL defines them."""

from enum import IntEnum


class Lock(IntEnum):
    """A table lock mode; the order is PostgreSQL's own, weakest first.

    >>> str(Lock.SHARE_UPDATE_EXCLUSIVE)
    'SHARE UPDATE EXCLUSIVE'
    >>> Lock.SHARE_ROW_EXCLUSIVE > Lock.SHARE
    True
    """

    NONE = 0
    ACCESS_SHARE = 1
    ROW_SHARE = 2
    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    def __str__(self) -> str:
        """Spell the mode as in LOCK TABLE."""
        return self.name.replace("_", " ")

    @property
    def pg_locks_mode(self) -> str:
        """The mode's spelling in `pg_locks.mode`: `AccessExclusiveLock`."""
        return self.name.replace("_", " ").title().replace(" ", "") + "Lock"

    @property
    def blocks_reads(self) -> bool:
        """Whether a plain SELECT has to wait while this lock is held."""
        return self.conflicts_with(Lock.ACCESS_SHARE)

    @property
    def blocks_writes(self) -> bool:
        """Whether INSERT, UPDATE and DELETE have to wait while this lock is held."""
        return self.conflicts_with(Lock.ROW_EXCLUSIVE)

    def conflicts_with(self, other: "Lock") -> bool:
        """Whether two transactions cannot hold these modes on one table at once."""
        return other in CONFLICTS[self]

    @property
    def conflicting(self) -> "frozenset[Lock]":
        """Every mode that keeps this one waiting."""
        return CONFLICTS[self]


CONFLICTS: dict[Lock, frozenset[Lock]] = {
    Lock.NONE: frozenset(),
    Lock.ACCESS_SHARE: frozenset({Lock.ACCESS_EXCLUSIVE}),
    Lock.ROW_SHARE: frozenset({Lock.EXCLUSIVE, Lock.ACCESS_EXCLUSIVE}),
    Lock.ROW_EXCLUSIVE: frozenset(
        {Lock.SHARE, Lock.SHARE_ROW_EXCLUSIVE, Lock.EXCLUSIVE, Lock.ACCESS_EXCLUSIVE}
    ),
    Lock.SHARE_UPDATE_EXCLUSIVE: frozenset(
        {
            Lock.SHARE_UPDATE_EXCLUSIVE,
            Lock.SHARE,
            Lock.SHARE_ROW_EXCLUSIVE,
            Lock.EXCLUSIVE,
            Lock.ACCESS_EXCLUSIVE,
        }
    ),
    Lock.SHARE: frozenset(set(Lock) - {Lock.NONE, Lock.ACCESS_SHARE, Lock.ROW_SHARE, Lock.SHARE}),
    Lock.SHARE_ROW_EXCLUSIVE: frozenset(set(Lock) - {Lock.NONE, Lock.ACCESS_SHARE, Lock.ROW_SHARE}),
    Lock.EXCLUSIVE: frozenset(set(Lock) - {Lock.NONE, Lock.ACCESS_SHARE}),
    Lock.ACCESS_EXCLUSIVE: frozenset(set(Lock) - {Lock.NONE}),
}

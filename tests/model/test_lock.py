import itertools

import psycopg
import pytest

from expandcontract.model.lock import CONFLICTS, Lock

MODES = [lock for lock in Lock if lock is not Lock.NONE]
PAIRS = list(itertools.product(Lock, Lock))


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=str)
def test_two_modes_exclude_each_other_or_neither_does(one: Lock, other: Lock) -> None:
    assert one.conflicts_with(other) == other.conflicts_with(one)


def test_every_mode_has_its_conflicts() -> None:
    assert set(CONFLICTS) == set(Lock)
    assert Lock.NONE not in set().union(*CONFLICTS.values())
    assert [lock for lock in Lock if lock.blocks_reads] == [Lock.ACCESS_EXCLUSIVE]
    assert min(lock for lock in Lock if lock.blocks_writes) is Lock.SHARE


def test_the_server_knows_the_same_conflicts_and_names(dsn: str) -> None:
    with psycopg.connect(dsn) as one, psycopg.connect(dsn, autocommit=True) as other:
        one.execute("CREATE TABLE t ()")
        one.commit()
        for held in MODES:
            one.execute(f"LOCK TABLE t IN {held} MODE".encode())
            locks = one.execute("SELECT mode FROM pg_locks WHERE relation = 't'::regclass")
            assert locks.fetchall() == [(held.pg_locks_mode,)]
            for wanted in MODES:
                assert refused(other, wanted) == held.conflicts_with(wanted), (held, wanted)
            one.rollback()


def refused(connection: psycopg.Connection, lock: Lock) -> bool:
    try:
        with connection.transaction():
            connection.execute(f"LOCK TABLE t IN {lock} MODE NOWAIT".encode())
    except psycopg.errors.LockNotAvailable:
        return True
    return False

"""One runner at a time; the dead are told from the slow; who lost the lease cannot commit."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from expandcontract.changes.add_index import AddIndex
from expandcontract.errors import LeaseLostError
from expandcontract.model.plan import Plan
from expandcontract.postgres import leases, ledger
from expandcontract.postgres.installation import install
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import PsycopgSession, Session, open_session, transaction

Open = Callable[[], Session]


@pytest.fixture
def session(connection: psycopg.Connection) -> Session:
    session = PsycopgSession(connection, owned=False)
    install(session)
    return session


@pytest.fixture
def record(session: Session) -> Record:
    return ledger.add(session, AddIndex(table="t", columns=("a",)), Plan(steps=()))


@pytest.fixture
def another(dsn: str) -> Iterator[Session]:
    session = open_session(dsn)
    yield session
    session.close()


def test_the_second_taker_is_told_who_was_first(
    session: Session, another: Session, record: Record
) -> None:
    assert leases.take(session, record) is not None

    assert leases.take(another, record) is None
    assert leases.holder_name() in str(leases.busy(another, record))
    assert 0 < leases.expires_in(another, record) <= leases.SECONDS
    assert list(leases.live(another)) == [record.id]


def test_of_many_takers_at_once_one_gets_it(dsn: str, record: Record) -> None:
    start, got = threading.Barrier(6), []

    def taking() -> None:
        session = open_session(dsn)
        start.wait()
        got.append(leases.take(session, record))
        start.wait()
        session.close()

    threads = [threading.Thread(target=taking) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [lease.token for lease in got if lease is not None] == [1]


def test_a_lease_that_was_given_back_is_free_and_its_token_is_never_used_again(
    session: Session, another: Session, record: Record
) -> None:
    for token in (1, 2, 3):
        lease = leases.take(session, record)
        assert lease is not None
        assert lease.token == token
        leases.release(session, lease)
    assert leases.live(session) == {}
    assert leases.take(another, record) == leases.Lease(record, 4)


def test_a_lease_ends_by_itself(session: Session, another: Session, record: Record) -> None:
    assert leases.take(session, record) is not None
    session.run("UPDATE expandcontract.leases SET expires_at = clock_timestamp() - interval '1 ms'")

    assert leases.expires_in(another, record) < 0
    assert leases.live(another) == {}
    assert leases.take(another, record) == leases.Lease(record, 2)


TAKER = """
import sys, time
from expandcontract.postgres import leases, ledger
from expandcontract.postgres.session import open_session
session = open_session(sys.argv[1])
print(leases.take(session, ledger.get(session, int(sys.argv[2]))), flush=True)
time.sleep(60)
"""


def test_a_killed_holder_is_nobody_at_once(dsn: str, session: Session, record: Record) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", TAKER, dsn, str(record.id)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert "token=1" in holder.stdout.readline()
        assert leases.take(session, record) is None
        session.run("UPDATE expandcontract.leases SET expires_at = 'infinity'")
        assert leases.take(session, record) is None
        holder.kill()

    while (lease := leases.take(session, record)) is None:
        time.sleep(0.02)
    assert lease.token == 2


def test_a_frozen_holder_that_wakes_up_cannot_commit(
    session: Session, another: Session, record: Record
) -> None:
    frozen = leases.take(session, record)
    assert frozen is not None
    session.run("UPDATE expandcontract.leases SET expires_at = '-infinity'")
    taken = leases.take(another, record)
    assert taken is not None

    def wake_up() -> None:
        with transaction(session):
            ledger.set_error(session, record, "written by the frozen one")
            leases.fence(session, frozen)

    with pytest.raises(LeaseLostError, match=record.name):
        wake_up()

    assert ledger.get(another, record.id).last_error is None
    leases.fence(another, taken)
    leases.release(session, frozen)
    assert leases.take(session, record) is None


def test_a_fence_renews_the_lease_for_the_session_it_runs_in(
    session: Session, another: Session, record: Record
) -> None:
    lease = leases.take(session, record)
    assert lease is not None
    soon = "UPDATE expandcontract.leases SET expires_at = clock_timestamp() + interval '1 s'"
    backend = "SELECT backend FROM expandcontract.leases"
    mine = session.rows(backend)

    session.run(soon)
    leases.fence(another, lease, by_keeper=True)
    assert leases.expires_in(session, record) > leases.SECONDS - 2
    assert session.rows(backend) == mine

    session.run(soon)
    leases.fence(another, lease)
    assert leases.expires_in(session, record) > leases.SECONDS - 2
    assert session.rows(backend) == another.rows("SELECT pg_backend_pid()")


def test_a_holder_in_the_middle_of_a_transaction_is_not_waited_for(
    session: Session, another: Session, record: Record
) -> None:
    lease = leases.take(session, record)
    assert lease is not None
    with transaction(session):
        leases.fence(session, lease)
        assert leases.take(another, record) is None  # who waits, waits for ever

"""A process follows the switch, whatever happens to the database or to the process."""

import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import URL, Engine, create_engine, make_url, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session

import expandcontract as ec
from expandcontract.embedded import Cluster
from tests.orm.conftest import CHANGE, Shop, User, run_async

EVERY = 0.2


def soon(question: Callable[[], bool], within: float = 10.0) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if question():
            return True
        time.sleep(0.02)
    return question()


def percent() -> int:
    return ec.orm.switches.percent("users.email")


def test_a_kill_comes_through_while_no_connection_is_left(shop: Shop, url: URL) -> None:
    engine = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.1)
    shop.move(100)
    with closing(ec.orm.install(engine, release="2", every=EVERY)), engine.connect():
        assert percent() == 100
        ec.switch(shop.dsn, CHANGE, kill=True)
        assert soon(lambda: percent() == 0)
    engine.dispose()


def test_everything_is_old_until_the_database_answers_and_stays_as_it_was_when_it_is_lost(
    breakable: Cluster,
) -> None:
    dsn = breakable.primary.dsn
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE users (id int PRIMARY KEY, tenant text, email text)")
    for phase in (ec.Phase.EXPAND, ec.Phase.BACKFILL):
        ec.apply(dsn, CHANGE, phase)
    engine = create_engine(make_url(dsn).set(drivername="postgresql+psycopg"))
    breakable.primary.stop()
    with closing(ec.orm.install(engine, release="2", every=EVERY)) as installed:
        assert percent() == 0
        assert installed.polling.problem is not None
        breakable.primary.start()
        assert soon(lambda: installed.polling.problem is None)
        ec.switch(dsn, CHANGE, percent=40)
        assert soon(lambda: percent() == 40)
        breakable.primary.kill()
        assert soon(lambda: installed.polling.problem is not None)
        assert percent() == 40
        breakable.primary.start()
        ec.switch(dsn, CHANGE, kill=True)
        assert soon(lambda: percent() == 0)
    engine.dispose()


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
def test_an_event_loop_never_waits_for_it(shop: Shop, url: URL, driver: str) -> None:
    shop.apart()

    async def work(engine: AsyncEngine) -> None:
        with closing(ec.orm.install(engine, release="2", every=EVERY)) as installed:
            async with AsyncSession(engine) as session:
                statement = select(User.email).where(User.id == 1)
                assert await session.scalar(statement) == "old 1"
                shop.move(100)
                assert installed.refresh()
                assert await session.scalar(statement) == "new 1"
                user = await session.get_one(User, 1)
                assert user.email == "new 1"

    run_async(url, work, driver)
    ec.orm.switches.put(())


def _child(sent: "multiprocessing.connection.Connection") -> None:
    first = percent()
    sent.send((os.getpid(), first))
    sent.recv()
    sent.send(soon(lambda: percent() == 0))


def test_the_child_of_a_fork_follows_too(shop: Shop, engine: Engine) -> None:
    shop.move(70)
    with closing(ec.orm.install(engine, release="2", every=EVERY)):
        here, there = multiprocessing.Pipe()
        child = multiprocessing.get_context("fork").Process(target=_child, args=(there,))
        child.start()
        pid, first = here.recv()
        assert (pid != os.getpid(), first) == (True, 70)
        ec.switch(shop.dsn, CHANGE, kill=True)
        here.send("killed")
        assert here.recv()
        child.join()
    with Session(engine) as session:
        assert session.scalar(select(User.email).where(User.id == 1)) is not None

"""What DDL does to statements that are prepared: first without the plugin, then with it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, NotSupportedError
from sqlalchemy.ext.asyncio import AsyncEngine

import expandcontract as ec
from tests.orm.conftest import Shop, run_async

EVERYTHING = text("SELECT * FROM users WHERE id = 1")
ONE_COLUMN = text("SELECT tenant FROM users WHERE id = 1")
PREPARED = 6
"""psycopg prepares what it has run five times."""

ADD = "ALTER TABLE users ADD COLUMN extra{} int"
RETYPE = "ALTER TABLE users ALTER COLUMN tenant TYPE varchar(9{})"


@contextmanager
def plugin(engine: Engine | AsyncEngine, prepared: str) -> Iterator[None]:
    if prepared == "none":
        yield
        return
    with closing(ec.orm.install(engine, release="1", prepared=prepared)):  # type: ignore[arg-type]
        yield


def served(shop: Shop, engine: Engine, isolation: str, rounds: int = 4) -> tuple[int, int]:
    """How many requests were served and how many failed, with DDL between them."""
    done = failed = 0
    with engine.connect() as connection:
        connection.execution_options(isolation_level=isolation)
        for turn in range(rounds):
            for statement, ddl in ((EVERYTHING, ADD), (ONE_COLUMN, RETYPE)):
                for _ in range(PREPARED):
                    try:
                        connection.execute(statement).all()
                        done += 1
                    except NotSupportedError:  # 0A000, cached plan must not change result type
                        failed += 1
                    connection.commit()
                shop.connection.execute(ddl.format(turn).encode())
    return done, failed


@pytest.fixture
def requests(shop: Shop, url: URL) -> Iterator[Callable[[str, str], tuple[int, int]]]:
    def run(prepared: str, isolation: str) -> tuple[int, int]:
        engine = create_engine(url)
        try:
            with plugin(engine, prepared):
                return served(shop, engine, isolation)
        finally:
            engine.dispose()

    yield run
    ec.orm.switches.put(())


@pytest.mark.parametrize("isolation", ["AUTOCOMMIT", "READ COMMITTED"])
def test_requests_fail_after_ddl_without_the_plugin(
    requests: Callable[[str, str], tuple[int, int]], isolation: str
) -> None:
    done, failed = requests("none", isolation)
    assert failed > 0
    assert done + failed == 48


@pytest.mark.parametrize("isolation", ["AUTOCOMMIT", "READ COMMITTED"])
@pytest.mark.parametrize("prepared", ["heal", "off"])
def test_none_fails_with_it(
    requests: Callable[[str, str], tuple[int, int]], prepared: str, isolation: str
) -> None:
    assert requests(prepared, isolation) == (48, 0)


def test_in_the_middle_of_a_transaction_it_fails_once_or_never_when_nothing_is_prepared(
    shop: Shop, url: URL
) -> None:
    for prepared, failures in (("heal", 1), ("off", 0)):
        engine = create_engine(url, pool_size=2)
        with plugin(engine, prepared), engine.connect() as first, engine.connect() as second:
            for connection in (first, second):
                for _ in range(PREPARED):
                    connection.execute(text("SELECT 1"))
                    connection.execute(EVERYTHING)
                    connection.commit()
            shop.connection.execute(ADD.format(prepared).encode())
            failed = 0
            for connection in (first, second, first, second):
                try:
                    connection.execute(text("SELECT 1"))
                    connection.execute(EVERYTHING)
                    connection.commit()
                except DBAPIError:
                    failed += 1
                    connection.rollback()
            assert failed == failures, prepared
        engine.dispose()
    ec.orm.switches.put(())


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
def test_the_same_holds_of_async_drivers(shop: Shop, url: URL, driver: str) -> None:
    outcome: dict[str, int] = {}

    def work(prepared: str) -> Callable[[AsyncEngine], Awaitable[None]]:
        async def serve(engine: AsyncEngine) -> None:
            failed = 0
            with plugin(engine, prepared):
                async with engine.connect() as connection:
                    for turn in range(3):
                        for _ in range(PREPARED):
                            try:
                                (await connection.execute(EVERYTHING)).all()
                            except DBAPIError:
                                failed += 1
                            await connection.commit()
                        ddl = ADD.format(f"_{driver}_{prepared}_{turn}")
                        await asyncio.to_thread(shop.connection.execute, ddl.encode())
            outcome[prepared] = failed

        return serve

    for prepared in ("none", "heal", "off"):
        run_async(url, work(prepared), driver)
    ec.orm.switches.put(())

    assert outcome["none"] > 0
    assert (outcome["heal"], outcome["off"]) == (0, 0)

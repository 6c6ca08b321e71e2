"""Behind pgbouncer in transaction mode, where sessions share server connections."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

import expandcontract as ec
from tests.orm.conftest import Shop, User, run_async
from tests.support.pooler import pooler

ALIVE = "SELECT release FROM expandcontract.releases WHERE expires_at > now()"


@pytest.fixture
def pooled(url: URL, tmp_path: Path) -> Iterator[URL]:
    with pooler(url, tmp_path) as through:
        yield through
    ec.orm.switches.put(())


def test_behind_a_pooler_each_release_keeps_its_name_and_the_switch_is_followed(
    shop: Shop, pooled: URL
) -> None:
    shop.apart()
    engines = [
        create_engine(pooled, connect_args={"prepare_threshold": None, "application_name": name})
        for name in ("one", "two")
    ]
    first, second = (
        ec.orm.install(engine, release=release, every=0.2)
        for engine, release in zip(engines, ("1", "2"), strict=True)
    )
    with closing(first), closing(second):
        for _ in range(3):
            for engine, name in zip(engines, ("one@1", "two@2"), strict=True):
                with engine.connect() as connection:
                    assert connection.scalar(text("SHOW application_name")) == name
        shop.move(100)
        assert first.refresh()
        assert second.refresh()
        with Session(engines[0]) as session:
            assert session.scalar(select(User.email).where(User.id == 1)) == "new 1"
        assert {
            row[0]
            for row in shop.connection.execute(
                "SELECT release FROM expandcontract.releases WHERE expires_at > now()"
            )
        } == {"1", "2"}
    for engine in engines:
        engine.dispose()


def test_asyncpg_works_behind_a_pooler(shop: Shop, pooled: URL) -> None:
    shop.apart()

    async def work(engine: AsyncEngine) -> None:
        with closing(ec.orm.install(engine, release="7", prepared="off")) as installed:
            shop.move(100)
            assert installed.refresh()
            async with engine.connect() as connection:
                statement = select(User.email).where(User.id == 1)
                assert await connection.scalar(statement) == "new 1"
                assert await connection.scalar(text("SHOW application_name")) == "app@7"

    run_async(pooled, work)

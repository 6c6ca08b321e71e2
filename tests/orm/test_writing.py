"""Writes go to both sides in all of the ORM's ways; the trigger does what it never sees."""

from collections.abc import Callable

import pytest
from sqlalchemy import URL, Engine, bindparam, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session

import expandcontract as ec
from tests.orm.conftest import Shop, User, run_async

NEW = "written@x"
Write = Callable[[Session], object]


def unit_of_work(session: Session) -> None:
    session.add(User(email=NEW, tenant="w"))
    session.get_one(User, 3).email = NEW


def insert_values(session: Session) -> None:
    session.execute(insert(User).values(email=NEW, tenant="w"))
    session.execute(insert(User).values([{"email": NEW, "tenant": "w"}] * 2))


def insert_returning(session: Session) -> None:
    user = session.scalars(insert(User).values(email=NEW).returning(User)).one()
    assert user.email == NEW


def bulk_insert(session: Session) -> None:
    session.execute(insert(User), [{"email": NEW, "tenant": "w"}, {"email": NEW, "tenant": "v"}])


def bulk_update(session: Session) -> None:
    session.execute(update(User), [{"id": 3, "email": NEW}, {"id": 4, "email": NEW}])


def bulk_save(session: Session) -> None:
    session.bulk_save_objects([User(email=NEW, tenant="w")])


def update_where(session: Session) -> None:
    session.execute(update(User).where(User.email == "3@x").values(email=NEW))


def update_expression(session: Session) -> None:
    session.execute(update(User).where(User.id == 3).values({User.email: User.email + "!"}))
    session.execute(update(User).where(User.email == "3@x!").values(email=NEW))


def query_update(session: Session) -> None:
    user = session.get_one(User, 3)
    session.query(User).filter(User.email == "3@x").update({"email": NEW})
    session.query(User).filter(User.id == 4).update({User.email: NEW})
    assert user.email == NEW


def upsert(session: Session) -> None:
    rows = pg_insert(User).values(id=3, email=NEW)
    sides = {User.email_old: rows.excluded.email, User.email_new: rows.excluded.email_address}
    session.execute(rows.on_conflict_do_update(index_elements=[User.id], set_=sides))


def core(session: Session) -> None:
    """One side only: the trigger computes the other."""
    table = User.__table__
    session.execute(update(table).where(table.c.id == 3).values(email=NEW))  # type: ignore[arg-type]
    session.execute(
        update(table).where(table.c.id == bindparam("key")).values(email_address=bindparam("new")),  # type: ignore[arg-type]
        [{"key": 4, "new": NEW}, {"key": 5, "new": NEW}],
    )


def raw_sql(session: Session) -> None:
    session.execute(text("UPDATE users SET email_address = :new WHERE id = 3"), {"new": NEW})
    session.execute(text("INSERT INTO users (email) VALUES (:new)"), {"new": NEW})


WRITES: list[Write] = [
    unit_of_work,
    insert_values,
    insert_returning,
    bulk_insert,
    bulk_update,
    bulk_save,
    update_where,
    update_expression,
    query_update,
    upsert,
    core,
    raw_sql,
]


@pytest.mark.parametrize("percent", [0, 50, 100])
def test_every_write_reaches_both_sides(
    shop: Shop, engine: Engine, installed: ec.orm.Installed, percent: int
) -> None:
    shop.move(percent)
    installed.refresh()
    for write in WRITES:
        with Session(engine) as session:
            write(session)
            session.flush()
            found = session.scalars(select(User.id).where(User.email == NEW)).all()
            assert found, write.__name__
            sides = select(User.email_old, User.email_new).where(User.id.in_(found))
            assert set(session.execute(sides)) == {(NEW, NEW)}, write.__name__
            session.rollback()
    assert shop.differing() == 0


def test_an_async_session_writes_both_sides(shop: Shop, url: URL) -> None:
    async def work(engine: AsyncEngine) -> None:
        async with AsyncSession(engine, expire_on_commit=False) as session:
            user = User(email=NEW)
            session.add(user)
            await session.execute(insert(User), [{"email": NEW}, {"email": NEW}])
            await session.execute(update(User).where(User.id == 3).values(email=NEW))
            await session.commit()
            assert user.email == NEW
            rows = await session.execute(select(User.id).where(User.email == NEW))
            assert len(rows.all()) == 4

    run_async(url, work)
    assert shop.differing() == 0

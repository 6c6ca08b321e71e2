"""Odd names, a role with nothing, and no ledger."""

from contextlib import closing

import psycopg
import pytest
from sqlalchemy import Text, create_engine, func, make_url, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

import expandcontract as ec
from expandcontract.errors import UnknownSwitchError

SCHEMA, TABLE = 'My "Shop"', "Order % Items' " + "é" * 20
OLD, NEW = "select", "E-Mail: %s; 100%"


def test_odd_names_are_followed_too(connection: psycopg.Connection, dsn: str) -> None:
    def quoted(name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    connection.execute(f"CREATE SCHEMA {quoted(SCHEMA)}".encode())
    where = f"{quoted(SCHEMA)}.{quoted(TABLE)}"
    connection.execute(f"CREATE TABLE {where} (id int PRIMARY KEY, {quoted(OLD)} text)".encode())
    connection.execute(f"INSERT INTO {where} SELECT g, g FROM generate_series(1, 50) g".encode())
    change = ec.RenameColumn(table=where, old=OLD, new=NEW, name="odd")
    for phase in (ec.Phase.EXPAND, ec.Phase.BACKFILL):
        ec.apply(dsn, change, phase)
    follows = ec.orm.Switches()

    class Base(DeclarativeBase):
        pass

    class Item(Base):
        __tablename__ = TABLE
        __table_args__ = {"schema": SCHEMA}  # noqa: RUF012
        id: Mapped[int] = mapped_column(primary_key=True)
        old: Mapped[str] = mapped_column(OLD, Text)
        new: Mapped[str] = mapped_column(NEW, Text)
        value = ec.orm.switched("odd", old=old, new=new, follows=follows)

    engine = create_engine(make_url(dsn).set(drivername="postgresql+psycopg"))
    for percent in (0, 50, 100):
        ec.switch(dsn, change, percent=percent)
        with ec.orm.install(engine, release="1", follows=follows), Session(engine) as session:
            assert follows.percent("odd") == percent
            session.get_one(Item, 3).value = "it's 100%"
            session.flush()
            found = select(func.count()).where(Item.value.like("it's%"))
            assert session.scalar(found) == 1
            assert session.scalars(select(Item.value).order_by(Item.value)).all()[-1] == "it's 100%"
            session.commit()
    engine.dispose()


def test_without_a_ledger_the_first_change_is_asked_for(dsn: str) -> None:
    follows = ec.orm.Switches()

    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        old: Mapped[str] = mapped_column("email", Text)
        new: Mapped[str] = mapped_column("email_address", Text)
        value = ec.orm.switched("users.email", old=old, new=new, follows=follows)

    engine = create_engine(make_url(dsn).set(drivername="postgresql+psycopg"))
    with pytest.raises(UnknownSwitchError, match="run the expand phase first"):
        ec.orm.install(engine, release="1", follows=follows)
    assert User.__tablename__ == "users"
    engine.dispose()


def test_a_role_that_may_only_see_the_switches_follows_them(
    connection: psycopg.Connection, dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    connection.execute("CREATE TABLE users (id int PRIMARY KEY, email text)")
    change = ec.RenameColumn(table="users", old="email", new="email_address")
    for phase in (ec.Phase.EXPAND, ec.Phase.BACKFILL):
        ec.apply(dsn, change, phase)
    ec.switch(dsn, change, percent=30)
    name = f"least_{connection.info.dbname}"
    connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'x'".encode())
    connection.execute("REVOKE ALL ON ALL TABLES IN SCHEMA expandcontract FROM PUBLIC")
    connection.execute("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA expandcontract FROM PUBLIC")
    connection.execute(f"GRANT SELECT ON expandcontract.switches TO {name}".encode())
    follows = ec.orm.Switches()
    url = make_url(dsn).set(drivername="postgresql+psycopg", username=name, password="x")
    engine = create_engine(url)
    try:
        with closing(ec.orm.install(engine, release="1", follows=follows)):
            assert follows.percent("users.email") == 30
        assert "no heartbeat of this release: permission denied" in caplog.text
    finally:
        engine.dispose()
        connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}".encode())

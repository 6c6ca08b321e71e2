"""What an engine tells of its release, and what is refused when it is set up."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import URL, Engine, Text, select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

import expandcontract as ec
from expandcontract.errors import (
    ArgumentError,
    ColumnsMissingError,
    ExpandContractError,
    ReleaseNameError,
    RetiredColumnError,
    SwitchedAttributeError,
    UnknownSwitchError,
)
from expandcontract.orm import Switches, switched
from tests.orm.conftest import CHANGE, Shop, User, run_async

WHO = "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() ORDER BY 1"
ALIVE = "SELECT release, application_name FROM expandcontract.releases WHERE expires_at > now()"


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    ec.orm.switches.put(())


ALONE = """
import sys
from contextlib import closing
from sqlalchemy import create_engine, text
import expandcontract as ec
import tests.orm.conftest  # maps users and orders, and nothing else

engine = create_engine({url!r}, connect_args={{"application_name": "shop"}})
with closing(ec.orm.install(engine, release="2026.11.21")), engine.connect() as connection:
    print(connection.scalar(text("SHOW application_name")), flush=True)
    sys.stdin.read()
"""


def test_sessions_and_leases_are_of_the_release(shop: Shop, url: URL) -> None:
    """In a process of its own: what other tests map would be told too."""
    program = ALONE.format(url=url.render_as_string(hide_password=False))
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "shop@2026.11.21\n"
        assert shop.connection.execute(ALIVE).fetchall() == [("2026.11.21", "shop@2026.11.21")]
        [(mapped,)] = shop.connection.execute("SELECT columns FROM expandcontract.mappings")
        process.communicate(timeout=60)
    assert mapped == {
        "orders": ["id", "user_id"],
        "users": ["email", "email_address", "id", "tenant"],
    }
    assert shop.connection.execute(ALIVE).fetchall() == []


@pytest.mark.usefixtures("shop")
def test_async_sessions_are_named_too(url: URL) -> None:
    async def work(engine: AsyncEngine) -> None:
        with closing(ec.orm.install(engine, release="7")):
            async with engine.connect() as connection:
                name = await connection.scalar(text("SHOW application_name"))
        assert name == "app@7"

    for driver in ("asyncpg", "psycopg"):
        run_async(url, work, driver)


@pytest.mark.parametrize("release", ["", "a b", "é", "x" * 41, "-x"])
def test_a_release_needs_a_name_that_fits(engine: Engine, release: str) -> None:
    with pytest.raises(ReleaseNameError, match="1 to 40 letters"):
        ec.orm.install(engine, release=release)


def test_two_builds_with_other_columns_cannot_be_one_release(shop: Shop, engine: Engine) -> None:
    shop.connection.execute("""SELECT expandcontract.maps('old', '{"users": ["id", "email"]}')""")
    shop.connection.execute("SELECT expandcontract.beat('5', 'elsewhere', 'old', 30)")

    with pytest.raises(ReleaseNameError, match="maps users in another way"):
        ec.orm.install(engine, release="5")

    shop.connection.execute("SELECT expandcontract.beat('5', 'elsewhere', 'old', 0)")
    ec.orm.install(engine, release="5").close()


def test_what_cannot_be_is_refused(engine: Engine) -> None:
    for wrong in ({"every": 0}, {"prepared": "no"}, {"retired": "no"}):
        with pytest.raises(ArgumentError):
            ec.orm.install(engine, release="1", **wrong)
    with closing(ec.orm.install(engine, release="1")), pytest.raises(ArgumentError):
        ec.orm.install(engine, release="1")


def declared(change: str, follows: Switches, **columns: str) -> type[DeclarativeBase]:
    """A class with an attribute over two columns of the users."""

    class Base(DeclarativeBase):
        pass

    class Person(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        old: Mapped[str] = mapped_column(columns.get("old", "email"), Text)
        new: Mapped[str] = mapped_column(columns.get("new", "email_address"), Text)
        value = switched(change, old=old, new=new, follows=follows)

    return Person


OTHERS = Switches()


@pytest.mark.parametrize(
    ("change", "columns", "error", "message"),
    [
        ("users.emial", {}, UnknownSwitchError, "no open change is called so"),
        (f"{CHANGE.name}x", {}, UnknownSwitchError, f"did you mean '{CHANGE.name}'"),
        ("email", {"new": "mail"}, ColumnsMissingError, "no column 'mail'; run the expand phase"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_an_attribute_that_cannot_work_is_refused_before_the_first_request(
    engine: Engine,
    change: str,
    columns: dict[str, str],
    error: type[ExpandContractError],
    message: str,
) -> None:
    follows = Switches()
    kept = declared(change, follows, **columns)
    with pytest.raises(error, match=message):
        ec.orm.install(engine, release="1", follows=follows)
    assert kept.metadata.tables


def test_a_column_that_is_no_more_is_refused_too(shop: Shop, engine: Engine) -> None:
    follows = Switches()
    kept = declared("email", follows)
    for phase in (ec.Phase.SWITCH, ec.Phase.CONTRACT):
        ec.apply(shop.dsn, CHANGE, phase, quiet=0, override="nobody is there")
    with pytest.raises(ColumnsMissingError, match="no column 'email'; the change is over"):
        ec.orm.install(engine, release="1", follows=follows)
    assert kept.metadata.tables


@pytest.mark.usefixtures("shop")
def test_what_is_wrong_with_a_class_needs_no_database() -> None:
    class Base(DeclarativeBase):
        pass

    class Odd(Base):
        __tablename__ = "odd"
        id: Mapped[float] = mapped_column(primary_key=True)
        count: Mapped[int]
        text: Mapped[str]
        mixed: ec.orm.Switched[object] = ec.orm.switched(
            "odd.count", old="count", new="text", follows=OTHERS
        )
        missing: ec.orm.Switched[object] = ec.orm.switched(
            "odd.count", old="count", new="none", follows=OTHERS
        )
        same: ec.orm.Switched[object] = ec.orm.switched(
            "odd.count", old="text", new="text", follows=OTHERS
        )
        keyed: ec.orm.Switched[object] = ec.orm.switched(
            "odd.id", old="text", new="id", up=float, follows=OTHERS
        )

    for name, message in (
        ("mixed", "give up and down"),
        ("missing", "not an attribute that is mapped to one column"),
        ("same", "both sides are the same column"),
        ("keyed", "id cannot choose a side"),
    ):
        with pytest.raises(SwitchedAttributeError, match=message):
            getattr(Odd, name)
    with pytest.raises(SwitchedAttributeError, match="up is not"):
        switched("odd.count", old="count", new="text", down=int)


def retire(shop: Shop) -> None:
    ec.apply(shop.dsn, CHANGE, ec.Phase.SWITCH)


def test_code_that_touches_a_retired_column_is_told(
    shop: Shop, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("expandcontract.orm.known._attributes", set())  # the last release before
    retire(shop)
    old = text("SELECT u.id FROM users u WHERE u.email = :email")
    new = text("SELECT email_address, 'email' FROM users")
    with closing(ec.orm.install(engine, release="3", retired="warn")), engine.connect() as there:
        with pytest.warns(ec.orm.RetiredColumnWarning, match=r"public\.users\.email is touched"):
            there.execute(old, {"email": "x"})
        with pytest.warns(ec.orm.RetiredColumnWarning, match="INSERT INTO users"):
            there.execute(User.__table__.insert(), {"email": "x"})  # type: ignore[attr-defined]
        there.execute(new)
    with (
        closing(ec.orm.install(engine, release="3", retired="error")),
        Session(engine) as session,
        pytest.raises(RetiredColumnError),
    ):
        session.scalars(select(User.email_old)).all()


def test_names_with_dots_are_guarded_too(shop: Shop, engine: Engine, role: str) -> None:
    odd = ec.RenameColumn(table='"a.b"', old="c.d", new="e")
    shop.connection.execute('CREATE TABLE "a.b" (id int PRIMARY KEY, "c.d" text)')
    shop.connection.execute(f'GRANT ALL ON "a.b" TO {role}'.encode())
    for phase in (ec.Phase.EXPAND, ec.Phase.BACKFILL, ec.Phase.SWITCH):
        ec.apply(shop.dsn, odd, phase)
    with closing(ec.orm.install(engine, release="3", retired="error")), engine.connect() as there:
        there.execute(text('SELECT e FROM "a.b"'))
        with pytest.raises(RetiredColumnError, match=r"public\.a\.b\.c\.d"):
            there.execute(text('SELECT "c.d" FROM "a.b"'))


def test_a_switched_attribute_may_write_both(shop: Shop, engine: Engine) -> None:
    retire(shop)
    with closing(ec.orm.install(engine, release="3", retired="error")), Session(engine) as session:
        session.get_one(User, 1).email = "both"
        session.commit()


def test_shadow_reads_are_counted_in_the_ledger(
    shop: Shop, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    shadow = ec.orm.Shadow(1.0, lambda _user, _name, old, new: told.append((old, new)))
    monkeypatch.setattr(User.__dict__["email"], "shadow", shadow)
    monkeypatch.setattr("expandcontract.orm.installing.BEAT_EVERY", 0.1)
    shop.connection.execute("ALTER TABLE users DISABLE TRIGGER USER")
    shop.connection.execute("UPDATE users SET email_address = 'else' WHERE id = 7")
    with closing(ec.orm.install(engine, release="3", every=0.1)) as installed:
        with Session(engine) as session:
            assert len([user.email for user in session.scalars(select(User))]) == 100
        query = "SELECT release, compared, differing FROM expandcontract.shadow_reads"
        until = time.monotonic() + 10
        while not (rows := shop.connection.execute(query).fetchall()):
            assert time.monotonic() < until
            installed.refresh()
    assert rows == [("3", 100, 1)]
    assert (shadow.compared, shadow.differing, told) == (100, 1, [("7@x", "else")])


def test_a_plain_engine_needs_no_greenlet() -> None:
    script = (
        "import sys; sys.modules['greenlet'] = None\n"
        "import expandcontract as ec, sqlalchemy\n"
        "engine = sqlalchemy.create_engine('postgresql+psycopg://nobody@127.0.0.1:1/x')\n"
        "ec.orm.install(engine, release='1', wait=0.1).close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr

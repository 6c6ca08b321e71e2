"""An attribute whose sides are of different types, goes by a tenant, or is a dataclass's field."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    String,
    Text,
    Uuid,
    cast,
    column,
    create_engine,
    func,
    insert,
    make_url,
    select,
    table,
    update,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, Session, mapped_column

import expandcontract as ec
from expandcontract.orm import Switched, Switches, switched
from expandcontract.orm.bucket import bucket, bucket_sql

HERE = Switches()


class Base(DeclarativeBase):
    pass


class Invoice(Base):
    __tablename__ = "invoices"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[str | None] = mapped_column(Text)
    euros: Mapped[int | None] = mapped_column()
    cents: Mapped[int | None] = mapped_column(BigInteger)
    amount = switched(
        "invoices.euros",
        old=euros,
        new=cents,
        up=lambda euros: euros * 100,
        down=lambda cents: cents // 100,
        by=tenant,
        follows=HERE,
    )


class OneWay(Base):
    """The same, but only the trigger knows what the old side becomes."""

    __tablename__ = "one_way"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int | None] = mapped_column()
    code: Mapped[str | None] = mapped_column(String)
    value: Switched[str | None] = switched(
        "one_way.number",
        old=number,
        new=code,
        up=str,
        sql_up=lambda number: cast(number, String),
        follows=HERE,
    )


class Author(MappedAsDataclass, Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Switched[str] = switched(
        "authors.name",
        old=mapped_column("name", Text),
        new=mapped_column("full_name", Text),
        follows=HERE,
    )


def at(percent: int) -> None:
    HERE.put(
        ec.orm.Position(number, table, (f"public.{table}.{column}",), "backfill", percent)
        for number, (table, column) in enumerate(
            [("invoices", "euros"), ("one_way", "number"), ("authors", "name")]
        )
    )


@pytest.fixture
def session(dsn: str) -> Iterator[Session]:
    engine = create_engine(make_url(dsn).set(drivername="postgresql+psycopg"))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.mark.parametrize("percent", [0, 40, 100])
def test_the_attribute_has_the_values_of_the_new_side(session: Session, percent: int) -> None:
    at(percent)
    tenants = [f"t{n}" for n in range(20)]
    session.add_all(Invoice(tenant=t, amount=700) for t in [*tenants, None])
    session.execute(insert(Invoice), [{"tenant": t, "amount": 500} for t in tenants])
    session.execute(update(Invoice).where(Invoice.tenant == "t3").values(amount=900))
    session.add(Invoice(tenant="none", amount=None))
    session.commit()

    rows = session.scalars(select(Invoice)).all()
    assert {(row.euros, row.cents) for row in rows} == {(7, 700), (5, 500), (9, 900), (None, None)}
    assert sorted(row.amount or 0 for row in rows) == sorted(
        amount or 0 for amount in session.scalars(select(Invoice.amount))
    )
    assert len(session.scalars(select(Invoice).where(Invoice.amount > 600)).all()) == 22
    assert session.scalar(select(func.count()).where(Invoice.amount.is_(None))) == 1


def test_all_rows_of_a_tenant_read_the_same_side(session: Session) -> None:
    at(50)
    session.add_all(
        Invoice(tenant=f"t{n % 10}", euros=1, cents=200) for n in range(100)
    )  # sides that tell which one is read
    session.commit()
    sides: dict[str | None, set[int | None]] = {}
    for row in session.scalars(select(Invoice)):
        sides.setdefault(row.tenant, set()).add(row.amount)

    assert {len(found) for found in sides.values()} == {1}
    assert {100, 200} == {amount for found in sides.values() for amount in found}
    selected = select(Invoice.tenant, Invoice.amount).distinct()
    assert {(t, a) for t, found in sides.items() for a in found} == set(session.execute(selected))


def test_what_only_the_trigger_can_compute_is_left_to_it(session: Session) -> None:
    at(0)
    one = OneWay(value="12")
    session.add(one)
    assert one.value == "12"  # what was written is read, whichever side is
    session.flush()
    session.execute(update(OneWay).values(value="13"))
    session.refresh(one)
    assert (one.number, one.code) == (None, "13")
    one.number = 5  # as the trigger would have done
    assert session.scalar(select(OneWay.value)) == "5"


def test_a_dataclass_takes_the_attribute_in_its_constructor(session: Session) -> None:
    at(100)
    ada = Author(name="Ada")
    session.add(ada)
    session.flush()
    assert "name='Ada'" in repr(ada)
    assert session.execute(select(Author.name_old, Author.name_new)).one() == ("Ada", "Ada")  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["bigint", "uuid", "text"])
def test_python_and_the_server_find_the_same_part(session: Session, kind: str) -> None:
    values = {
        "bigint": "(g * 7919 - 500)::bigint",
        "uuid": "md5(g::text)::uuid",
        "text": "'Zoë, O''Neil; %' || repeat('é', g % 5) || g",
    }[kind]
    session.execute(
        sql(f"CREATE TABLE keys AS SELECT {values} AS k FROM generate_series(1, 300) g")
    )
    types: dict[str, Any] = {"bigint": BigInteger(), "uuid": Uuid(), "text": Text()}
    keys = table("keys", column("k", types[kind]))
    for key, part in session.execute(select(keys.c.k, bucket_sql("5a17", [keys.c.k]))):
        assert part == bucket("5a17", [key])


@pytest.mark.parametrize(("percent", "index"), [(0, "by_old"), (100, "by_new")])
def test_an_index_serves_a_comparison(session: Session, percent: int, index: str) -> None:
    at(percent)
    rows = "INSERT INTO authors (name, full_name) SELECT g, g FROM generate_series(1, 20000) g"
    session.execute(sql(rows))
    session.execute(sql("CREATE INDEX by_old ON authors (name)"))
    session.execute(sql("CREATE INDEX by_new ON authors (full_name)"))
    session.execute(sql("ANALYZE authors"))

    assert index in plan(session)
    at(30)
    assert {"by_old", "by_new"} <= set(plan(session).replace(")", " ").split())


def plan(session: Session) -> str:
    statement = select(Author.id).where(Author.name == "77")
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    query = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    return "\n".join(session.scalars(sql(f"EXPLAIN {query}".replace(":", r"\:"))))

"""Which side is read: of an instance and in every clause of a statement, always the same."""

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Session,
    aliased,
    joinedload,
    load_only,
    selectinload,
)

import expandcontract as ec
from tests.orm.conftest import ROWS, Order, Shop, User

PERCENT = [0, 1, 50, 99, 100]


def sides(session: Session) -> dict[int, str]:
    """What each instance reads."""
    return {user.id: user.email for user in session.scalars(select(User))}


@pytest.fixture
def session(engine: Engine, shop: Shop) -> Session:
    shop.apart()
    return Session(engine)


@pytest.mark.parametrize("percent", PERCENT)
def test_instances_and_statements_read_the_same_side_of_every_row(
    session: Session, shop: Shop, installed: ec.orm.Installed, percent: int
) -> None:
    shop.move(percent)
    assert installed.refresh()

    with session:
        read = sides(session)
        selected = dict(session.execute(select(User.id, User.email)).all())
        ordered = session.scalars(select(User.email).order_by(User.email.desc())).all()
        side = func.left(User.email, 3)
        counted: dict[str, int] = dict(
            session.execute(select(side, func.count()).group_by(side)).all()
        )
        grouped = session.execute(select(User.email, func.count()).group_by(User.email)).all()
        found = {
            id_: session.scalars(select(User.id).where(User.email == email)).all()
            for id_, email in list(read.items())[:20]
        }
        alias = aliased(User)
        among = session.scalars(select(alias.id).where(alias.email.in_(read.values()))).all()
        not_old = session.scalars(select(User.id).where(~User.email.like("old%"))).all()

    new = [id_ for id_, email in read.items() if email.startswith("new")]
    assert len(read) == ROWS
    assert {0: len(new) == 0, 100: len(new) == ROWS}.get(percent, True)
    assert abs(len(new) - percent) <= 15  # of 100 keys, by their hash
    assert selected == read
    assert ordered == sorted(read.values(), reverse=True)
    assert counted == {s: n for s, n in (("new", len(new)), ("old", ROWS - len(new))) if n}
    assert sorted(grouped) == sorted((email, 1) for email in read.values())
    assert found == {id_: [id_] for id_ in found}
    assert sorted(among) == sorted(read)
    assert sorted(not_old) == sorted(new)


def test_who_reads_the_new_side_keeps_it_while_the_per_cent_grows(
    session: Session, shop: Shop, installed: ec.orm.Installed
) -> None:
    before: set[int] = set()
    for percent in (1, 10, 30, 50, 80, 100):
        shop.move(percent)
        installed.refresh()
        with session:
            new = {id_ for id_, email in sides(session).items() if email.startswith("new")}
        assert before <= new
        before = new
    assert len(before) == ROWS


def test_a_statement_that_was_built_before_reads_where_the_switch_is_when_it_runs(
    session: Session, shop: Shop, installed: ec.orm.Installed
) -> None:
    statement = select(User.email).where(User.email.like("%7")).order_by(User.email)

    shop.move(100)
    installed.refresh()
    new = session.scalars(statement).all()
    shop.move(0)
    installed.refresh()

    assert new[0].startswith("new")
    assert session.scalars(statement).all()[0].startswith("old")


# SQLAlchemy 2.0 asks no descriptor which columns it stands for: there both are named.
HAS_STRATEGIES = hasattr(InstrumentedAttribute, "_column_strategy_attrs")


def test_loader_options_and_relationships_load_what_the_attribute_needs(
    session: Session, shop: Shop, installed: ec.orm.Installed
) -> None:
    shop.move(50)
    installed.refresh()
    with session:
        read = sides(session)
    alias = aliased(User)
    names = ("email",) if HAS_STRATEGIES else ("email_old", "email_new")
    for statement in (
        select(User).options(load_only(*(getattr(User, name) for name in names))),
        select(alias).options(load_only(*(getattr(alias, name) for name in names))),
        select(User).options(selectinload(User.orders).joinedload(Order.user)),
    ):
        with Session(session.get_bind()) as other:
            users = other.scalars(statement).unique().all()
            other.expunge_all()  # nothing can be loaded later
            assert {user.id: user.email for user in users} == read
    with Session(session.get_bind()) as other:
        orders = other.scalars(
            select(Order).join(Order.user).options(joinedload(Order.user)).order_by(User.email)
        ).all()
        assert [order.user.email for order in orders] == sorted(read.values())

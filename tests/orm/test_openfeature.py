"""A flag of the team's own drives the switch, with the SDK's provider that works in memory."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.flag_evaluation import FlagResolutionDetails
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider
from openfeature.transaction_context import (
    ContextVarsTransactionContextPropagator,
    clear_transaction_context_propagator,
    set_transaction_context_propagator,
)
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import expandcontract as ec
from expandcontract.orm.openfeature import Flag
from tests.orm.conftest import CHANGE, ROWS, Shop, User


def beta_only(flag: InMemoryFlag[bool], context: EvaluationContext) -> FlagResolutionDetails[bool]:
    return FlagResolutionDetails(flag.variants[str(context.attributes.get("plan") == "beta")])


BETA = InMemoryFlag("False", {"True": True, "False": False}, context_evaluator=beta_only)
FORTY = InMemoryFlag("share", {"share": 40})


@pytest.fixture
def session(shop: Shop, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    shop.apart()
    api.set_provider(InMemoryProvider({"new-email": BETA, "new-email-share": FORTY}))
    set_transaction_context_propagator(ContextVarsTransactionContextPropagator())
    monkeypatch.setattr(User.__dict__["email"], "flag", Flag(api.get_client(), "new-email"))
    with closing(ec.orm.install(engine, release="2")), Session(engine) as session:
        yield session
    api.shutdown()
    clear_transaction_context_propagator()
    ec.orm.switches.put(())


def new(session: Session) -> int:
    """How many rows the request reads from the new side, by instances and by SQL alike."""
    by_instance = [user.id for user in session.scalars(select(User)) if user.email[:3] == "new"]
    by_sql = session.scalars(select(User.id).where(User.email.like("new%"))).all()
    assert sorted(by_sql) == sorted(by_instance)
    return len(by_sql)


def test_who_is_targeted_reads_the_new_side(session: Session) -> None:
    for plan, rows in (("beta", ROWS), ("basic", 0), ("beta", ROWS)):
        api.set_transaction_context(EvaluationContext("user-1", {"plan": plan}))
        assert new(session) == rows


def test_a_number_is_a_per_cent_of_the_keys(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = Flag(api.get_client(), "new-email-share", is_percent=True)
    monkeypatch.setattr(User.__dict__["email"], "flag", share)
    assert 25 <= new(session) <= 55
    assert ec.orm.switches.percent("users.email") == 0  # the ledger has not moved


def test_the_ledger_has_the_last_word(session: Session, shop: Shop) -> None:
    api.set_transaction_context(EvaluationContext("user-1", {"plan": "beta"}))
    installed = next(iter(_installed()))
    assert new(session) == ROWS
    ec.switch(shop.dsn, CHANGE, kill=True)
    installed.refresh()
    assert new(session) == 0


def test_a_flag_without_an_answer_leaves_it_to_the_ledger(
    session: Session, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for unknown in (
        Flag(api.get_client(), "no such flag"),
        Flag(api.get_client(), "no such flag", is_percent=True),
    ):
        monkeypatch.setattr(User.__dict__["email"], "flag", unknown)
        assert new(session) == 0
        shop.move(100)
        next(iter(_installed())).refresh()
        assert new(session) == ROWS
        shop.move(0)
        next(iter(_installed())).refresh()


def _installed() -> list[ec.orm.Installed]:
    from expandcontract.orm import installing  # noqa: PLC0415

    return list(installing._installed)  # noqa: SLF001

"""What cannot be worked with is refused before anything is connected to or begun."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

import expandcontract as ec
from expandcontract.errors import ArgumentError, NotAChangeError, UnknownPhaseError

NOWHERE = "postgresql://nowhere.invalid/none"
CHANGE = ec.RenameColumn(table="users", old="email", new="address")
Call = Callable[..., Any]


@pytest.mark.parametrize("given", ["users", None, 1, ec.RenameColumn])
@pytest.mark.parametrize("call", [ec.plan, ec.verify, ec.backfill])
def test_only_a_change_is_planned_filled_and_verified(call: Call, given: object) -> None:
    with pytest.raises(NotAChangeError, match=rf"ec\.{call.__name__}\(\) takes a change"):
        call(NOWHERE, given)


@pytest.mark.parametrize("call", [ec.apply, ec.revert])
def test_only_a_change_and_a_phase_are_carried_out(call: Call) -> None:
    with pytest.raises(NotAChangeError, match="was given str"):
        call(NOWHERE, "x", ec.Phase.EXPAND)
    for phase in ("switch", 3, None):
        with pytest.raises(UnknownPhaseError, match=rf"ec\.Phase\.SWITCH.*given {phase!r}"):
            call(NOWHERE, CHANGE, phase)


@pytest.mark.parametrize(
    "pace",
    [
        {"batch_size": 0},
        {"batch_size": 1.5},
        {"batch_size": True},
        {"target_ms": 0},
        {"target_ms": -1},
        {"target_ms": float("nan")},
        {"max_lag": -1.0},
        {"max_lag": "5s"},
    ],
)
def test_a_pace_that_cannot_be_kept_is_refused(pace: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match="must be a") as refused:
        ec.backfill(NOWHERE, CHANGE, **pace)

    assert refused.value.argument in pace


@pytest.mark.parametrize("given", ["tomorrow", datetime(2026, 1, 31), 1])  # noqa: DTZ001  (no date)
def test_contract_by_is_a_date(given: object) -> None:
    with pytest.raises(ArgumentError, match="must be a date"):
        ec.RenameColumn(table="users", old="email", new="address", contract_by=given)  # type: ignore[arg-type]

    day = date(2026, 1, 31)
    change = ec.RenameColumn(table="users", old="email", new="address", contract_by=day)
    assert change.contract_by == day


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (ec.RenameColumn, {"table": "users", "old": 1, "new": "address"}),
        (ec.RenameColumn, {"table": None, "old": "email", "new": "address"}),
        (ec.AddIndex, {"table": "users", "columns": 1}),
        (ec.AddIndex, {"table": "users", "columns": ("email", None)}),
        (ec.AddIndex, {"table": "users", "columns": "email", "unique": "yes"}),
    ],
)
def test_a_field_of_another_type_is_named(kind: Call, fields: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=rf"ec\.{kind.__name__}\(\) was given"):
        kind(**fields)

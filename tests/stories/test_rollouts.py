"""Strategies of rolling a release out over one schema, each step served by whoever is there then.

At every stage the new release is rolled back to the old one, and out again, without a word to the
schema: no request fails, and nobody reads another value than was written.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from openfeature import api
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.errors import UnhealthyError
from expandcontract.orm.openfeature import Flag
from tests.stories.rollout import SCHEMA, Fleet, Release, fleet
from tests.support.walk import execute

RENAME = ec.RenameColumn(table="users", old="email", new="email_address")
RETYPE = ec.ChangeType(table="users", column="total", type="bigint")
STAGES = (1, 10, 50)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def prepared(dsn: str, stack: ExitStack, old: str, kind: str = "text") -> Fleet:
    """The old release serves while the change is expanded and filled."""
    execute(dsn, SCHEMA.format(old=old, type=kind))
    return stack.enter_context(fleet(dsn))


def expand(dsn: str, change: Change) -> None:
    for phase in (ec.Phase.EXPAND, ec.Phase.BACKFILL):
        ec.apply(dsn, change, phase)


def move(running: Fleet, change: Change, percent: int) -> None:
    """Move the switch, and wait until everybody has heard of it."""
    ec.switch(running.dsn, change, percent=percent)
    heard(running, percent)


def heard(running: Fleet, percent: int) -> None:
    until = time.monotonic() + 20
    while running.percents() - {percent}:
        assert time.monotonic() < until
        time.sleep(0.02)
    running.serve()


def back_and_out_again(running: Fleet, old: Release, new: Release) -> None:
    """The application alone: the switch stays where it is, and the schema too."""
    running.start(old)
    running.serve()
    running.stop(new)
    running.serve()
    running.start(new)
    running.stop(old)
    running.serve()


@pytest.mark.parametrize(
    ("change", "columns", "kind", "python"),
    [
        (RENAME, ("email", "email_address"), "text", str),
        (RETYPE, ("total", "total_new"), "int", int),
    ],
    ids=["rename", "type"],
)
def test_rolling(
    dsn: str,
    stack: ExitStack,
    change: Change,
    columns: tuple[str, str],
    kind: str,
    python: type,
) -> None:
    first, second = Release("1", python, columns[0]), Release("2", python, *columns)
    # After contract a rename has left the new name, and a changed type the old one.
    third = Release("3", python, columns[1] if change is RENAME else columns[0])
    running = prepared(dsn, stack, columns[0], kind)
    running.start(first, first)
    expand(dsn, change)
    running.serve()

    running.start(second)
    running.start(second, is_async=True)
    running.serve()
    running.stop(first)
    back_and_out_again(running, first, second)
    for percent in STAGES:
        move(running, change, percent)
        back_and_out_again(running, first, second)
    ec.switch(dsn, change, kill=True)
    heard(running, 0)
    back_and_out_again(running, first, second)
    for percent in (50, 100):
        move(running, change, percent)
        back_and_out_again(running, first, second)

    running.start(third)
    running.stop(second)
    ec.apply(dsn, change, ec.Phase.CONTRACT, quiet=0, override="the old releases have ended")
    running.serve()
    if change is RENAME:  # while a changed type comes back, its name stands for the old values
        ec.revert(dsn, change, ec.Phase.CONTRACT)
        running.serve()
        back_and_out_again(running, second, third)
    running.stop(third)
    assert running.requests > 300


def test_canary(dsn: str, stack: ExitStack) -> None:
    """One new instance among old ones; what it writes, they read, whichever side it reads."""
    first = Release("1", str, "email")
    canary = Release("2", str, "email", "email_address")
    running = prepared(dsn, stack, "email")
    running.start(first, first)
    expand(dsn, RENAME)
    running.start(canary)
    for percent in (1, 100, 0):
        move(running, RENAME, percent)
    running.stop(canary)
    running.serve()
    running.start(canary, canary)
    running.stop(first)
    move(running, RENAME, 100)


def test_a_switch_that_is_taken_back_by_itself(dsn: str, stack: ExitStack) -> None:
    """The new side leads already when health takes it back; nobody fails, whoever writes then."""
    first = Release("1", str, "email")
    second = Release("2", str, "email", "email_address")
    ill = ec.Vital(ask="SELECT percent FROM expandcontract.switches", most=50)
    running = prepared(dsn, stack, "email")
    running.start(first)
    expand(dsn, RENAME)
    running.start(second)
    move(running, RENAME, 50)
    for goal in (60, 100):
        with pytest.raises(UnhealthyError, match=f"taken back from {goal} %"):
            ec.switch(dsn, RENAME, percent=goal, soak=ec.Soak(vitals=(ill,), every=0.05))
        heard(running, 0)
        back_and_out_again(running, first, second)
        move(running, RENAME, 50)


def test_blue_green(dsn: str, stack: ExitStack) -> None:
    """All at once, and all at once back; the switch moves when green has proved itself."""
    blue = Release("1", str, "email")
    green = Release("2", str, "email", "email_address")
    running = prepared(dsn, stack, "email")
    running.start(blue, blue)
    expand(dsn, RENAME)
    for percent in (0, 50, 100):
        running.start(green, green)
        running.stop(blue)
        move(running, RENAME, percent)
        running.start(blue, blue)
        running.stop(green)
        running.serve()


def share_of_the_flag(percent: int) -> None:
    """As somebody does in the flag service."""
    api.set_provider(InMemoryProvider({"email": InMemoryFlag("on", {"on": percent})}), "rollout")


def test_feature_flag(dsn: str, stack: ExitStack) -> None:
    """The release is everywhere; the flag moves the reads, and a kill takes them back."""
    stack.callback(api.shutdown)
    flag = Flag(api.get_client("rollout"), "email", is_percent=True)
    first = Release("1", str, "email")
    second = Release("2", str, "email", "email_address", flag=flag)
    attribute = second.user.__dict__["value"]
    running = prepared(dsn, stack, "email")
    running.start(first)
    ec.apply(dsn, RENAME, ec.Phase.EXPAND)
    share_of_the_flag(100)
    running.start(second)
    assert attribute.percent() == 0  # nothing is filled yet
    ec.apply(dsn, RENAME, ec.Phase.BACKFILL)
    for share in (1, 50, 100):
        share_of_the_flag(share)
        until = time.monotonic() + 20
        while attribute.percent() != share:
            assert time.monotonic() < until
            time.sleep(0.02)
        back_and_out_again(running, first, second)
    ec.switch(dsn, RENAME, kill=True)
    until = time.monotonic() + 20
    while attribute.percent() != 0:
        assert time.monotonic() < until
        time.sleep(0.02)
    running.serve()

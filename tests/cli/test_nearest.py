"""What is suggested for a wrong name, and when nothing is."""

import click
import pytest

from expandcontract.cli.lint_outputs import refuse_unknown_rule
from expandcontract.errors import UnknownChangeError


def test_of_many_changes_the_nearest_are_named() -> None:
    known = (*(f"users.column{n}" for n in range(29)), "orders.total")

    text = str(UnknownChangeError("zzz.total", known))

    assert "of 30 names the nearest are " in text
    assert "orders.total" in text
    assert text.count("users.") == 4


@pytest.mark.parametrize("name", ["EC9", "EC999"])
def test_a_rule_that_is_not_near_is_not_suggested(name: str) -> None:
    with pytest.raises(click.UsageError, match=f"no rule '{name}'; `ec rules` lists them"):
        refuse_unknown_rule(name)


def test_a_rule_that_is_near_is_suggested() -> None:
    with pytest.raises(click.UsageError, match="did you mean EC619"):
        refuse_unknown_rule("EC6199")

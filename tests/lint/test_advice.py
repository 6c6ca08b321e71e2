"""What a rule tells people to write must exist."""

import re

import pytest

import expandcontract as ec
from expandcontract.lint.registry import Entry, entries

CALL = re.compile(r"op\.(?P<operation>\w+)\((?:ec\.)?(?P<kind>[A-Z]\w+)")


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.rule.id)
def test_a_rule_advises_only_changes_that_there_are(entry: Entry) -> None:
    advised = {match["kind"] for match in CALL.finditer(entry.section("Instead"))}

    assert advised <= set(ec.__all__)


def test_some_rule_advises_a_change() -> None:
    assert any(CALL.search(entry.section("Instead")) for entry in entries())

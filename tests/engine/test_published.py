"""Replication stops at a column that a subscriber has not: a plan says which come, and when."""

import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from tests.support.walk import execute, plan

SETUP = """
    CREATE TABLE t (id int PRIMARY KEY, a text, b int);
    CREATE PUBLICATION whole FOR TABLE t
"""
CHANGES: list[tuple[Change, str]] = [
    (ec.RenameColumn(table="t", old="a", new="z"), "add there z before expand"),
    (
        ec.ChangeType(table="t", column="b", type="bigint"),
        "add there b_new before expand, zz_ec_",
    ),
    (ec.DeriveColumn(table="t", column="z", type="text", up="a"), "add there z before expand"),
    (ec.DropColumn(table="t", column="a"), "add there zz_ec_"),
]


@pytest.mark.parametrize(("change", "said"), CHANGES, ids=[c.kind for c, _ in CHANGES])
def test_a_plan_says_what_subscribers_need(dsn: str, change: Change, said: str) -> None:
    execute(dsn, SETUP)

    [note] = [note for note in plan(dsn, change).notes if "replication stops" in note]

    assert "(whole)" in note
    assert said in note


@pytest.mark.pg(">= 15")
def test_a_publication_of_some_columns_needs_nothing(dsn: str) -> None:
    execute(dsn, SETUP.replace("FOR TABLE t", "FOR TABLE t (id, a)"))
    change = ec.RenameColumn(table="t", old="a", new="z")
    assert not any("replication stops" in note for note in plan(dsn, change).notes)

    execute(dsn, 'CREATE PUBLICATION "of Rows" FOR TABLE t WHERE (id > 3)')
    [note] = [note for note in plan(dsn, change).notes if "replication stops" in note]
    assert "(of Rows)" in note

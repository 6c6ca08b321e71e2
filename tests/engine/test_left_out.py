"""A new release leaves an old column out; what would refuse its rows is named before the start."""

import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.phase import Phase
from tests.support.asserts import assert_nothing_started
from tests.support.walk import execute, forward, plan

DROP = ec.DropColumn(table="t", column="a")
BOTH = ec.DropColumn(table="t", column="a", also=("c",))
ONE_WAY = ec.SplitColumn(
    table="t", old="a", new={"z": ("text", "lower(a)")}, leave=("NOT NULL of a", "constraint c")
)
TABLE = "CREATE TABLE t (id int PRIMARY KEY, a text, b int);"
CASES: list[tuple[Change, str, str]] = [
    (DROP, f"{TABLE} ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL)", "c refuses it"),
    (
        BOTH,
        (
            f"{TABLE} ALTER TABLE t ADD CONSTRAINT c CHECK (num_nonnulls(a, b) = 1);"
            "INSERT INTO t VALUES (1, 'x', NULL)"
        ),
        "c refuses it",
    ),
    (
        DROP,
        (
            "CREATE DOMAIN given AS text CHECK (VALUE IS NOT NULL);"
            "CREATE TABLE t (id int PRIMARY KEY, a given)"
        ),
        'value for domain public.given violates check constraint "given_check"',
    ),
    (
        DROP,
        "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL DEFAULT '' UNIQUE)",
        "t_a_key is unique, and a new release writes the default of a",
    ),
    (
        ec.DropColumn(table="t", column="a", also=("u",)),
        "CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 7, b int, CONSTRAINT u UNIQUE (b, a))",
        "u is unique, and",
    ),
    (ONE_WAY, "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL)", "a is NOT NULL without"),
    (ONE_WAY, f"{TABLE} ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL)", "c refuses it"),
]


WORDS = """
    CREATE TABLE t (id int PRIMARY KEY, a text, b int, words tsvector);
    CREATE TRIGGER w BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION
        tsvector_update_trigger(words, 'pg_catalog.english', a)
"""
SPLIT = ec.SplitColumn(table="t", old="a", new={"z": ("text", "lower(a)")}, down="z")
EXTRACT = ec.ExtractTable(table="t", columns=("a",), to="side")
CASES += [
    (change, WORDS, r"the name a, which goes, as an argument: trigger w on table public\.t")
    for change in (DROP, ONE_WAY, SPLIT, EXTRACT, ec.RenameColumn(table="t", old="a", new="z"))
]


@pytest.mark.parametrize(("change", "setup", "reason"), CASES)
def test_what_would_refuse_a_row_is_named(
    dsn: str, change: Change, setup: str, reason: str
) -> None:
    execute(dsn, setup)

    with pytest.raises(ChangeRefusedError, match=reason):
        forward(dsn, change, Phase.EXPAND)
    assert_nothing_started(dsn)


@pytest.mark.pg(">= 15")
def test_so_is_what_takes_a_single_null(dsn: str) -> None:
    execute(dsn, f"{TABLE} ALTER TABLE t ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (a)")

    with pytest.raises(ChangeRefusedError, match="u takes one null"):
        forward(dsn, DROP, Phase.EXPAND)


def test_a_trigger_that_somebody_sees_to_is_no_objection(dsn: str) -> None:
    execute(dsn, WORDS)
    leave = ("trigger w on table public.t",)

    assert plan(dsn, ec.RenameColumn(table="t", old="a", new="z", leave=leave)).steps
    assert plan(dsn, ec.ChangeType(table="t", column="a", type="varchar")).steps


def test_what_takes_a_row_without_it_is_no_objection(dsn: str) -> None:
    execute(
        dsn,
        "CREATE DOMAIN word AS text CHECK (VALUE <> '');"
        "CREATE TABLE t (id int PRIMARY KEY, a word DEFAULT 'x', b int,"
        " CHECK (a IS NOT NULL), CONSTRAINT c CHECK (a <> '' OR b > 3));"
        "INSERT INTO t VALUES (1, 'y', 1)",
    )
    forward(dsn, BOTH, Phase.EXPAND)

    execute(dsn, "INSERT INTO t (id) VALUES (2)")

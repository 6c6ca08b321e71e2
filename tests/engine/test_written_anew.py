"""A column of a domain with constraints has PostgreSQL write the whole table anew."""

import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.errors import ChangeRefusedError
from tests.support.walk import execute, plan

SETUP = """
    CREATE DOMAIN address AS text CHECK (VALUE LIKE '%@%'); CREATE DOMAIN work AS address;
    CREATE DOMAIN label AS text;
    CREATE TABLE t (id int PRIMARY KEY, a address, b label, c text);
    CREATE TABLE other (t_id int PRIMARY KEY, c text);
    INSERT INTO t SELECT g, 'x@y', 'z', repeat('v', 1000) FROM generate_series(1, 9000) AS g;
    INSERT INTO other SELECT id, c FROM t; ANALYZE t, other;
"""
CHANGES = [
    ec.RenameColumn(table="t", old="a", new="z"),
    ec.ChangeType(table="t", column="a", type="work"),
    ec.AddColumn(table="t", column=ec.NewColumn(name="z", type="work")),
    ec.DeriveColumn(table="t", column="z", type="address", up="a"),
    ec.MoveColumn(table="t", column="a", to="other", key=("t_id",)),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.kind)
def test_a_large_table_is_not_written_anew(dsn: str, change: Change) -> None:
    execute(dsn, SETUP)

    with pytest.raises(ChangeRefusedError, match=r"a domain with constraints.*while everybody"):
        plan(dsn, change)
    assert plan(dsn, ec.RenameColumn(table="t", old="b", new="z")).steps

"""Partitions are stored as the table was, unless somebody said otherwise."""

import psycopg

import expandcontract as ec
from tests.support.walk import execute, forward, plan

SETUP = """
    CREATE TABLE t (id int PRIMARY KEY, a text) WITH (
        fillfactor=70, autovacuum_vacuum_scale_factor=0.01, toast.autovacuum_enabled=false);
    ALTER TABLE t ALTER a SET STATISTICS 500, ALTER a SET (n_distinct=-0.5);
    INSERT INTO t SELECT g, 'a' || g FROM generate_series(1, 9) AS g;
"""
CHANGE = ec.PartitionTable(
    table="t",
    method="range",
    columns=("id",),
    partitions=(
        "low FOR VALUES FROM (0) TO (5)",
        "high FOR VALUES FROM (5) TO (9) WITH (fillfactor=90)",
        "rest DEFAULT",
    ),
)
STORED = """
    SELECT c.relname::text, ARRAY(SELECT unnest(c.reloptions) ORDER BY 1),
        (SELECT t.reloptions FROM pg_class t WHERE t.oid = c.reltoastrelid),
        a.attstattarget::int, a.attoptions
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'a'
    WHERE c.relname IN ('t', 'low', 'high', 'rest') ORDER BY c.relname
"""


def test_partitions_are_stored_as_the_table_was(dsn: str, connection: psycopg.Connection) -> None:
    execute(dsn, SETUP)
    assert any("fillfactor=70" in note for note in plan(dsn, CHANGE).notes)

    forward(dsn, CHANGE)

    alike = ["autovacuum_vacuum_scale_factor=0.01", "fillfactor=70"]
    toast, measured = ["autovacuum_enabled=false"], (500, ["n_distinct=-0.5"])
    assert connection.execute(STORED.encode()).fetchall() == [
        ("high", ["fillfactor=90"], None, *measured),
        ("low", alike, toast, *measured),
        ("rest", alike, toast, *measured),
        ("t", [], None, *measured),
    ]

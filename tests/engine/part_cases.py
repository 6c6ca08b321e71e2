"""Trees of tables, the changes on them, and the native statements with the same end."""

import expandcontract as ec
from expandcontract.changes.base import Change
from tests.support.walk import Case

PARTED = """
    CREATE TABLE t (id int NOT NULL, day int NOT NULL, a text, b int, PRIMARY KEY (id, day))
        PARTITION BY RANGE (day);
    CREATE TABLE t_old PARTITION OF t FOR VALUES FROM (0) TO (4);
    CREATE TABLE "T %s" PARTITION OF t FOR VALUES FROM (4) TO (8) PARTITION BY LIST (id);
    CREATE TABLE t_mid_few PARTITION OF "T %s" FOR VALUES IN (4, 5);
    CREATE TABLE t_mid_rest PARTITION OF "T %s" DEFAULT;
    CREATE TABLE t_rest PARTITION OF t DEFAULT;
    INSERT INTO t SELECT g, g, 'v' || g, g FROM generate_series(1, 10) AS g;
"""
"""Ranges, a default, and a partition that has partitions itself."""

CHILDREN = """
    CREATE TABLE t (id int PRIMARY KEY, a text, b int);
    CREATE TABLE t_one (more text) INHERITS (t);
    CREATE TABLE "T %s" (a text, PRIMARY KEY (id)) INHERITS (t);
    CREATE TABLE t_below (even text) INHERITS (t_one);
    ALTER TABLE t_one ADD PRIMARY KEY (id); ALTER TABLE t_below ADD PRIMARY KEY (id);
    INSERT INTO t SELECT g, 'v' || g, g FROM generate_series(1, 4) AS g;
    INSERT INTO t_one SELECT g, 'v' || g, g, 'x' FROM generate_series(5, 7) AS g;
    INSERT INTO "T %s" SELECT g, 'v' || g, g FROM generate_series(8, 10) AS g;
    INSERT INTO t_below SELECT g, 'v' || g, g, 'x', 'y' FROM generate_series(11, 13) AS g;
"""
"""Children at two levels, one of which defines a column of its parent again."""

NAMED = """;
    DO $$ DECLARE r record; BEGIN
        FOR r IN
            SELECT c.oid::regclass AS name, t.relname || '_{index}' AS called
            FROM pg_partition_tree('{index}'::regclass) p JOIN pg_class c ON c.oid = p.relid
            JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_class t ON t.oid = i.indrelid
            WHERE p.level > 0
        LOOP
            EXECUTE format('ALTER INDEX %s RENAME TO %I', r.name, r.called);
        END LOOP;
    END $$
"""
"""The indexes of the partitions under the names that the library gives them."""


def parted(id_: str, change: Change, oracle: str, *, before: str = "", more: str = "") -> Case:
    """A change of the partitioned table."""
    return Case(
        id=f"parted {id_}", setup=PARTED + more, change=change, oracle=oracle, before=before
    )


def children(id_: str, change: Change, oracle: str, *, more: str = "") -> Case:
    """A change of the table with children."""
    tables = ("t", "t_one", '"T %s"', "t_below")
    return Case(
        id=f"children {id_}", setup=CHILDREN + more, change=change, oracle=oracle, tables=tables
    )


INDEXED = (
    parted(
        "index",
        ec.AddIndex(table="t", columns=("a DESC", "(b % 2)"), index_name="ix", where="b > 1"),
        "CREATE INDEX ix ON t (a DESC, (b % 2)) WHERE b > 1" + NAMED.format(index="ix"),
    ),
    parted(
        "index dropped",
        ec.DropIndex(table="t", index_name="ix"),
        "DROP INDEX ix",
        more="CREATE INDEX ix ON t (a); COMMENT ON INDEX ix IS 'it''s'",
    ),
    parted(
        "index replaced",
        ec.ReplaceIndex(table="t", index_name="ix", columns=("a", "b")),
        "DROP INDEX ix; CREATE INDEX ix ON t (a, b)" + NAMED.format(index="ix"),
        more="CREATE INDEX ix ON t (a)",
    ),
    parted(
        "unique",
        ec.AddUnique(table="t", columns=("a", "day", "id"), include=("b",), deferrable=True),
        "ALTER TABLE t ADD CONSTRAINT t_a_day_id_key UNIQUE (a, day, id) INCLUDE (b) DEFERRABLE"
        + NAMED.format(index="t_a_day_id_key"),
    ),
    parted(
        "unique dropped",
        ec.DropConstraint(table="t", constraint="u"),
        "ALTER TABLE t DROP CONSTRAINT u",
        more="ALTER TABLE t ADD CONSTRAINT u UNIQUE (id, day, a);"
        "COMMENT ON CONSTRAINT u ON t IS 'it''s'",
    ),
    parted(
        "primary key",
        ec.AddPrimaryKey(table="t", columns=("id", "day", "b"), constraint="pk"),
        "ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (id, day, b)" + NAMED.format(index="pk"),
        more="ALTER TABLE t DROP CONSTRAINT t_pkey",
    ),
)
SIMPLE: tuple[Case, ...] = ()
CASES = (*INDEXED, *SIMPLE)
QUICK = (INDEXED[0], INDEXED[3])

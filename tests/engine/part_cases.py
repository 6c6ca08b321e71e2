"""Trees of tables, the changes on them, and the native statements with the same end."""

from dataclasses import replace

import sqlalchemy as sa

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
OTHER = "CREATE TABLE other (id int PRIMARY KEY); INSERT INTO other SELECT generate_series(1, 13);"
SIMPLE = (
    parted(
        "column that is filled",
        ec.AddColumn(table="t", column=sa.Column("n", sa.Text(), nullable=False), fill="a || '%'"),
        "ALTER TABLE t ADD n text; UPDATE t SET n = a || '%'; ALTER TABLE t ALTER n SET NOT NULL",
    ),
    children(
        "column that is filled",
        ec.AddColumn(table="t", column=sa.Column("n", sa.Text(), nullable=False), fill="a || '%'"),
        "ALTER TABLE t ADD n text; UPDATE t SET n = a || '%'; ALTER TABLE t ALTER n SET NOT NULL",
    ),
    parted("not null", ec.SetNotNull(table="t", column="b"), "ALTER TABLE t ALTER b SET NOT NULL"),
    children(
        "not null", ec.SetNotNull(table="t", column="a"), "ALTER TABLE t ALTER a SET NOT NULL"
    ),
    parted(
        "nullable",
        ec.DropNotNull(table="t", column="b"),
        "ALTER TABLE t ALTER b DROP NOT NULL",
        more="ALTER TABLE t ALTER b SET NOT NULL",
    ),
    parted(
        "check",
        ec.AddCheck(table="t", name="c", condition="b % 100 >= 0"),
        "ALTER TABLE t ADD CONSTRAINT c CHECK (b % 100 >= 0)",
    ),
    children(
        "check",
        ec.AddCheck(table="t", name="c", condition="b % 100 >= 0"),
        "ALTER TABLE t ADD CONSTRAINT c CHECK (b % 100 >= 0)",
    ),
    parted(
        "check dropped",
        ec.DropConstraint(table="t", constraint="c"),
        "ALTER TABLE t DROP CONSTRAINT c",
        more="ALTER TABLE t ADD CONSTRAINT c CHECK (b > 0)",
    ),
    parted(
        "foreign key",
        ec.AddForeignKey(table="t", columns=("b",), to="other", on_delete="cascade"),
        "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES other ON DELETE CASCADE",
        more=OTHER,
    ),
    children(
        "foreign key",
        ec.AddForeignKey(table="t", columns=("b",), to="other", constraint="f"),
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES other;"
        "ALTER TABLE t_one ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES other;"
        'ALTER TABLE "T %s" ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES other;'
        "ALTER TABLE t_below ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES other",
        more=OTHER,
    ),
    parted("column dropped", ec.DropColumn(table="t", column="a"), "ALTER TABLE t DROP a"),
    children(
        "column dropped",
        ec.DropColumn(table="t", column="a"),
        'ALTER TABLE t DROP a; ALTER TABLE "T %s" DROP a',
    ),
)
HUNG = """
    CREATE INDEX t_low ON t (lower(a), b); COMMENT ON INDEX t_low IS 'it''s';
    ALTER TABLE t ADD CONSTRAINT u UNIQUE (a, day, id); COMMENT ON CONSTRAINT u ON t IS 'all';
    ALTER TABLE t ADD CONSTRAINT c CHECK (a <> ''); ALTER TABLE t ALTER a SET NOT NULL;
    ALTER TABLE t ALTER a SET DEFAULT 'none'; COMMENT ON COLUMN t.a IS 'a';
    ALTER TABLE t ALTER a SET STATISTICS 300;
    CREATE INDEX rest_own ON t_rest (a) WHERE b > 1; CREATE INDEX mid_own ON "T %s" (b, a);
    ALTER TABLE t_old ADD CONSTRAINT old_own CHECK (length(a) < 100);
    ALTER TABLE t_old ALTER a SET STATISTICS 70, ALTER a SET STORAGE EXTERNAL;
    COMMENT ON COLUMN t_old.a IS 'old'; GRANT SELECT (a) ON t_old TO pg_monitor;
    ALTER TABLE t_old ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t_old USING (a <> 'never');
    CREATE VIEW shown AS SELECT a, id FROM t_mid_few; GRANT SELECT ON shown TO PUBLIC;
    CREATE INDEX rest_two ON t_rest (b, a); ALTER TABLE t_rest CLUSTER ON rest_two;
"""
"""What hangs on a column of the root, and what hangs on it in one partition alone."""

MERGE = ec.MergeColumns(
    table="t",
    old=("a", "b"),
    new="both %",
    type="text",
    up="a || ' ' || b",
    down={"a": "split_part(\"both %\", ' ', 1)", "b": "split_part(\"both %\", ' ', 2)::int"},
    leave=("index rest_own", "comment of a"),
)
MERGED = (
    'ALTER TABLE t ADD "both %" text; UPDATE t SET "both %" = a || \' \' || b;'
    "ALTER TABLE t DROP a, DROP b"
)
TWINS = (
    parted("rename", ec.RenameColumn(table="t", old="a", new="z"), "ALTER TABLE t RENAME a TO z"),
    parted(
        "rename with everything",
        ec.RenameColumn(table="t", old="a", new="z"),
        "ALTER TABLE t RENAME a TO z",
        more=HUNG,
    ),
    parted(
        "rename of a foreign key",
        ec.RenameColumn(table="t", old="b", new="z"),
        "ALTER TABLE t RENAME b TO z",
        more=OTHER + "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES other",
    ),
    children("rename", ec.RenameColumn(table="t", old="a", new="z"), "ALTER TABLE t RENAME a TO z"),
    children(
        "rename with everything",
        ec.RenameColumn(table="t", old="a", new="z"),
        "ALTER TABLE t RENAME a TO z",
        more="CREATE INDEX i ON t (a); CREATE INDEX j ON t_one (lower(a));"
        "CREATE INDEX ON t_below (a);"
        "ALTER TABLE t ADD CHECK (a <> ''); ALTER TABLE t_one ADD CHECK (a <> 'x') NO INHERIT;"
        "ALTER TABLE t ALTER a SET NOT NULL; ALTER TABLE t_below ADD UNIQUE (a);"
        "COMMENT ON COLUMN t_one.a IS 'one'",
    ),
    parted(
        "retype",
        ec.ChangeType(table="t", column="b", type="bigint"),
        "ALTER TABLE t ALTER b TYPE bigint",
        more="CREATE INDEX t_low ON t (b, a); CREATE INDEX rest_own ON t_rest (b) WHERE b > 1",
    ),
    parted(
        "retype in place",
        ec.ChangeType(table="t", column="a", type="varchar(200)"),
        "ALTER TABLE t ALTER a TYPE varchar(200);ALTER TABLE t_old ALTER a SET STORAGE EXTERNAL",
        more="ALTER TABLE t ALTER a TYPE varchar(50); ALTER TABLE t ADD CHECK (a <> '');"
        "ALTER TABLE t_old ALTER a SET STORAGE EXTERNAL",
    ),
    children(
        "retype",
        ec.ChangeType(table="t", column="b", type="bigint"),
        "ALTER TABLE t ALTER b TYPE bigint",
    ),
    parted(
        "split",
        ec.SplitColumn(
            table="t",
            old="a",
            new={"kind": ("text", "left(a, 1)"), "rest": ("text", "substr(a, 2)")},
            down="kind || rest",
            leave=("index rest_own",),
        ),
        "ALTER TABLE t ADD kind text, ADD rest text;"
        "UPDATE t SET kind = left(a, 1), rest = substr(a, 2); ALTER TABLE t DROP a",
        more="CREATE INDEX rest_own ON t_rest (a)",
    ),
    parted(
        "merge",
        MERGE,
        MERGED,
        more="CREATE INDEX rest_own ON t_rest (a) WHERE b > 1; COMMENT ON COLUMN t_old.a IS 'old'",
    ),
    children(
        "merge",
        replace(MERGE, leave=()),
        MERGED.replace("DROP b", 'DROP b; ALTER TABLE "T %s" DROP a'),
    ),
    children(
        "derived",
        ec.DeriveColumn(table="t", column="n", type="text", up="upper(a)"),
        "ALTER TABLE t ADD n text; UPDATE t SET n = upper(a)",
    ),
    Case(
        id="parted enum",
        setup="CREATE TYPE mood AS ENUM ('ok', 'sad', 'bad');"
        + PARTED
        + "ALTER TABLE t ADD m mood DEFAULT 'ok'; UPDATE t SET m = 'sad' WHERE id > 4",
        change=ec.ReplaceEnum(type="mood", values=("ok", "low", "bad"), mapping={"sad": "low"}),
        oracle="ALTER TYPE mood RENAME VALUE 'sad' TO 'low'",
    ),
)
CASES = (*INDEXED, *SIMPLE, *TWINS)
QUICK = (INDEXED[3], TWINS[1], TWINS[4])
"""A unique constraint, and renames with everything on a tree of each kind."""

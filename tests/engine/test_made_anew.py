"""An identity's sequence cannot change columns: the one that is made in its place is like it."""

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.ddl import sequences
from expandcontract.errors import ServerRefusedError
from expandcontract.model.catalog import Sequence
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from tests.support.walk import back, execute, forward, plan

SEQUENCE = """
    SELECT seqtypid::regtype::text, seqmin, seqmax, seqincrement FROM pg_sequence
    WHERE seqrelid = 't_n_seq'::regclass
"""
GRANTED = """
    SELECT obj_description('t_n_seq'::regclass, 'pg_class'),
        has_sequence_privilege('pg_monitor', 't_n_seq', 'USAGE'),
        has_sequence_privilege('pg_monitor', 't_n_seq', 'SELECT WITH GRANT OPTION')
"""
CHANGED = ec.ChangeType(table="t", column="n", type="bigint")
PARTED = ec.PartitionTable(
    table="t",
    method="hash",
    columns=("n",),
    partitions=("p FOR VALUES WITH (MODULUS 1, REMAINDER 0)",),
)
WIDENED = ec.WidenPrimaryKey(table="t", column="n")
PROPERTIES = """
    GRANT USAGE ON SEQUENCE t_n_seq TO pg_monitor;
    GRANT SELECT ON SEQUENCE t_n_seq TO pg_monitor WITH GRANT OPTION;
    COMMENT ON SEQUENCE t_n_seq IS 'it''s'
"""


def table(options: str) -> str:
    return f"CREATE TABLE t (id int PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY ({options}));"


@pytest.mark.parametrize(
    "change",
    [
        ec.RenameColumn(table="t", old="n", new="z"),
        CHANGED,
    ],
    ids=lambda change: change.kind,
)
def test_privileges_and_comment_are_its_own(
    connection: psycopg.Connection, dsn: str, change: Change
) -> None:
    execute(
        dsn,
        table("SEQUENCE NAME t_n_seq"),
        PROPERTIES,
    )
    forward(dsn, change)
    assert connection.execute(GRANTED).fetchone() == ("it's", True, True)
    back(dsn, change, Phase.CONTRACT)
    assert connection.execute(GRANTED).fetchone() == ("it's", True, True)


@pytest.mark.parametrize("change", [PARTED, WIDENED], ids=lambda change: change.kind)
def test_so_are_those_of_a_key_in_every_phase(
    connection: psycopg.Connection, dsn: str, change: Change
) -> None:
    made = "GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME t_n_seq) PRIMARY KEY"
    execute(dsn, f"CREATE TABLE t (n int {made}, a text)", PROPERTIES)
    for phase in Phase:
        forward(dsn, change, phase)
        assert connection.execute(GRANTED).fetchone() == ("it's", True, True)
        if phase is Phase.SWITCH:
            back(dsn, change, phase)
            assert connection.execute(GRANTED).fetchone() == ("it's", True, True)
            forward(dsn, change, phase)


END = {"integer": 2**31 - 1, "bigint": 2**63 - 1}
WIDER = ("integer", "bigint")
NARROWER = ("bigint", "integer")


@pytest.mark.parametrize(
    ("types", "increment", "limits", "said"),
    [
        (WIDER, 1, (1, END["integer"]), "MINVALUE 1 CACHE"),
        (WIDER, 1, (1, 1000), "MINVALUE 1 MAXVALUE 1000 CACHE"),
        (WIDER, 1, (-(2**31), END["integer"]), "MINVALUE -2147483648 CACHE"),
        (WIDER, -1, (-(2**31), -1), "BY -1 MAXVALUE -1 CACHE"),
        (WIDER, -2, (-1000, -1), "MINVALUE -1000 MAXVALUE -1 CACHE"),
        (NARROWER, 1, (1, END["bigint"]), "MINVALUE 1 CACHE"),
        (NARROWER, 1, (1, 10**12), "MINVALUE 1 CACHE"),
        (NARROWER, 1, (1, 1000), "MINVALUE 1 MAXVALUE 1000 CACHE"),
        (NARROWER, -1, (-(2**63), -1), "BY -1 MAXVALUE -1 CACHE"),
    ],
)
def test_it_ends_with_its_type_or_where_somebody_said(
    types: tuple[str, str], increment: int, limits: tuple[int, int], said: str
) -> None:
    was, becomes = types
    lowest, highest = limits
    sequence = Sequence(
        name=TableName("s", "public"),
        type=was,
        start=highest if increment < 0 else lowest,
        increment=increment,
        minimum=lowest,
        maximum=highest,
        cache=1,
        cycles=False,
    )

    made = sequences.add_identity(TableName("t", "public"), "n", "always", sequence, becomes)

    assert said in made.sql


@pytest.mark.parametrize(
    ("change", "options", "limits"),
    [
        (CHANGED, "MAXVALUE 1000 CYCLE", (1, 1000, 1)),
        (WIDENED, "INCREMENT -1", (-(2**63), -1, -1)),
    ],
)
def test_the_server_says_so_too(
    connection: psycopg.Connection,
    dsn: str,
    change: Change,
    options: str,
    limits: tuple[int, int, int],
) -> None:
    made = table(f"SEQUENCE NAME t_n_seq {options}")
    if change is not CHANGED:
        made = made.replace("id int PRIMARY KEY, ", "").replace("n int", "n int PRIMARY KEY")
    execute(dsn, made)
    forward(dsn, change)

    assert connection.execute(SEQUENCE).fetchone() == ("bigint", *limits)


def test_statistics_have_their_owner(connection: psycopg.Connection, dsn: str) -> None:
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE STATISTICS s ON id, a FROM t")
    execute(dsn, "ALTER STATISTICS s OWNER TO pg_monitor")
    forward(dsn, ec.RenameColumn(table="t", old="a", new="z"))

    owner = connection.execute("SELECT stxowner::regrole::text FROM pg_statistic_ext").fetchone()
    assert owner == ("pg_monitor",)


def test_a_security_label_goes_along_or_nothing_does(
    connection: psycopg.Connection, dsn: str
) -> None:
    """What a provider masks would be in the clear under another name; none is loaded here."""
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY, a text)")
    connection.execute("SET allow_system_table_mods = on")
    connection.execute(
        "INSERT INTO pg_seclabel VALUES ('t'::regclass, 'pg_class'::regclass, 2, 'anon', 'masked')"
    )
    change = ec.RenameColumn(table="t", old="a", new="z")
    said = [one.sql for step in plan(dsn, change).steps for one in step.statements]
    assert 'SECURITY LABEL FOR "anon" ON COLUMN "public"."t"."z" IS \'masked\'' in said

    with pytest.raises(ServerRefusedError, match='provider "anon" is not loaded'):
        forward(dsn, change, Phase.EXPAND)
    columns = "SELECT attname FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0"
    assert connection.execute(columns).fetchall() == [("id",), ("a",)]

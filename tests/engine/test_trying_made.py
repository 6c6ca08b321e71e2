"""An index, a key or a reference that cannot be made is refused by the plan, before the ledger."""

import pytest
import sqlalchemy as sa

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.phase import Phase
from tests.support.asserts import assert_nothing_started
from tests.support.fingerprint import fingerprint
from tests.support.walk import execute, plan

T = '"S %s"."T "" %s"'
SETUP = f"""
    CREATE SCHEMA "S %s";
    CREATE TABLE {T} (id int PRIMARY KEY, "Na me" text, j json, d date,
        g int GENERATED ALWAYS AS (length("Na me")) STORED);
    CREATE TABLE other (id uuid PRIMARY KEY, n int UNIQUE DEFERRABLE, a int, UNIQUE (a));
    CREATE UNLOGGED TABLE passing (id int PRIMARY KEY);
"""


def index(*columns: str, where: str = "", method: str = "btree") -> ec.AddIndex:
    return ec.AddIndex(table=T, columns=columns, index_name="i", where=where, method=method)


def key(column: str, to: str, *theirs: str, on_delete: str = "") -> ec.AddForeignKey:
    return ec.AddForeignKey(
        table=T, columns=(column,), to=to, to_columns=theirs, constraint="k", on_delete=on_delete
    )


def added(fill: str = "", default: str | None = None) -> ec.AddColumn:
    made = sa.text(default) if default else None
    return ec.AddColumn(table=T, column=sa.Column("z", sa.Integer, server_default=made), fill=fill)


CASES: dict[str, tuple[Change, str]] = {
    "function": (index("(nothing(id))"), "the index i: function nothing(integer) does not exist"),
    "column": (index("(upper(nobody))"), 'the index i: column "nobody" does not exist'),
    "immutable": (index("(d::timestamptz)"), "the index i: functions in index expression must be"),
    "predicate": (index("id", where="id > 'x'"), "the index i: invalid input syntax for type"),
    "mutable predicate": (index("id", where="d > now()"), "functions in index predicate must be"),
    "two commands": (index("(id)", where="true; SELECT 1"), "is not one expression"),
    "parenthesis": (index("(id))::text || (id)"), "the parentheses of"),
    "class": (index("id nothing_ops"), 'operator class "nothing_ops" does not exist'),
    "class of another type": (index("id text_ops"), "does not accept data type integer"),
    "type": (index("j"), "data type json has no default operator class"),
    "method": (index("id", method="hash DESC"), 'access method "hash DESC" does not exist'),
    "order": (index("id DESC", method="hash"), "does not support ASC/DESC options"),
    "unique": (ec.AddUnique(table=T, columns=("j",)), "data type json has no default operator"),
    "twice": (ec.AddUnique(table=T, columns=("id", "id")), "appears twice in unique constraint"),
    "primary": (ec.AddPrimaryKey(table="keyless", columns=("j",)), "data type json has no default"),
    "types": (key("id", "other"), 'the foreign key k on S %s.T " %s: foreign key constraint'),
    "deferrable": (key("id", "other", "n"), "is DEFERRABLE, to which PostgreSQL lets"),
    "no key": (key("id", "other", "id", on_delete="CASCADE"), "foreign key constraint"),
    "generated": (key("g", "other", "a", on_delete="SET NULL"), "containing generated column"),
    "unlogged": (key("id", "passing"), "public.passing is not logged, and"),
    "fill": (added(fill="nothing(id)"), "fill='nothing(id)': function nothing(integer) does not"),
    "fill of a type": (added(fill="id || 'x'"), "COALESCE types"),
    "two fills": (added(fill="1); SELECT (2"), "the parentheses of"),
    "default": (
        added(default="'x'"),
        "the default 'x' of z: invalid input syntax for type integer",
    ),
    "default of each row": (added(default="nothing()"), "function nothing() does not exist"),
    "not null": (ec.SetNotNull(table=T, column="d", fill="nobody"), 'column "nobody" does not'),
    "replaced": (
        ec.ReplaceIndex(table="keyless", index_name="old", columns=("(nothing(id))",)),
        "the index old: function nothing(integer) does not exist",
    ),
}


def prepared(dsn: str) -> None:
    execute(dsn, SETUP, "CREATE TABLE keyless (id int, j json)", "CREATE INDEX old ON keyless (id)")


def test_each_is_refused_with_what_the_server_says(dsn: str) -> None:
    prepared(dsn)
    start = fingerprint(dsn)
    said: dict[str, str] = {}

    for name, (change, _) in CASES.items():
        with pytest.raises(ChangeRefusedError) as refused:
            ec.apply(dsn, change, Phase.EXPAND)
        said[name] = str(refused.value)
        assert refused.value.exit_code == 2, name

    assert {name: text for name, text in said.items() if CASES[name][1] not in text} == {}
    assert_nothing_started(dsn)
    assert fingerprint(dsn) == start


def test_what_can_be_made_is_no_objection(dsn: str) -> None:
    prepared(dsn)
    execute(
        dsn,
        f"CREATE FUNCTION f({T}) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1.id'",
        "CREATE SCHEMA ext",
        "CREATE SEQUENCE own",
        "CREATE FUNCTION ext.g(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1'",
    )
    fine: tuple[Change, ...] = (
        index('(lower("Na me")) text_pattern_ops DESC', "id", where="\"Na me\" <> 'a%' -- so"),
        index('(f("T "" %s"))', where='"T "" %s".id > 0'),
        index("(ext.g(id))"),
        index("Na me text_ops"),
        key("id", "other", "a", on_delete="SET NULL"),
        key("id", T),
        ec.AddUnique(table=T, columns=("d", "Na me"), include=("j",), initially_deferred=True),
        ec.AddPrimaryKey(table="keyless", columns=("id",)),
        ec.SetNotNull(table=T, column="d", fill='date \'2020-01-01\' + "T "" %s".id -- so'),
        added(fill="ext.g(id) % 2"),
        added(default="nextval('own')"),
        added(default="ext.g(7)"),
    )

    for change in fine:
        assert plan(dsn, change).steps

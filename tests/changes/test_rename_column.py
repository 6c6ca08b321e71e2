"""The plan of a rename is a value: what is in it can be looked at without a server."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from expandcontract.changes.rename_column import RenameColumn
from expandcontract.errors import (
    ChangeRefusedError,
    ColumnNotFoundError,
    NameNotReadError,
    TableNotFoundError,
)
from expandcontract.model.catalog import Constraint, ConstraintKind, Dependent, Table, TableKind
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan
from tests.changes.catalogs import EMAIL, USERS, catalog

CHANGE = RenameColumn(table="users", old="email", new="address")
PLAN = CHANGE.plan(catalog())


def sql(plan: Plan, phase: Phase) -> str:
    return "\n".join(s.sql for step in plan.of(phase) for s in step.statements)


def test_the_same_change_and_catalog_make_the_same_plan() -> None:
    assert CHANGE.plan(catalog()) == PLAN
    assert CHANGE.plan(catalog()).fingerprint == PLAN.fingerprint
    assert Plan.from_document(PLAN.document()) == PLAN


def test_another_catalog_makes_another_plan() -> None:
    other = replace(USERS, columns=(*USERS.columns[:1], replace(EMAIL, type="citext")))

    assert CHANGE.plan(catalog(other)).fingerprint != PLAN.fingerprint


def test_the_phases_come_in_order_and_names_are_unique() -> None:
    phases = [step.phase for step in PLAN.steps]
    names = [step.name for step in (*PLAN.steps, *PLAN.comeback)]

    assert phases == sorted(phases)
    assert set(phases) == set(Phase)
    assert len(set(names)) == len(names)


def test_no_step_scans_while_it_keeps_others_waiting() -> None:
    for step in (*PLAN.steps, *PLAN.comeback):
        scans = any(s.scans or s.rewrites or s.builds_index for s in step.statements)
        assert not (scans and any(s.lock.blocks_writes for s in step.statements)), step.name


def test_what_cannot_run_in_a_transaction_runs_alone() -> None:
    for step in (*PLAN.steps, *PLAN.comeback):
        assert step.transactional or len(step.statements) == 1, step.name


def test_the_new_column_has_no_default_until_the_contract() -> None:
    before = "\n".join(sql(PLAN, phase) for phase in Phase if phase < Phase.CONTRACT)

    assert "SET DEFAULT" not in before
    assert """ALTER COLUMN "address" SET DEFAULT 'none'::text""" in sql(PLAN, Phase.CONTRACT)


def test_the_contract_is_one_step_that_takes_the_strongest_lock_first() -> None:
    [step] = PLAN.of(Phase.CONTRACT)

    assert step.statements[0].lock is Lock.ACCESS_EXCLUSIVE
    assert step.transactional
    orders = [s.sql.split()[:2] for s in step.statements]
    assert orders.index(["DROP", "TRIGGER"]) < orders.index(["ALTER", "TABLE"])


def test_everything_on_the_column_is_carried_or_named() -> None:
    everything = "\n".join(sql(PLAN, phase) for phase in Phase)

    assert 'lower("address")' in everything
    assert "CHECK ((\"address\" <> ''::text))" in everything
    assert PLAN.retires[0].carried[:3] == ("lower_email", "unique_email", "no_empty_email")
    assert PLAN.claims == tuple(
        ("public.users", what)
        for what in (
            "email",
            "address",
            "constraint no_empty_email",
            "constraint unique_email",
            "index lower_email",
        )
    )


def test_the_counters_are_those_that_the_trigger_has() -> None:
    assert set(PLAN.counters) == {"old_writes", "conflicts"}
    for name in PLAN.counters.values():
        assert f'"{name}"' in sql(PLAN, Phase.EXPAND)


@pytest.mark.parametrize("name", ["x" * 63, "é" * 31])
def test_helpers_of_long_names_fit_and_differ(name: str) -> None:
    table = replace(USERS, columns=(*USERS.columns, replace(EMAIL, name=name)))
    plans = [
        RenameColumn(table="users", old=name, new=new).plan(catalog(table)) for new in ("a", "b")
    ]

    names = [plan.counters["conflicts"] for plan in plans]
    assert len(set(names)) == 2
    assert all(len(name.encode()) <= 63 for name in names)


def refused(table: Table, change: RenameColumn = CHANGE) -> str:
    with pytest.raises(ChangeRefusedError) as caught:
        change.plan(catalog(table))
    return str(caught.value)


EXCLUSION = Constraint(
    name="fk",
    kind=ConstraintKind.EXCLUSION,
    columns=("email",),
    definition="EXCLUDE USING btree (email WITH =)",
)
VIEW = Dependent(kind="view", description="view emails", column="email")
REFUSALS = {
    "generated": (replace(USERS, columns=(replace(EMAIL, generated="stored"),)), "is generated"),
    "view": (replace(USERS, dependents=(VIEW,)), "view emails depends on public.users.email"),
    "exclusion": (replace(USERS, constraints=(EXCLUSION,)), "exclusion constraint fk"),
    "invalid index": (
        replace(USERS, indexes=(USERS.indexes[0], replace(USERS.indexes[1], valid=False))),
        "index lower_email",
    ),
    "no key": (replace(USERS, indexes=()), "no primary key"),
    "other kind": (replace(USERS, kind=TableKind.VIEW), "users is a view; name the table"),
    "partitioned": (replace(USERS, partition_key=("email",)), "is in the partition key"),
    "inherits": (
        replace(
            USERS, columns=(*USERS.columns[:1], replace(EMAIL, parents=1)), parents=(USERS.name,)
        ),
        "email is inherited from public.users; do it there",
    ),
    "exists": (
        replace(USERS, columns=(*USERS.columns, replace(EMAIL, name="address"))),
        "address exists already (as text)",
    ),
    "late trigger": (replace(USERS, triggers=("audit", "zz_ec_other", "zzz")), "trigger zzz fires"),
}


@pytest.mark.parametrize(("table", "reason"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_carried_is_refused_by_name(table: Table, reason: str) -> None:
    assert reason in refused(table)


def test_all_reasons_are_given_at_once() -> None:
    table = replace(
        USERS,
        columns=(replace(EMAIL, generated="stored"),),
        dependents=(VIEW,),
        indexes=(),
        triggers=("zz_ec_mine",),
    )

    text = refused(table)
    assert text.count("\n  - ") == 3
    assert "zz_ec_mine" not in text


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda: RenameColumn(table="users", old="a", new="a"), ChangeRefusedError),
        (lambda: RenameColumn(table="users", old="a", new="x" * 64), NameNotReadError),
        (lambda: RenameColumn(table="a.b.c", old="a", new="b"), NameNotReadError),
        (lambda: RenameColumn(table="users", old="", new="b"), NameNotReadError),
        (
            lambda: RenameColumn(table="users", old="emial", new="b").plan(catalog()),
            ColumnNotFoundError,
        ),
        (
            lambda: RenameColumn(table="nowhere", old="a", new="b").plan(catalog()),
            TableNotFoundError,
        ),
    ],
)
def test_what_makes_no_sense_is_an_error_of_its_own(
    change: Callable[[], object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        change()


def test_a_table_is_looked_up_along_the_search_path() -> None:
    table = replace(USERS, name=TableName("users", "app"))
    found = replace(catalog(table), search_path=("nobody", "app", "public"))

    assert '"app"."users"' in sql(CHANGE.plan(found), Phase.EXPAND)


def test_what_cannot_be_carried_is_left_on_the_authors_word() -> None:
    table = replace(USERS, dependents=(VIEW,))
    assert 'say leave=("view public.emails",)' in refused(table)

    plan = replace(CHANGE, leave=("view emails",)).plan(catalog(table))

    assert "view emails" not in plan.retires[0].carried


def test_a_check_that_rows_may_break_is_told_of_before_the_backfill_meets_them() -> None:
    check = replace(USERS.constraints[0], valid=False)
    plan = CHANGE.plan(catalog(replace(USERS, constraints=(check,))))

    told = 'SELECT * FROM "public"."users" WHERE NOT ((email <> \'\'::text))'
    assert any("no_empty_email is NOT VALID" in note and told in note for note in plan.notes)

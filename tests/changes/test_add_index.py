from dataclasses import replace

import pytest

from expandcontract.changes.add_index import AddIndex
from expandcontract.errors import ChangeRefusedError, ColumnNotFoundError, NameNotReadError
from expandcontract.model.catalog import Index, IndexKey, TableKind
from expandcontract.model.phase import Phase
from tests.changes.catalogs import USERS, catalog


def statement(change: AddIndex) -> str:
    [step] = change.plan(catalog()).steps
    assert step.phase is Phase.EXPAND
    [found] = step.statements
    assert not found.transactional
    return found.sql


def test_an_index_is_one_concurrent_statement() -> None:
    assert statement(AddIndex(table="users", columns=("email", "note"))) == (
        'CREATE INDEX CONCURRENTLY "ix_users_email_note" ON "public"."users"'
        ' USING "btree" ("email", "note")'
    )


def test_every_part_of_an_index_is_written() -> None:
    change = AddIndex(
        table="users",
        columns=("(lower(email))", "id"),
        index_name='odd "i"',
        unique=True,
        include=("note",),
        where="id > 3",
        nulls_not_distinct=True,
    )

    assert statement(change) == (
        'CREATE UNIQUE INDEX CONCURRENTLY "odd ""i""" ON "public"."users" USING "btree"'
        ' ((lower(email)), "id") INCLUDE ("note") NULLS NOT DISTINCT WHERE id > 3'
    )


def test_one_column_may_be_written_without_a_tuple() -> None:
    assert AddIndex(table="users", columns="email").columns == ("email",)  # type: ignore[arg-type]


def test_a_broken_build_is_taken_away_first_and_the_index_by_the_revert() -> None:
    [step] = AddIndex(table="users", columns=("email",)).plan(catalog()).steps

    assert [c.statement.sql for c in step.cleanups] == [s.sql for s in step.revert]
    assert step.revert[0].sql == 'DROP INDEX CONCURRENTLY "public"."ix_users_email"'
    assert step.running is not None


def test_its_columns_stay_free_for_other_changes() -> None:
    plan = AddIndex(table="users", columns=("email",)).plan(catalog())

    assert plan.claims == (("public.users", "index ix_users_email"),)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (replace(USERS, kind=TableKind.VIEW), "view"),
        (
            replace(
                USERS,
                indexes=(Index(name="ix_users_email", keys=(IndexKey(column="id"),)),),
            ),
            "another definition",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(table: object, reason: str) -> None:
    with pytest.raises(ChangeRefusedError, match=reason):
        AddIndex(table="users", columns=("email",)).plan(catalog(table))  # type: ignore[arg-type]


def test_an_index_of_the_same_shape_is_no_obstacle() -> None:
    same = Index(name="ix_users_email", keys=(IndexKey(column="email"),), columns=("email",))
    table = replace(USERS, indexes=(*USERS.indexes, same))

    assert AddIndex(table="users", columns=("email",)).plan(catalog(table)).steps


def test_the_name_of_the_change_is_that_of_the_index() -> None:
    change = AddIndex(table="users", columns=("(lower(email))",), name="ix_lower")

    assert change.index_name == "ix_lower"
    assert 'INDEX CONCURRENTLY "ix_lower" ON' in statement(change)


def test_names_that_do_not_fit_or_exist_are_told() -> None:
    with pytest.raises(ColumnNotFoundError, match="emial"):
        AddIndex(table="users", columns=("emial",)).plan(catalog())
    with pytest.raises(ColumnNotFoundError, match="missing"):
        AddIndex(table="users", columns=("email",), include=("missing",)).plan(catalog())
    with pytest.raises(NameNotReadError):
        AddIndex(table="users", columns=("email",), index_name="x" * 64)
    with pytest.raises(ChangeRefusedError, match="index_name="):
        AddIndex(table="users", columns=("(lower(email))",))
    with pytest.raises(ChangeRefusedError, match="names no column"):
        AddIndex(table="users", columns=())
    with pytest.raises(NameNotReadError, match="63 bytes; give index_name="):
        AddIndex(table="users", columns=("e" * 60,))

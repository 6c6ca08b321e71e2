"""What a rename of a table refuses before anything is done, and what it tells its author."""

from dataclasses import replace

import pytest

from expandcontract.changes.rename_table import RenameTable
from expandcontract.errors import ArgumentError, ChangeRefusedError, NameNotReadError
from expandcontract.model.catalog import Catalog, Table, TableKind
from tests.changes.catalogs import USERS, catalog

CHANGE = RenameTable(old="users", new="people")


def refused(table: Table, version: int = 150018) -> str:
    with pytest.raises(ChangeRefusedError) as caught:
        CHANGE.plan(Catalog(version=version, tables=(table,)))
    return str(caught.value)


def test_a_view_is_not_renamed() -> None:
    assert "is a view; name the table that has its rows" in refused(
        replace(USERS, kind=TableKind.VIEW)
    )


def test_row_security_needs_views_that_read_as_the_caller() -> None:
    guarded = replace(USERS, row_security=True)

    assert "has row security" in refused(guarded, version=140010)
    assert CHANGE.plan(catalog(guarded)).steps


def test_subscribers_have_to_know_the_new_name() -> None:
    published = replace(USERS, publications=("p", "q"))

    assert "published (p, q)" in refused(published)
    told = replace(CHANGE, published=True).plan(catalog(published))
    assert "subscribers must have the table as public.people" in " ".join(told.notes)


@pytest.mark.parametrize(("old", "new"), [("users", "users"), ("a.users", "b.people")])
def test_what_is_no_rename_is_refused_when_it_is_written(old: str, new: str) -> None:
    with pytest.raises(ChangeRefusedError):
        RenameTable(old=old, new=new)


def test_names_are_read_when_the_change_is_written() -> None:
    with pytest.raises(NameNotReadError):
        RenameTable(old="users", new="x" * 64)
    with pytest.raises(ArgumentError):
        RenameTable(old="users", new="people", published="yes")  # type: ignore[arg-type]


def test_the_view_belongs_to_the_tables_owner_and_has_its_grants() -> None:
    owned = replace(USERS, owner="Own er", privileges=('"a b"=r*/"Own er"', "=a/o"))
    (view, *_) = CHANGE.plan(catalog(owned)).steps

    assert [statement.sql for statement in view.statements] == [
        (
            'CREATE VIEW "public"."people" WITH (security_invoker = true)'
            ' AS SELECT "id", "email", "note" FROM "public"."users"'
        ),
        'ALTER VIEW "public"."people" OWNER TO "Own er"',
        'GRANT SELECT ON "public"."people" TO "a b" WITH GRANT OPTION',
        'GRANT INSERT ON "public"."people" TO PUBLIC',
    ]

from contextlib import suppress

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expandcontract.errors import NameNotReadError
from expandcontract.model.names import (
    MAX_IDENTIFIER_BYTES,
    TableName,
    literal,
    quoted,
    refuse_too_long,
    short_hash,
    slug,
)
from tests.model.strategies import names, tables

fitting = tables.filter(
    lambda t: all(len(part.encode()) <= MAX_IDENTIFIER_BYTES for part in (t.name, t.schema) if part)
)


@given(fitting)
def test_a_name_is_read_as_it_was_written(table: TableName) -> None:
    assert TableName.parse(str(table)) == table
    assert TableName.parse(table) is table


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    with suppress(NameNotReadError):
        table = TableName.parse(text)
        assert TableName.parse(str(table)) == table


@pytest.mark.parametrize(
    ("text", "schema", "name"),
    [
        ("users", None, "users"),
        ("Users", None, "Users"),
        ("sales.users", "sales", "users"),
        (' sales . "odd ""one"".two" ', "sales", 'odd "one".two'),
    ],
)
def test_names_as_people_write_them(text: str, schema: str | None, name: str) -> None:
    assert TableName.parse(text) == TableName(name, schema)


@pytest.mark.parametrize(
    "text",
    ["", " ", "a.b.c", "a.", ".a", 'a"b', '"a', '""', "a b", "a..b", "\0", "x" * 64, "\ud800"],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(NameNotReadError):
        str(TableName.parse(text))


@pytest.mark.parametrize("name", ["x" * 64, "é" * 32])
def test_a_name_that_the_server_would_cut_off_is_refused(name: str) -> None:
    with pytest.raises(NameNotReadError, match="63 bytes"):
        refuse_too_long(name)
    refuse_too_long(name[:-1])


@given(names, names)
def test_two_names_never_have_the_same_hash_or_slug(one: str, other: str) -> None:
    if one != other:
        assert short_hash(one) != short_hash(other)
        assert slug(one) != slug(other)
    assert short_hash(one, other) != short_hash(one + other)


def test_a_nul_character_is_refused_wherever_it_could_cut_a_text_off() -> None:
    for write in (quoted, literal):
        with pytest.raises(NameNotReadError):
            write("a\0b")


def test_the_server_reads_what_we_quote(connection: psycopg.Connection) -> None:
    for strings in ("on", "off"):
        connection.execute(f"SET standard_conforming_strings = {strings}".encode())
        for text in ("it's", "a\\b", "\\", "'", "''", "%s", 'we"ird', "é", "\n", "$$", "\\'"):
            rows = connection.execute(f"SELECT {literal(text)} AS {quoted(text)}".encode())
            assert rows.fetchone() == (text,)
            assert rows.description is not None
            assert rows.description[0].name == text

"""A change is kept as JSON and written as Python, and is the same afterwards."""

import dataclasses
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.changes.document import (
    describe_difference,
    from_document,
    to_document,
    to_python,
)
from expandcontract.changes.registry import kinds
from expandcontract.errors import UnknownKindError

labels = {
    "owner": st.text(max_size=5),
    "contract_by": st.none() | st.dates(date(2020, 1, 1), date(2100, 1, 1)),
}
words = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
changes = st.one_of(
    st.builds(ec.RenameColumn, table=words, old=words, new=words.map(lambda w: f"{w}_x"), **labels),
    st.builds(
        ec.AddIndex,
        table=words,
        columns=st.lists(words, min_size=1, max_size=3).map(tuple),
        unique=st.booleans(),
        include=st.lists(words, max_size=2).map(tuple),
        where=words,
        **labels,
    ),
)


@given(changes)
def test_a_change_survives_being_kept(change: Change) -> None:
    document = json.loads(json.dumps(to_document(change)))

    assert from_document(document) == change
    assert to_document(from_document(document)) == document


@given(changes)
def test_a_change_survives_being_written_as_python(change: Change) -> None:
    names = {"ec": ec, "datetime": __import__("datetime")}

    assert eval(to_python(change), names) == change  # noqa: S307  # what we wrote ourselves


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds())
def test_every_kind_is_a_frozen_value_with_a_stable_name(kind: type[Change]) -> None:
    assert kinds()[kind.kind] is kind
    assert kind.kind == kind.kind.lower()
    parameters = kind.__dataclass_params__  # type: ignore[attr-defined]
    assert parameters.frozen
    assert {"name", "owner", "contract_by"} <= {
        field.name
        for field in dataclasses.fields(kind)  # type: ignore[arg-type]
    }
    assert kind.__doc__


def test_an_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(UnknownKindError, match="rename_column"):
        from_document({"kind": "rename_colum", "fields": {}})


def test_a_difference_names_the_fields() -> None:
    one = to_document(ec.RenameColumn(table="t", old="a", new="b"))
    other = to_document(ec.RenameColumn(table="t", old="a", new="c", name="t.a-to-b"))
    index = to_document(ec.AddIndex(table="t", columns=("a",)))

    assert describe_difference(one, other) == "new was 'b', is 'c'"
    assert describe_difference(one, index) == "kind was rename_column, is add_index"

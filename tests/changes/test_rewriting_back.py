"""A rename there and back leaves an expression as it was."""

from hypothesis import given
from hypothesis import strategies as st

from expandcontract.changes._rewriting import renamed

OLD, NEW = "email", "Odd \"n\" 'x'"
leaves = st.sampled_from(
    [
        '"email"',
        '"other"',
        "''::text",
        "'email'::text",
        "'it''s email'::character varying",
        "E'\\\\email'::text",
        "42",
        "'{email}'::text[]",
        "now()",
        "email(1)",
        "NULL::email",
        "x.email",
    ]
)
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds("({} <> {})".format, inner, inner),
        st.builds("lower({})".format, inner),
        st.builds('({} COLLATE "C")'.format, inner),
        st.builds("({} IS NOT NULL)".format, inner),
        st.builds("CASE WHEN {} THEN {} ELSE {} END".format, inner, inner, inner),
        st.builds("({})::numeric(10,2)".format, inner),
        st.builds("({} = ANY (ARRAY[{}, {}]))".format, inner, inner, inner),
    ),
    max_leaves=8,
)


@given(expressions)
def test_there_and_back_is_the_same_text(expression: str) -> None:
    there = renamed(expression, OLD, NEW)

    assert renamed(there, NEW, OLD) == expression
    assert there.count('"email"') == 0
    assert there.replace('"Odd ""n"" \'x\'"', '"email"') == expression

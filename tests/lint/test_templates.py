"""What a template renders to a name or a value is read around; what it hides is named."""

import pytest

from expandcontract.lint.linter import lint
from expandcontract.lint.reading import read
from expandcontract.lint.rule import Finding


def found(sql: str) -> tuple[Finding, ...]:
    return lint(sql, runner="autocommit").findings


@pytest.mark.parametrize(
    "name",
    [
        "{{ schema }}", "{{- schema -}}", "{{ ref('orders') }}", "{{ name | default('}') }}",
        "{{ f({'a': 1}) }}", "<%= table %>", "<%=table-%>", "#{table}", '#{quote("orders")}',
        "${table}", "${flyway:table}", "@@table@@", "@table@", "%{table}", "$(table)", "{table}",
        "{table!r}", ":table", "%(table)s", "pre_{{ x }}_post", "app_${env}", "x_<%= n %>",
        "{{ a }}_{{ b }}", "@@a@@.orders", "#{a}.#{b}", '"#{a}"."orders"',
    ],
)  # fmt: skip
def test_a_name_may_be_a_template(name: str) -> None:
    text = f"CREATE INDEX i ON {name} (a);\nSELECT 1;"

    assert [(f.rule, f.line) for f in found(text)] == [("EC101", 1)]
    assert name.replace('"', "") in found(text)[0].message.replace('"', "")
    assert [text[one.start : one.end] for one in read(text)] == text.removesuffix(";").split(";\n")


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE t ADD COLUMN a {{ type }}",
        "ALTER TABLE t ADD COLUMN a varchar(#{limit})",
        "ALTER TABLE t ADD COLUMN a float(<%= n %>)",
        "ALTER TABLE t ADD COLUMN a int DEFAULT ${value}",
        "SELECT * FROM t WHERE a = '{{ x }}' AND b = {{ y }}",
        "{% if new %} ALTER TABLE t ADD COLUMN a int; {% endif %} SELECT 1",
        "{# it's a note #}\nSELECT 1",
        "<% ts.each do |t| %> SELECT <%= t %>; <% end %>",
        "<%# it's a note %> SELECT 1",
    ],
)
def test_values_types_and_blocks_too(sql: str) -> None:
    assert found(sql) == ()


def test_both_branches_are_judged_as_if_they_ran() -> None:
    sql = "{% if a %}\nDROP TABLE x;\n{% else %}\nDROP TABLE y;\n{% endif %}\nDROP TABLE z;\n"

    assert [f.line for f in found(sql)] == [2, 4, 6]


@pytest.mark.parametrize(
    ("sql", "language"),
    [
        ("{{ create_index('t') }}", "Jinja"),
        ("ALTER TABLE t {{ action }}", "Jinja"),
        ("ALTER TABLE t ADD {% if a %} a int {% else %} b int {% endif %}", "Jinja"),
        ("<%= statement %>", "ERB"),
        ("#{sql}", "Ruby"),
        ("${statement}", "${..}"),
        ("@@statement@@", "@@..@@"),
    ],
)
def test_what_hides_a_statement_is_named_once_with_its_language(sql: str, language: str) -> None:
    [finding, other] = found(f"{sql};\nDROP TABLE z;")

    assert finding.rule == "EC001"
    assert f"it is a template ({language}): lint what it renders to" in finding.message
    assert other.rule == "EC204"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM t WHERE a LIKE '{%' OR b LIKE '%}'",
        "SELECT 'x' <% b AND c %> d FROM t",
        "SELECT '{{1,2},{3,4}}'::int[][]",
        "SELECT a @@ b AND c @@ d FROM t",
        "SELECT @ a + @ b",
        "SELECT data #> '{a,b}', data #>> '{a}' FROM t",
        "SELECT '#{x}', $$ ${y} $$",
    ],
)
def test_what_only_looks_like_a_template_is_sql(sql: str) -> None:
    [statement] = read(sql)

    assert statement.node is not None
    assert found(sql) == ()


def test_a_mistake_beside_a_template_is_no_template() -> None:
    [finding, _] = found("ALTER TABLE t FROB;\nCREATE INDEX i ON {{ t }} (a);")

    assert "template" not in finding.message


def test_long_placeholders_are_no_long_names() -> None:
    assert (
        found("CREATE TABLE {{ a_rather_long_expression | with_a_filter | and_another(1) }} ()")
        == ()
    )


@pytest.mark.parametrize(
    "keys",
    [
        "(${c})", "({{ c }})", "(<%= c %>)", "(#{c})", "(:c)", "(${c}, b)", "(b, ${c} DESC)",
        "USING btree (${c})", "(${c} text_pattern_ops)", "(${f}(a))", "({{ a }}) WHERE b",
    ],
)  # fmt: skip
def test_a_key_of_an_index_may_be_a_template(keys: str) -> None:
    assert found(f"CREATE INDEX CONCURRENTLY i ON t {keys};") == ()
    assert [f.rule for f in found(f"CREATE INDEX i ON t {keys};")] == ["EC101"]


@pytest.mark.parametrize(
    "before",
    [
        "{{ config(materialized='table') }}\n",
        "  {{- config(\n    a=1\n) -}}  \n\n",
        "SELECT 1;\n{{ a }}\n{{ b }} {{ c }} -- a note\n",
        "<%= render 'settings' %>\n",
        "${settings}\n",
    ],
)
def test_a_template_on_a_line_of_its_own_hides_no_statement(before: str) -> None:
    text = f"{before}CREATE INDEX i ON t (a);\nDROP TABLE z;\n"

    line = before.count("\n") + 1
    assert [(f.rule, f.line) for f in found(text)] == [("EC101", line), ("EC204", line + 1)]


@pytest.mark.parametrize(
    "sql",
    [
        "{{ a }} CREATE INDEX i ON t (a);",
        "{{ a }}\nON t (a);",
        "{{ a }}\n;",
        "SELECT 1; {{ a }}\nSELECT 2;",
    ],
)
def test_a_template_that_may_be_a_part_of_the_statement_is_named(sql: str) -> None:
    assert [f.rule for f in found(sql)] == ["EC001"]

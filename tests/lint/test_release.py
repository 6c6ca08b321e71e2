"""With a release file the rules know what the running code maps."""

import pytest

from expandcontract.lint.finding import Certainty, Finding, Severity
from expandcontract.lint.linter import Options, Source, judge
from expandcontract.lint.release import MappedColumn, Release, ReleaseNotReadError, read
from expandcontract.model.names import TableName

COLUMNS = {
    "id": MappedColumn(name="id", type="INTEGER", required=False, default="server"),
    "email": MappedColumn(name="email", type="VARCHAR(50)", required=True),
    "kind": MappedColumn(name="kind", type="TEXT", required=False, default="server"),
}
RELEASE = Release({TableName("users", "public"): COLUMNS, TableName("Odd one", "app"): {}})
KNOWN = "CREATE TABLE users (id int, email text NOT NULL DEFAULT 'a', kind text NOT NULL DEFAULT 1)"


def found(
    sql: str, release: str = "", schema: str = "", dialect: str = "postgres"
) -> list[Finding]:
    options = Options(major=15, release=release, schema=schema, dialect=dialect)
    return list(judge([Source(text=sql)], options).findings)


def test_a_document_comes_back_as_it_was() -> None:
    assert read(RELEASE.document()) == RELEASE
    assert read(Release().document()) == Release()


def test_a_document_does_not_depend_on_the_order_of_the_columns() -> None:
    tables = list(RELEASE.tables.items())[::-1]
    turned = Release({name: dict(list(columns.items())[::-1]) for name, columns in tables})

    assert turned.document() == RELEASE.document()


@pytest.mark.parametrize(
    "text", ["x", "[]", "{}", '{"version": 2}', '{"version": 1}', '{"version": 1, "tables": []}',
             '{"version": 1, "tables": {"a": {"b": {}}}}', '{"version": 1, "tables": {"a.": {}}}'],
)  # fmt: skip
def test_a_text_that_is_no_release_file_is_refused(text: str) -> None:
    with pytest.raises(ReleaseNotReadError):
        read(text)


@pytest.mark.parametrize("dialect", ["postgres", "mysql"])
@pytest.mark.parametrize(
    ("mapped", "unmapped"),
    [
        ("ALTER TABLE users DROP COLUMN email", "ALTER TABLE users DROP COLUMN old"),
        ("ALTER TABLE users RENAME COLUMN email TO e", "ALTER TABLE users RENAME COLUMN old TO e"),
        ("ALTER TABLE users RENAME TO people", "ALTER TABLE drafts RENAME TO sketches"),
    ],
)
def test_what_is_mapped_is_an_error_and_what_is_not_is_nothing(
    mapped: str, unmapped: str, dialect: str
) -> None:
    document = RELEASE.document()
    about = [f for f in found(mapped, document, dialect=dialect) if f.rule.startswith("EC2")]

    assert [(f.severity, f.certainty) for f in about] == [(Severity.ERROR, Certainty.PROVEN)]
    assert "the running release, which maps" in about[0].message
    assert [f for f in found(unmapped, document, dialect=dialect) if f.rule[2] == "2"] == []
    assert found(unmapped, dialect=dialect)[0].certainty is Certainty.ASSUMED


def test_the_rows_of_an_unmapped_table_are_a_note() -> None:
    assert [f.severity for f in found("DROP TABLE drafts", RELEASE.document())] == [Severity.INFO]
    assert [f.severity for f in found("DROP TABLE users", RELEASE.document())] == [Severity.ERROR]


def test_a_moved_table_is_one_that_is_mapped() -> None:
    assert found("ALTER TABLE drafts SET SCHEMA old", RELEASE.document()) == []
    [finding] = found("ALTER TABLE users SET SCHEMA old", RELEASE.document())
    assert finding.certainty is Certainty.PROVEN


def test_a_required_column_that_the_release_does_not_write_refuses_its_inserts() -> None:
    [finding] = found("ALTER TABLE users ADD COLUMN a int NOT NULL", RELEASE.document())

    assert finding.message.endswith(
        "and so do the INSERTs of the running release, which does not map it"
    )
    assert finding.certainty is Certainty.PROVEN


@pytest.mark.parametrize(
    ("column", "rules"),
    [("email", []), ("kind", ["EC207"]), ("other", ["EC207"])],
)
def test_a_default_matters_to_a_release_that_leaves_the_column_out(
    column: str, rules: list[str]
) -> None:
    sql = f"ALTER TABLE users ALTER COLUMN {column} DROP DEFAULT"
    known = KNOWN.replace("kind text", "other text NOT NULL DEFAULT 2, kind text")

    assert [f.rule for f in found(sql, RELEASE.document(), known)] == rules
    assert [f.rule for f in found(sql, schema=known)] == ["EC207"]


COPIED = "ALTER TABLE users ADD a text; UPDATE users SET a = {old} WHERE id < 9; "


@pytest.mark.parametrize(
    ("sql", "rules"),
    [
        (COPIED + "ALTER TABLE users DROP COLUMN {old}", ["EC203", "EC220"]),
        (COPIED + "ALTER TABLE users RENAME COLUMN {old} TO b", ["EC202", "EC220"]),
        (COPIED + "ALTER TABLE users DROP COLUMN unread", ["EC203"]),
        (COPIED + "ALTER TABLE users DROP COLUMN a", ["EC203"]),
        (COPIED + "ALTER TABLE others DROP COLUMN {old}", ["EC203"]),
        ("CREATE TABLE n AS SELECT * FROM users; DROP TABLE users", ["EC204", "EC220"]),
        ("CREATE TABLE n (a int); INSERT INTO n SELECT 1 FROM users; DROP TABLE users",
         ["EC204", "EC220"]),
        ("CREATE TABLE n (a int); INSERT INTO n SELECT 1 FROM users; DROP TABLE n", []),
    ],
)  # fmt: skip
def test_what_is_copied_and_taken_away_in_one_run(sql: str, rules: list[str]) -> None:
    assert [f.rule for f in found(sql.format(old="email"))] == rules
    if "DROP COLUMN a" not in sql and "{old}" in sql:
        assert found(sql.format(old="old"), RELEASE.document()) == []


def test_what_hangs_on_an_unseen_definition_says_so() -> None:
    sql = "ALTER TABLE users ALTER COLUMN email TYPE varchar(60)"

    assert [f.certainty for f in found(sql)] == [Certainty.UNKNOWN]
    assert [f.certainty for f in found("CREATE INDEX i ON users (id)")] == [Certainty.PROVEN]


NULLABLE = Release(
    {TableName("users", "public"): {"note": MappedColumn(name="note", type="TEXT", required=False)}}
).document()
PROVEN_FILLED = "CREATE TABLE users (note text CHECK (note IS NOT NULL), extra text)"


@pytest.mark.parametrize(
    ("sql", "release", "said"),
    [
        ("ALTER TABLE users ALTER note SET NOT NULL", NULLABLE, ["EC222"]),
        ("ALTER TABLE users ALTER note SET NOT NULL", "", []),
        ("ALTER TABLE users ALTER extra SET NOT NULL", NULLABLE, ["EC222"]),
        ("ALTER TABLE drafts ALTER note SET NOT NULL", NULLABLE, []),
        (
            "ALTER TABLE users ALTER note SET DEFAULT '';ALTER TABLE users ALTER note SET NOT NULL",
            NULLABLE,
            [],
        ),
        ("ALTER TABLE users ALTER email SET NOT NULL", RELEASE.document(), []),
    ],
)
def test_a_column_that_the_release_leaves_null_cannot_be_required_yet(
    sql: str, release: str, said: list[str]
) -> None:
    schema = PROVEN_FILLED + ";ALTER TABLE users ADD email text CHECK (email IS NOT NULL)"

    assert [f.rule for f in found(sql, release, schema) if f.rule.startswith("EC2")] == said


@pytest.mark.parametrize(
    ("release", "certainty"), [(RELEASE.document(), Certainty.PROVEN), ("", Certainty.ASSUMED)]
)
def test_a_narrower_type_refuses_what_the_release_writes(
    release: str, certainty: Certainty
) -> None:
    schema = "CREATE TABLE users (email varchar(50), old varchar(50))"
    narrowed = "ALTER TABLE users ALTER COLUMN {} TYPE varchar(20)"
    [about] = [f for f in found(narrowed.format("email"), release, schema) if f.rule == "EC221"]

    assert about.certainty is certainty
    assert not [f for f in found(narrowed.format("old"), release, schema) if f.rule == "EC221"] or (
        not release
    )

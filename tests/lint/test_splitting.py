"""Where one statement ends and the next begins."""

import pytest

from expandcontract.lint.splitting import Lines, split

ATOMIC = (
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END"
)


def pieces(text: str) -> list[str]:
    return [text[piece.start : piece.tokens[-1].end] for piece in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        (";;; SELECT 1;;", ["SELECT 1"]),
        ("", []),
        ("-- nothing\n/* at all */", []),
        ("SELECT ';' ; SELECT 2", ["SELECT ';'", "SELECT 2"]),
        ("SELECT 'it''s; so'; SELECT 2", ["SELECT 'it''s; so'", "SELECT 2"]),
        (r"SELECT E'a\';b'; SELECT 2", [r"SELECT E'a\';b'", "SELECT 2"]),
        (r"SELECT 'a\'; SELECT 2", [r"SELECT 'a\'", "SELECT 2"]),
        ('SELECT "a;b"; SELECT 2', ['SELECT "a;b"', "SELECT 2"]),
        ("SELECT 1 -- ; no\n + 1; SELECT 2", ["SELECT 1 -- ; no\n + 1", "SELECT 2"]),
        ("SELECT /* /* ; */ ; */ 1; SELECT 2", ["SELECT /* /* ; */ ; */ 1", "SELECT 2"]),
        ("SELECT 1 /* why */ ; SELECT 2", ["SELECT 1", "SELECT 2"]),
        (
            "CREATE /* why */ RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
            ["CREATE /* why */ RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "SELECT 3"],
        ),
        ("DO $$ a; b $$; SELECT 2", ["DO $$ a; b $$", "SELECT 2"]),
        ("DO $x$ a; $$ b $$ ; $x$; SELECT 2", ["DO $x$ a; $$ b $$ ; $x$", "SELECT 2"]),
        ("SELECT $1; SELECT a$b$c; SELECT 3", ["SELECT $1", "SELECT a$b$c", "SELECT 3"]),
        ("SELECT 1\\gexec\nSELECT 2;", ["SELECT 1", "\\gexec", "SELECT 2"]),
        ("\\set x 'a;b'\nSELECT :x;", ["\\set x 'a;b'", "SELECT :x"]),
        ("COPY t FROM stdin;\nit's; 1\n\\.\nSELECT 2;", ["COPY t FROM stdin", "SELECT 2"]),
        ("COPY t FROM '/tmp/x'; SELECT 2", ["COPY t FROM '/tmp/x'", "SELECT 2"]),
        (f"{ATOMIC}; SELECT 2", [ATOMIC, "SELECT 2"]),
        (
            "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
            ["CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "SELECT 3"],
        ),
        ("SELECT (1; SELECT 2", ["SELECT (1", "SELECT 2"]),
        ("\ufeffSELECT 1; SELECT 2", ["\ufeffSELECT 1", "SELECT 2"]),
    ],
)
def test_a_text_is_cut_where_the_server_would_cut_it(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


OFF = "SET standard_conforming_strings = off"


@pytest.mark.parametrize(
    ("before", "cut"),
    [
        (OFF, False),
        ("SET LOCAL standard_conforming_strings TO 'false'", False),
        ("SET SESSION standard_conforming_strings = 0", False),
        (f"{OFF}; CREATE TABLE t (a int)", False),
        ("SET standard_conforming_strings = on", True),
        ("SET escape_string_warning = off", True),
        (f"{OFF}; SET standard_conforming_strings TO DEFAULT", True),
        (f"{OFF}; RESET standard_conforming_strings", True),
        (f"{OFF}; RESET ALL", True),
    ],
)
def test_a_backslash_escapes_where_texts_do_not_conform(before: str, cut: bool) -> None:  # noqa: FBT001
    whole = [r"INSERT INTO t VALUES ('it\'; b')", r"SELECT N'\'', B'1'"]

    behind = pieces(f"{before}; {'; '.join(whole)}")[before.count(";") + 1 :]

    assert (behind != whole) is cut


def test_a_string_that_nobody_closes_spoils_its_own_statement_only() -> None:
    text = "SELECT 1;\nSELECT 'open;\nSELECT 2;\n"

    assert pieces(text)[0] == "SELECT 1"
    assert pieces(text)[-1] == "SELECT 2"


def test_lines_and_columns_count_from_one() -> None:
    lines = Lines("a\nbc\n\nd")

    assert [lines.position(offset) for offset in (0, 1, 2, 3, 5, 6)] == [
        (1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (4, 1),
    ]  # fmt: skip

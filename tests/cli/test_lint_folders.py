"""What a path stands for: nothing that it holds is left out without a word."""

import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Ec
from tests.lint.test_environments import OFFLINE
from tests.lint.test_revisions import HEAD


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n")
    (tmp_path / "migrations" / "env.py").write_text(OFFLINE.format(head="", more=""))
    (versions / "__init__.py").write_text("")
    text = HEAD.format(revision="r1", down=None) + "    op.execute('DROP TABLE a')\n"
    (versions / "r1_drop.py").write_text(text)
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "drop.sql").write_text("DROP TABLE b;")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("migrations", ["migrations/versions/r1_drop.py"]),
        ("migrations/versions/", ["migrations/versions/r1_drop.py"]),
        (".", ["migrations/versions/r1_drop.py", "sql/drop.sql"]),
        ("sql", ["sql/drop.sql"]),
    ],
)
@pytest.mark.usefixtures("project")
def test_a_folder_stands_for_its_files_and_for_its_revisions(
    ec: Ec, path: str, files: list[str]
) -> None:
    outcome = ec("lint", path, "--json")

    assert (outcome.code, outcome.err) == (1, "")
    assert [file["path"] for file in json.loads(outcome.out)["files"]] == files


@pytest.mark.usefixtures("project")
def test_standard_input_stands_beside_files_and_is_not_mended(
    ec: Ec, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Input:
        buffer = io.BytesIO(b"DROP TABLE c;")

    monkeypatch.setattr("sys.stdin", Input())

    both = ec("lint", "-", "sql/drop.sql", "--json")

    assert [file["path"] for file in json.loads(both.out)["files"]] == ["<stdin>", "sql/drop.sql"]
    for option in (["--fix"], ["--diff"], ["--base", "HEAD"]):
        assert ec("lint", "-", *option).code == 2

"""`ec init`: what it shows is what it writes, and what is there stays."""

import json
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from expandcontract.cli import ec


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(*words: str, answers: str | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(ec, ["init", *words], input=answers)
    return done.exit_code, done.stdout, done.stderr


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_everything_is_written_once(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'")
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = x\n")

    status, _, shown = init("--yes")

    after = contents(folder)
    assert status == 0
    assert tomllib.loads(after["pyproject.toml"]) == {
        "project": {"name": "x"},
        "tool": {"expandcontract": {"alembic_config": "alembic.ini"}},
    }
    [hook] = yaml.safe_load(after[".pre-commit-config.yaml"])["repos"][0]["hooks"]
    assert (hook["id"], hook["entry"]) == ("ec-lint", "ec lint")
    assert yaml.safe_load(after[".github/workflows/migrations.yml"])["jobs"]
    assert 'alembic_config = "alembic.ini"' in shown

    status, said, _ = init()
    assert (status, contents(folder)) == (0, after)
    assert said.count("already") == 3


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    status, _, shown = init("--dry-run")

    assert (status, contents(folder)) == (0, {})
    assert "ec-lint" in shown


def test_nobody_to_ask_is_an_error(folder: Path) -> None:
    status, _, said = init()

    assert (status, contents(folder)) == (2, {})
    assert "--yes" in said


def test_what_is_there_stays_and_the_entry_goes_to_the_head_of_the_list(folder: Path) -> None:
    before = "# ours\nrepos:\n# first\n- repo: https://example.org/x\n  rev: v1\n"
    before += "  hooks:\n  - id: x\nci:\n  skip: []\n"
    (folder / ".pre-commit-config.yaml").write_text(before)
    (folder / "expandcontract.toml").write_text("pg_version = 15\n")
    (folder / ".gitlab-ci.yml").write_text("stages: [test]\r\n")

    init("--yes")

    after = (folder / ".pre-commit-config.yaml").read_text()
    assert (
        after.replace(after[after.index("- repo: local") : after.index("- repo: https")], "")
        == before
    )
    assert [repo["repo"] for repo in yaml.safe_load(after)["repos"]] == [
        "local",
        "https://example.org/x",
    ]
    assert (folder / "expandcontract.toml").read_text() == "pg_version = 15\n"
    gitlab = (folder / ".gitlab-ci.yml").read_bytes().decode()
    assert list(yaml.safe_load(gitlab)) == ["stages", "expandcontract"]
    assert gitlab.count("\n") == gitlab.count("\r\n")


@pytest.mark.parametrize("text", ["repos: []\n", "repos: [{repo: local, hooks: []}]\n", "ci: {}\n"])
def test_what_cannot_be_added_to_safely_is_shown(folder: Path, text: str) -> None:
    (folder / ".pre-commit-config.yaml").write_text(text)

    _, said, _ = init("--yes")

    assert (folder / ".pre-commit-config.yaml").read_text() == text
    assert "- id: ec-lint" in said


def test_a_broken_pyproject_is_left_alone(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool")

    _, said, _ = init("--yes")

    assert (folder / "pyproject.toml").read_text() == "[tool"
    assert "cannot be read" in said


def test_json_says_what_was_done() -> None:
    _, said, _ = init("--yes", "--json")

    assert [part["done"] for part in json.loads(said)["parts"]] == ["written"] * 3


def test_the_step_names_an_action_only_if_one_was_named(folder: Path) -> None:
    _, _, shown = init("--dry-run")
    assert "uses: expandcontract" not in shown

    assert init("--yes", "--action", "me/expandcontract@0a1b2c3")[0] == 0
    steps = yaml.safe_load((folder / ".github/workflows/migrations.yml").read_text())
    assert steps["jobs"]["expandcontract"]["steps"][-1] == {"uses": "me/expandcontract@0a1b2c3"}

    status, _, said = init("--action", "v1; rm -rf /")
    assert (status, "owner/name@v1" in said) == (2, True)

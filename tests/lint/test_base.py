"""Only what is new since the merge base is judged; the rest is history."""

import subprocess
from pathlib import Path

import pytest

from expandcontract.cli.lint_base import changed, only_new
from expandcontract.cli.lint_inputs import InputNotReadError
from expandcontract.lint.options import Source


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@y")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)  # noqa: S607


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-b", "main")
    (tmp_path / "1.sql").write_text("SELECT 1")
    (tmp_path / "2.sql").write_text("SELECT 2")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "x")
    return tmp_path


def names(base: str) -> set[str]:
    return {path.name for path in changed(base)}


def test_changed_committed_and_untracked_files_are_new(project: Path) -> None:
    assert names("main") == set()

    git(project, "checkout", "-b", "topic")
    (project / "2.sql").write_text("SELECT 3")
    (project / "3.sql").write_text("SELECT 3")
    git(project, "add", "3.sql")
    git(project, "commit", "-m", "y")
    (project / "a folder").mkdir()
    (project / "a folder" / "ä.sql").write_text("SELECT 4")
    (project / "1.sql").unlink()

    assert names("main") == {"2.sql", "3.sql", "ä.sql"}


def test_what_came_on_the_other_branch_is_not_new(project: Path) -> None:
    git(project, "checkout", "-b", "topic")
    git(project, "checkout", "main")
    (project / "2.sql").write_text("SELECT 3")
    git(project, "commit", "-am", "y")
    git(project, "checkout", "topic")

    assert names("main") == set()


@pytest.mark.usefixtures("project")
def test_a_branch_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(InputNotReadError, match="nowhere"):
        changed("nowhere")


def test_a_row_with_something_new_keeps_the_rest_as_history(project: Path) -> None:
    old, new = (Source(text="", path=name) for name in ("1.sql", "2.sql"))

    [row] = only_new([[old, new], [old]], frozenset({project / "2.sql"}))

    assert [(source.path, source.judged) for source in row] == [("1.sql", False), ("2.sql", True)]


def test_a_shallow_clone_says_what_to_do(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(project, "checkout", "-b", "topic")
    for name in ("3.sql", "4.sql"):
        (project / name).write_text("SELECT 3")
        git(project, "add", ".")
        git(project, "commit", "-m", name)
    clone = tmp_path_factory.mktemp("clone")
    git(clone, "clone", "--depth=1", "--branch=topic", f"file://{project}", ".")
    monkeypatch.chdir(clone)

    with pytest.raises(InputNotReadError, match="git fetch origin main:refs/remotes/origin/main"):
        changed("origin/main")

    git(clone, "fetch", "--depth=1", "origin", "main:refs/remotes/origin/main")
    with pytest.raises(InputNotReadError, match=r"this clone is shallow.*fetch-depth: 0"):
        changed("origin/main")

    git(clone, "fetch", "--unshallow", "origin")
    assert names("origin/main") == {"3.sql", "4.sql"}


def test_branches_that_share_nothing_say_so(project: Path) -> None:
    git(project, "checkout", "--orphan", "other")
    git(project, "commit", "-m", "y")

    with pytest.raises(InputNotReadError, match="have no commit in common"):
        changed("main")

"""The action, the hooks and the template: their own lines, run on a branch with new revisions."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from expandcontract.cli.init_parts import parts
from tests.lint.test_environments import OFFLINE
from tests.lint.test_revisions import HEAD

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
CHANGE = "import expandcontract as ec\n    op.expand(ec.RenameColumn(table='t', old='a', new='b'))"


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@y")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)  # noqa: S607


def revision(project: Path, name: str, down: str | None, body: str) -> None:
    text = HEAD.format(revision=name, down=down) + f"    {body}\n"
    (project / "versions" / f"{name}.py").write_text(text)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A shallow clone of a branch, as a CI job has it."""
    project = tmp_path / "origin"
    (project / "versions").mkdir(parents=True)
    (project / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\n")
    (project / "env.py").write_text(OFFLINE.format(head="", more=""))
    revision(
        project,
        "a",
        None,
        "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True),"
        " sa.Column('a', sa.Text))",
    )
    revision(project, "old", "a", "op.drop_table('u')")
    git(project, "init", "-b", "main")
    for words in (("add", "."), ("commit", "-m", "x"), ("checkout", "-b", "topic")):
        git(project, *words)
    revision(project, "new", "old", "op.create_index('i', 't', ['a'])")
    git(project, "add", ".")
    git(project, "commit", "-m", "y")
    revision(project, "change", "new", CHANGE)
    git(project, "add", ".")
    git(project, "commit", "-m", "z")
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "--depth=1", "--branch=topic", f"file://{project}", str(folder))
    return folder


def shell(folder: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{folder.parent}:{BIN}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],  # noqa: S607
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ *([^} ]+) *\}\}", lambda found: values[found[1]], text)


def test_the_action_comments_and_fails_on_what_is_new(clone: Path) -> None:
    gh, summary = clone.parent / "gh", clone.parent / "summary.md"
    gh.write_text(f'#!/bin/sh\necho "$@" >{clone.parent}/gh.said\n')
    gh.chmod(0o755)
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    given = {
        **{name: str(one["default"]) for name, one in action["inputs"].items()},
        "base": "main",
        "package": "expandcontract",
    }
    values = {f"inputs.{name}": value for name, value in given.items()}
    values["github.event.pull_request.html_url"] = "https://example.org/1"
    outcomes = []
    for step in action["runs"]["steps"]:
        assert "${{" not in step["run"], "an input must not become part of a script"
        variables = {name: filled(text, values) for name, text in step.get("env", {}).items()}
        variables["GITHUB_STEP_SUMMARY"] = str(summary)
        outcomes.append(shell(clone, step["run"], **variables))

    *before, last = outcomes
    assert [done.returncode for done in before] == [0] * len(before), before
    assert (last.returncode, last.stdout) == (1, last.stdout)
    assert "::error file=versions/new.py,line=10,col=5,endLine=10" in last.stdout
    assert "old.py" not in last.stdout
    comment = summary.read_text()
    assert "| `versions/new.py:10` | error EC101 (index-not-concurrent) |" in comment
    assert (
        "| 10 | <code>CREATE INDEX i ON t (a)</code> | SHARE on t | builds an index of t |"
        in comment
    )
    assert "carries out **expand** of `t.a-to-b`" in comment
    assert "ACCESS EXCLUSIVE on public.t" in comment
    said = (clone.parent / "gh.said").read_text()
    assert said.startswith("pr comment https://example.org/1 --edit-last --create-if-none")


def test_the_step_that_init_writes_comments_and_fails_on_what_is_new(clone: Path) -> None:
    gh = clone.parent / "gh"
    gh.write_text(f'#!/bin/sh\necho "$@" >{clone.parent}/gh.said\n')
    gh.chmod(0o755)
    git(clone, "fetch", "--unshallow", "origin", "+refs/heads/*:refs/remotes/origin/*")
    [text] = [part.text for part in parts(clone) if ".github" in str(part.path)]
    steps = yaml.safe_load(text)["jobs"]["expandcontract"]["steps"]
    assert steps[0]["with"] == {"fetch-depth": 0}
    values = {
        "github.base_ref": "main",
        "github.token": "x",
        "github.event.pull_request.html_url": "https://example.org/1",
    }
    outcomes = []
    for step in steps[-2:]:
        variables = {name: filled(value, values) for name, value in step["env"].items()}
        variables |= {"RUNNER_TEMP": str(clone.parent), "GITHUB_STEP_SUMMARY": "/dev/null"}
        outcomes.append(shell(clone, step["run"], **variables))

    assert [done.returncode for done in outcomes] == [0, 1], outcomes
    assert "::error file=versions/new.py,line=10,col=5,endLine=10" in outcomes[1].stdout
    assert "### `change` (change.py)" in (clone.parent / "ec.md").read_text()
    assert (clone.parent / "gh.said").read_text().startswith("pr comment https://example.org/1")


def test_the_template_for_gitlab_reports_what_is_new(clone: Path) -> None:
    job = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text())["expandcontract"]
    git(clone, "fetch", "--unshallow")  # GIT_DEPTH: 0
    variables = {**job["variables"], "EC_BASE": "main"}

    done = shell(clone, "\n".join([*job["before_script"], *job["script"]]), **variables)

    assert done.returncode == 1, done.stderr
    [found] = json.loads((clone / "ec-lint.json").read_text())
    assert (found["location"]["path"], found["location"]["lines"]["begin"]) == (
        "versions/new.py",
        10,
    )
    assert "### `change` (change.py)" in (clone / "ec-plan.md").read_text()


def test_the_hook_judges_the_files_that_it_is_for(clone: Path) -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (clone / "versions" / "__init__.py").write_text("")
    (clone / "x.sql").write_text("DROP TABLE t;")
    files = [str(path.relative_to(clone)) for path in clone.rglob("*") if path.is_file()]
    meant = [file for file in files if re.search(hook["files"], file)]

    done = shell(clone, f"{hook['entry']} {shlex.join(meant)}")

    assert sorted(meant) == [
        "versions/a.py",
        "versions/change.py",
        "versions/new.py",
        "versions/old.py",
        "x.sql",
    ]
    assert done.returncode == 1
    assert "versions/new.py:10:5: error EC101" in done.stdout
    assert "x.sql:1:1: error EC204" in done.stdout


def test_what_init_writes_is_run_by_pre_commit(clone: Path) -> None:
    assert shell(clone, "ec init --yes").returncode == 0
    git(clone, "add", ".")
    variables = {"PRE_COMMIT_HOME": str(clone.parent / "hooks")}

    done = shell(clone, "pre-commit run --files versions/new.py", **variables)
    assert (done.returncode, "EC101" in done.stdout) == (1, True), done.stderr

    done = shell(clone, "pre-commit run --files versions/a.py", **variables)
    assert done.returncode == 0, done.stdout


def test_a_path_that_is_no_revision_is_refused(clone: Path) -> None:
    done = shell(clone, "ec lint env.py")

    assert (done.returncode, "it is no revision" in done.stderr) == (2, True)


def test_paths_are_those_of_the_repository_in_a_project_further_down(clone: Path) -> None:
    lint = "ec lint versions/new.py --format"

    done = shell(clone, f"{lint} github", GITHUB_WORKSPACE=str(clone.parent))
    assert "::error file=clone/versions/new.py,line=10" in done.stdout

    done = shell(clone, f"{lint} gitlab", CI_PROJECT_DIR=str(clone.parent))
    assert json.loads(done.stdout)[0]["location"]["path"] == "clone/versions/new.py"

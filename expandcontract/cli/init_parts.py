"""What `ec init` would write: the text, where it belongs, and why not where it is there already."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from expandcontract.config.settings import Config

_WORKFLOW = """\
name: migrations
on: pull_request
permissions:
  contents: read
  pull-requests: write  # for the comment
jobs:
  expandcontract:
    runs-on: ubuntu-latest
    steps:
"""
_PYTHON = """\
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
"""
_ACTION = """\
      - uses: actions/checkout@v4
{python}\
      - run: python -m pip install .  # what env.py and the revisions import
      - uses: {action}
"""
_STEPS = """\
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0  # back to where the branch began
{python}\
      - run: python -m pip install . expandcontract  # what env.py and the revisions import, and ec
      - name: Comment
        env:
          EC_BASE: ${{{{ github.base_ref }}}}
          EC_PULL_REQUEST: ${{{{ github.event.pull_request.html_url }}}}
          GH_TOKEN: ${{{{ github.token }}}}
        run: |
          ec lint --base "origin/$EC_BASE" --format markdown --fail-on never >"$RUNNER_TEMP/ec.md"
          ec plan --base "origin/$EC_BASE" --format markdown >>"$RUNNER_TEMP/ec.md"
          cat "$RUNNER_TEMP/ec.md" >>"$GITHUB_STEP_SUMMARY"
          gh pr comment "$EC_PULL_REQUEST" --edit-last --create-if-none \\
            --body-file "$RUNNER_TEMP/ec.md" ||
            echo "::warning::the comment was not written: the job needs pull-requests: write"
      - name: Lint
        env:
          EC_BASE: ${{{{ github.base_ref }}}}
        run: ec lint --base "origin/$EC_BASE" --format github
"""
_GITLAB = """\

expandcontract:
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: "0"
    EC_BASE: $CI_MERGE_REQUEST_TARGET_BRANCH_NAME
  script:
    - python -m pip install . expandcontract
    - git fetch --no-tags origin "+refs/heads/$EC_BASE:refs/remotes/origin/$EC_BASE"
    - ec lint --base "origin/$EC_BASE" --format gitlab --output ec-lint.json
  artifacts:
    when: always
    reports:
      codequality: ec-lint.json
"""
_HOOK = """\
{indent}- repo: local
{indent}  hooks:
{indent}    - id: ec-lint
{indent}      name: lint migrations
{indent}      entry: ec lint
{indent}      language: system
{indent}      files: {files}
{indent}      require_serial: true
"""
_FILES = r"(\.sql$|(^|/)versions/(?!__init__)[^/]+\.py$)"
_REPOS = re.compile(
    r"^repos:[ \t]*(?:#.*)?\r?\n(?P<before>(?:[ \t]*(?:#.*)?\r?\n)*)(?P<indent>[ ]*)- ",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file, and what is to be added to it; nothing where the reason says why."""

    path: Path
    what: str
    text: str = ""  #: what is added
    whole: str = ""  #: the file with it
    reason: str = ""


def parts(folder: Path, action: str = "") -> list[Part]:
    """The settings, the hook and the step, each for a project in this folder.

    The step uses the `action` where one is named, and else says its commands itself.
    """
    return [_settings(folder), _hook(folder), _step(folder, action)]


def _read(path: Path) -> str:
    """The text with the line ends that it has, and with bytes that are no UTF-8 as they are."""
    return path.read_bytes().decode("utf-8", "surrogateescape") if path.is_file() else ""


def _settings(folder: Path) -> Part:
    shared, own = folder / "pyproject.toml", folder / "expandcontract.toml"
    what = "the settings"
    if own.is_file():
        return Part(path=own, what=what, reason="it is there already")
    text = _read(shared)
    try:
        known = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError as error:
        return Part(path=shared, what=what, reason=f"left alone, since it cannot be read: {error}")
    if "expandcontract" in known:
        return Part(path=shared, what=what, reason="[tool.expandcontract] is there already")
    keys = _keys(folder)
    if not shared.is_file():
        return Part(path=own, what=what, text=keys, whole=keys)
    added = f"[tool.expandcontract]\n{keys}"
    return Part(path=shared, what=what, text=added, whole=_after(text, added))


def _keys(folder: Path) -> str:
    project = Config(source=folder / "pyproject.toml").alembic_ini
    shown = project.relative_to(folder).as_posix()
    lines = [f'alembic_config = "{shown}"'] if project.is_file() else []
    lines += [
        "# pg_version = 15        # the oldest major that the migrations will run on",
        '# fail_on = "warning"    # "error" unless you say so',
    ]
    return "".join(f"{line}\n" for line in lines)


def _after(text: str, added: str) -> str:
    """The text with more at its end, after an empty line."""
    between = _like(text, "\n\n")
    return f"{text.rstrip()}{between}{_like(text, added)}" if text.strip() else added


def _like(text: str, added: str) -> str:
    """What is added, with the line ends of the file."""
    return added.replace("\n", "\r\n") if "\r\n" in text else added


def _hook(folder: Path) -> Part:
    path, what = folder / ".pre-commit-config.yaml", "a pre-commit hook"
    text = _read(path)
    if re.search(r"^\s*-?\s*id:\s*['\"]?ec-lint\b", text, re.MULTILINE):
        return Part(path=path, what=what, reason="the hook ec-lint is there already")
    if not text.strip():
        added = "repos:\n" + _HOOK.format(indent="  ", files=_FILES)
        return Part(path=path, what=what, text=added, whole=added)
    found = _REPOS.search(text)
    added = _HOOK.format(indent=found["indent"] if found else "  ", files=_FILES)
    if found is None:
        reason = f"left alone, since its repos are written in an unusual way; add\n{added}"
        return Part(path=path, what=what, reason=reason)
    at = found.end("before")
    whole = text[:at] + _like(text, added) + text[at:]
    return Part(path=path, what=what, text=added, whole=whole)


def _step(folder: Path, action: str) -> Part:
    gitlab = folder / ".gitlab-ci.yml"
    what = "a step in CI"
    if gitlab.is_file():
        text = _read(gitlab)
        if re.search(r"\bec lint\b|expandcontract", text):
            return Part(path=gitlab, what=what, reason="it speaks of expandcontract already")
        added = _GITLAB.lstrip()
        return Part(path=gitlab, what=what, text=added, whole=_after(text, added))
    workflows = folder / ".github" / "workflows"
    for path in sorted(workflows.glob("*.y*ml")):
        if re.search(r"\bec lint\b|expandcontract", _read(path)):
            return Part(path=path, what=what, reason="it speaks of expandcontract already")
    path = workflows / "migrations.yml"
    if path.exists():
        path = workflows / "expandcontract.yml"
    text = _WORKFLOW + (_ACTION if action else _STEPS).format(python=_PYTHON, action=action)
    return Part(path=path, what=what, text=text, whole=text)

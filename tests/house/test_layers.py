"""The import contracts hold, and would say so if they did not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def contracts(place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "expandcontract", tmp_path / "expandcontract", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold() -> None:
    done = contracts(ROOT)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "imports", "contract"),
    [
        ("model/clock.py", "import time", "The core is pure BROKEN"),
        ("changes/_asking.py", "import psycopg", "The core is pure BROKEN"),
        ("ddl/planning.py", "import expandcontract.changes.base", "Layers BROKEN"),
        ("signals/waiting.py", "import expandcontract.engine.runner", "Layers BROKEN"),
        ("postgres/parsing.py", "import sqlglot", "Only lint and changes parse SQL BROKEN"),
        ("utils.py", "", "Layers BROKEN"),
    ],
)
def test_a_forbidden_import_breaks_them(
    copy: Path, module: str, imports: str, contract: str
) -> None:
    (copy / "expandcontract" / module).write_text(f'"""New."""\n\n{imports}\n')

    done = contracts(copy)

    assert done.returncode == 1
    assert contract in done.stdout

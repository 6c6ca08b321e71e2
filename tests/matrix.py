"""Run the tests that depend on the server once for every PostgreSQL major found here.

`python -m tests.matrix [MAJOR…] [FOLDER…] [pytest arguments…]`; a major that is named and missing
fails. Without a folder all are run whose tests say something about the server. Only when they are
named `soak` is run, which kills every kind at every commit, and `trees`, which walks and tells
every change of partitioned and inherited tables.
"""

import os
import subprocess
import sys
from pathlib import Path

from expandcontract import embedded
from tests.support.releases import SUPPORTED, fits
from tests.support.wish import Wish

HERE = Path(__file__).parent
FOLDERS = ("facts", "postgres", "engine", "ops", "signals", "stories")
"""The folders whose tests say something about the server, not about us."""
NAMED = {"soak": "soak/test_kill_kinds.py", "trees": "soak/test_parts.py"}
"""What takes long, by the word for it."""
LINTED = ("facts/test_lint_facts.py",)
"""What runs on a major that the linter knows and the engine does not."""


def main(arguments: list[str]) -> int:
    """Return how many majors failed."""
    named = [int(word) for word in arguments if word.isdecimal()]
    chosen = [word for word in arguments if word in FOLDERS or word in NAMED]
    options = [word for word in arguments if not word.isdecimal() and word not in chosen]
    found = embedded.discover((Wish.read().cache,))
    majors = named or sorted({one.major for one in found})
    folders = [HERE / NAMED.get(name, name) for name in chosen or FOLDERS]
    folders = [folder for folder in folders if folder.exists()]
    if not folders:
        sys.exit(f"none of {', '.join(FOLDERS)} is a folder of {HERE}")
    failed = []
    for major in majors:
        todo = folders if fits(major, SUPPORTED) else [HERE / name for name in LINTED]
        print(f"\n==> PostgreSQL {major}", flush=True)  # noqa: T201  (a script that reports)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "2", *options, *map(str, todo)],
            env={**os.environ, "EC_TEST_PG": str(major)},
            check=False,
        )
        if done.returncode:
            failed.append(major)
    print(f"\n==> run on {majors}, failed on {failed or 'none'}", flush=True)  # noqa: T201
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What is new since the merge base with a branch: `ec lint --base origin/main`."""

import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from expandcontract.cli.lint_inputs import InputNotReadError
from expandcontract.lint.options import Source
from expandcontract.model.value import replace


def changed(base: str) -> frozenset[Path]:
    """Files that were added or changed since the merge base, those not yet added included."""
    top = Path(_git("rev-parse", "--show-toplevel").strip())
    fork = _git("merge-base", base, "HEAD").strip()
    names = _git("diff", "--name-only", "--diff-filter=d", "-z", fork, "--", str(top))
    names += _git("-C", str(top), "ls-files", "--others", "--exclude-standard", "-z")
    return frozenset((top / name).resolve() for name in names.split("\0") if name)


def only_new(rows: Iterable[Sequence[Source]], new: frozenset[Path]) -> Iterator[list[Source]]:
    """The rows that hold something new; the rest of such a row is history."""
    for row in rows:
        marked = [replace(one, judged=Path(one.path).resolve() in new) for one in row]
        if any(one.judged for one in marked):
            yield marked


def _git(*words: str) -> str:
    try:
        done = subprocess.run(
            ["git", *words],  # noqa: S607  where the user has it
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError:
        raise InputNotReadError("--base", "git is not installed") from None
    except subprocess.CalledProcessError as error:
        raise InputNotReadError("--base", error.stderr.strip() or "git refused") from None
    return done.stdout

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
    fork = _fork(base)
    names = _git("diff", "--name-only", "--diff-filter=d", "-z", fork, "--", str(top))
    names += _git("-C", str(top), "ls-files", "--others", "--exclude-standard", "-z")
    return frozenset((top / name).resolve() for name in names.split("\0") if name)


def _fork(base: str) -> str:
    """The commit from which both branches went on; why there is none says what to do."""
    if _tried("rev-parse", "--verify", "--quiet", f"{base}^{{commit}}") is None:
        raise InputNotReadError("--base", _unknown(base))
    fork = _tried("merge-base", base, "HEAD")
    if fork is not None:
        return fork.strip()
    if (_tried("rev-parse", "--is-shallow-repository") or "").strip() == "true":
        reason = (
            f"this clone is shallow and does not reach back to where the branch left {base}; "
            "fetch more of it: `git fetch --unshallow`, `fetch-depth: 0` for actions/checkout, "
            "`GIT_DEPTH: 0` for GitLab"
        )
        raise InputNotReadError("--base", reason)
    raise InputNotReadError("--base", f"HEAD and {base} have no commit in common")


def _unknown(base: str) -> str:
    remote, slash, branch = base.partition("/")
    if not slash:
        return f"{base} is no commit of this clone; a branch of a server is named origin/{base}"
    fetch = f"git fetch {remote} {branch}:refs/remotes/{base}"
    return f"{base} is no commit of this clone; fetch it first: `{fetch}`"


def only_new(rows: Iterable[Sequence[Source]], new: frozenset[Path]) -> Iterator[list[Source]]:
    """The rows that hold something new; the rest of such a row is history."""
    for row in rows:
        marked = [replace(one, judged=Path(one.path).resolve() in new) for one in row]
        if any(one.judged for one in marked):
            yield marked


def _tried(*words: str) -> str | None:
    """What git says; nothing where it refuses."""
    try:
        return _git(*words)
    except InputNotReadError:
        return None


def _git(*words: str) -> str:
    try:
        done = subprocess.run(
            ["git", *words],  # noqa: S607  where the user has it
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",  # a name of a file may be of any bytes
            check=True,
        )
    except FileNotFoundError:
        raise InputNotReadError("--base", "git is not installed") from None
    except subprocess.CalledProcessError as error:
        raise InputNotReadError("--base", error.stderr.strip() or "git refused") from None
    return done.stdout

"""What the linter says of a labelled statement, in the words of the labels."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from expandcontract.lint.linter import lint
from tests.facts.lint_cases import Case, Chapter, Facts

SETTING = re.compile(r"^SET .+?;$", re.MULTILINE)
INDEX = re.compile(r"INDEX (\w+) ON")
KEY = re.compile(r"_(pkey|key|idx)$")
UTC = "SET timezone = 'UTC';"


@dataclass(frozen=True, kw_only=True)
class Claim(Facts):
    """What the linter says; of what is `unknown` it says that it does not know."""

    unknown: frozenset[str] = frozenset()


def claim(sql: str, setup: str, major: int, runner: str = "single-transaction") -> Claim:
    """Ask the linter; what the setup does not make, called `nothing`, cannot be locked."""
    settings = "\n".join([UTC, *SETTING.findall(setup)])
    report = lint(f"{settings}\n{sql}", pg_version=major, schema=setup, runner=runner)
    costs = report.statements[-1].effects
    fails = any(finding.hazard == "fails" for finding in report.findings)
    locks = {_plain(lock.relation): str(lock.mode) for lock in costs.locks}
    indexes = set(INDEX.findall(setup)) | {name for name in locks if KEY.search(name)}
    return Claim(
        unknown=frozenset(costs.unknown),
        locks={name: locks[name] for name in locks if name not in {*indexes, "nothing"}},
        indexes={name: locks[name] for name in locks if name in indexes},
        rewrites=frozenset(map(_plain, costs.rewrites)),
        scans=frozenset(map(_plain, costs.scans)),
        builds=frozenset(map(_plain, costs.index_builds)),
        transactional=costs.transactional,
        fails="" if costs.read and not fails else "fails" if costs.read else "unread",
    )


def _plain(name: str) -> str:
    return name.removeprefix("public.")


def differences(claimed: Claim, seen: Facts) -> Iterator[str]:
    """Where a claim is not what the server did.

    Of indexes only those count that the claim names.
    """
    if claimed.fails or seen.fails:
        if bool(claimed.fails) != bool(seen.fails) or claimed.fails == "unread":
            yield f"fails: says {claimed.fails or 'no'}, does {seen.fails or 'no'}"
        return
    if "locks" not in claimed.unknown:
        yield from _of_mappings("", claimed.locks, seen.locks)
    if seen.transactional:
        named = {name: mode for name, mode in seen.indexes.items() if name in claimed.indexes}
        yield from _of_mappings("index ", claimed.indexes, named)
    for what, says, does in (
        ("rewrites", claimed.rewrites, seen.rewrites),
        ("scans", claimed.scans, seen.scans),
        ("index_builds", claimed.builds, seen.builds),
    ):
        if says != does and what not in claimed.unknown:
            yield f"{what}: says {_list(says)}, does {_list(does)}"
    if claimed.transactional != seen.transactional:
        yield f"in a transaction: says {claimed.transactional}, does {seen.transactional}"


def _of_mappings(what: str, claimed: Mapping[str, str], seen: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*claimed, *seen}):
        says, does = claimed.get(name, "nothing"), seen.get(name, "nothing")
        if says != does:
            yield f"lock on {what}{name}: says {says}, does {does}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def wrong(chapter: Chapter, case: Case, major: int, seen: Facts) -> list[str]:
    """The claims on one statement that are not what was seen, each as a line."""
    runner = "single-transaction" if seen.transactional else "autocommit"
    claimed = claim(case.sql, chapter.setup, major, runner)
    if not case.runs:  # nobody looked at more
        claimed = Claim(transactional=claimed.transactional, fails=claimed.fails)
    if case.unsaid and not claimed.fails:
        return []
    found = differences(claimed, seen)
    return [f"{major}: {case.sql}\n      {line}" for line in found]

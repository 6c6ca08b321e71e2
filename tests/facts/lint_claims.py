"""What the linter says of a labelled statement, in the words of the labels."""

import re
from collections.abc import Iterable, Iterator, Mapping

from expandcontract.lint.linter import lint
from tests.facts.lint_cases import Case, Chapter, Facts


SETTING = re.compile(r"^SET .+?;$", re.MULTILINE)
UTC = "SET timezone = 'UTC';"


def claim(sql: str, setup: str, major: int, runner: str = "single-transaction") -> Facts:
    """Ask the linter; the locks on indexes stand among the others."""
    settings = "\n".join([UTC, *SETTING.findall(setup)])
    report = lint(f"{settings}\n{sql}", pg_version=major, schema=setup, runner=runner)
    costs = report.statements[-1].effects
    fails = any(finding.hazard == "fails" for finding in report.findings)
    return Facts(
        locks={_plain(lock.relation): str(lock.mode) for lock in costs.locks},
        rewrites=frozenset(map(_plain, costs.rewrites)),
        scans=frozenset(map(_plain, costs.scans)),
        builds=frozenset(map(_plain, costs.index_builds)),
        transactional=costs.transactional,
        fails="" if costs.read and not fails else "fails" if costs.read else "unread",
    )


def _plain(name: str) -> str:
    return name.removeprefix("public.")


def differences(claimed: Facts, seen: Facts, *, unsaid: bool = False) -> Iterator[str]:
    """Where a claim is not what the server did; `unsaid` is a failure that it may keep quiet of.

    Of indexes only those count that the claim names, and those that it should: an index locked
    more strongly than every table, which stops the readers whose plans use it.
    """
    if claimed.fails or seen.fails:
        quiet = unsaid and not claimed.fails
        if (bool(claimed.fails) != bool(seen.fails) and not quiet) or claimed.fails == "unread":
            yield f"fails: says {claimed.fails or 'no'}, does {seen.fails or 'no'}"
        return
    yield from _of_mappings(_known(claimed.locks, seen), seen.locks)
    yield from _of_mappings(
        {name: mode for name, mode in claimed.locks.items() if name in seen.indexes},
        {name: mode for name, mode in seen.indexes.items() if name in claimed.locks},
    )
    yield from _of_sets("rewrites", claimed.rewrites, seen.rewrites)
    yield from _of_sets("scans", claimed.scans, seen.scans)
    yield from _of_sets("builds", claimed.builds, seen.builds)
    if claimed.transactional != seen.transactional:
        yield f"in a transaction: says {claimed.transactional}, does {seen.transactional}"


def _known(locks: Mapping[str, str], seen: Facts) -> dict[str, str]:
    return {name: mode for name, mode in locks.items() if name not in seen.indexes}


def _of_mappings(claimed: Mapping[str, str], seen: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*claimed, *seen}):
        says, does = claimed.get(name, "nothing"), seen.get(name, "nothing")
        if says != does:
            yield f"lock on {name}: says {says}, does {does}"


def _of_sets(what: str, claimed: frozenset[str], seen: frozenset[str]) -> Iterator[str]:
    if claimed != seen:
        yield f"{what}: says {_list(claimed)}, does {_list(seen)}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def wrong(chapter: Chapter, case: Case, major: int, seen: Facts) -> list[str]:
    """The claims on one statement that are not what was seen, each as a line."""
    runner = "single-transaction" if seen.transactional else "autocommit"
    claimed = claim(case.sql, chapter.setup, major, runner)
    found = differences(claimed, seen, unsaid=case.unsaid)
    return [f"{major}: {case.sql}\n      {line}" for line in found]

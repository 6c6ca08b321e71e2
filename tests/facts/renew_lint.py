"""Measure the linter's corpus again: `python -m tests.facts.renew_lint [MAJOR…]`.

Writes the labels into `lint_corpus/*.sql`, and `docs/reference/locks.md` from them.
"""

import sys
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from tests.facts.lint_cases import FIRST, LAST, Chapter, Facts, files, parse
from tests.facts.lint_page import PAGE, page
from tests.facts.lint_server import measure_chapter, second_tablespace
from tests.support.databases import Databases
from tests.support.server import Need, Servers
from tests.support.wish import Wish


def renew(path: Path, every: dict[int, Databases]) -> None:
    """Measure one file on each server, and write it."""
    renewed = [_renewed(chapter, every) for chapter in parse(path.read_text("utf-8"))]
    path.write_text("\n".join(map(str, renewed)), "utf-8")


def _renewed(chapter: Chapter, every: dict[int, Databases]) -> Chapter:
    labels: dict[str, dict[int, Facts]] = {
        case.sql: {m: facts for m, facts in case.labels.items() if case.on(m)}
        for case in chapter.cases
    }
    for major, databases in every.items():
        for outcome in measure_chapter(databases, chapter, major):
            labels[outcome.case.sql][major] = outcome.facts
    cases = tuple(replace(case, labels=labels[case.sql]) for case in chapter.cases)
    return replace(chapter, cases=cases)


def main(arguments: list[str]) -> None:
    majors = [int(one) for one in arguments if one.isdecimal()] or range(FIRST, LAST + 1)
    wanted = [one for one in arguments if not one.isdecimal()]
    with closing(Servers(Wish.read())) as servers:
        every = {m: servers.databases(servers.kept(Need(major=m)).primary) for m in majors}
        with ExitStack() as stack:
            for databases in every.values():
                stack.enter_context(second_tablespace(databases))
            for path in files():
                if not wanted or path.stem in wanted:
                    renew(path, every)
                    print(path.stem, flush=True)  # noqa: T201  (says how far it is)
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

"""What the linter says of each statement, on the schema as the statements before it left it."""

from collections.abc import Iterable
from dataclasses import dataclass

from expandcontract.lint.costing.statements import effects
from expandcontract.lint.effects import Effects, RelationLock
from expandcontract.lint.knowledge import History
from expandcontract.lint.reading import Read, read
from expandcontract.lint.replaying import apply


@dataclass(slots=True)
class Claims:
    """The linter's knowledge, kept in step with what is sent."""

    history: History
    major: int

    def begin(self) -> None:
        """Begin a revision: what those before it made stands now."""
        self.history.fresh.clear()

    def of(self, sql: str) -> Effects:
        """The effects of a text with one statement or several, whose first is judged as it is."""
        known = self.history.copy()
        found: list[Effects] = []
        for one in read(sql):
            found.append(effects(one, known, self.major))
            apply(known, one, judged=True)
        return together(found)

    def take(self, sql: str) -> tuple[Read, ...]:
        """Take the effect of a text that was carried out."""
        reads = tuple(read(sql))
        for one in reads:
            apply(self.history, one, judged=True)
        return reads


def together(found: list[Effects]) -> Effects:
    """The effects of several statements as those of one.

    >>> together([]).read
    True
    """
    if len(found) == 1:
        return found[0]
    locks: dict[str, RelationLock] = {}
    for lock in (lock for one in found for lock in one.locks):
        before = locks.get(lock.relation)
        locks[lock.relation] = lock if before is None or lock.mode > before.mode else before
    return Effects(
        read=all(one.read for one in found),
        locks=tuple(locks.values()),
        rewrites=_names(one.rewrites for one in found),
        scans=_names(one.scans for one in found),
        index_builds=_names(one.index_builds for one in found),
        transactional=all(one.transactional for one in found),
        unknown=_names(one.unknown for one in found),
    )


def _names(several: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in several for name in names))

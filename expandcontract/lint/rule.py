"""The words of judging: rule, hit, and what a rule may know."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from expandcontract.lint.effects import Effects
from expandcontract.lint.finding import Certainty, Edit, Finding, Fix, Severity
from expandcontract.lint.forms import transaction as t
from expandcontract.lint.knowledge import History
from expandcontract.lint.known import KnownTable
from expandcontract.lint.placed import Placed
from expandcontract.lint.places import Places
from expandcontract.lint.reading import Read
from expandcontract.lint.release import NO_RELEASE, Release
from expandcontract.lint.session import Session
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName
from expandcontract.model.value import field, value

__all__ = [
    "Certainty",
    "Check",
    "Context",
    "Edit",
    "Finding",
    "Fix",
    "Hit",
    "Rule",
    "Severity",
]


@value(kw_only=True)
class Hit:
    """What a rule says about a statement; what is left out, the rule's own values fill in."""

    message: str
    help: str = ""
    severity: Severity | None = None
    hazard: Hazard | None = None
    fix: Fix | None = None
    certainty: Certainty = Certainty.PROVEN
    at: Placed | None = None  #: the part of the statement that it is about


@value(kw_only=True)
class Context:
    """All that a rule may know beside the statement: the world just before it runs."""

    history: History
    effects: Effects
    session: Session
    major: int
    places: Places
    index: int
    release: Release = NO_RELEASE
    before: tuple[Places, ...] = ()  #: earlier texts of the same run
    dropped: Mapping[TableName, set[str]] = field(default_factory=dict)
    """The columns that statements before this one in the same text have dropped."""

    def live(self, name: TableName) -> bool:
        """Whether other sessions can see the relation: the text did not make it itself."""
        return not self.history.is_fresh(name)

    def known(self, name: TableName) -> KnownTable | None:
        """What is known of a relation before the statement."""
        return self.history.table(name)

    @property
    def reads(self) -> tuple[Read, ...]:
        """Every statement of the text."""
        return self.places.reads

    def later(self, *kinds: type, of: str | None = None) -> Iterator[Read]:
        """The statements of these kinds behind this one in the same text, nearest first.

        `of` is the name that they are about, without its schema.
        """
        return self.places.after(self.index, *kinds, of=of)

    def earlier(self, *kinds: type, of: str | None = None) -> Iterator[Read]:
        """The statements of these kinds before this one in the same text, nearest first."""
        return self.places.before(self.index, *kinds, of=of)

    def of_the_run(self, *kinds: type, of: str | None = None) -> Iterator[Read]:
        """Those before this one with nothing deployed in between, nearest first."""
        yield from self.earlier(*kinds, of=of)
        for text in reversed(self.before):
            yield from text.before(len(text.reads), *kinds, of=of)

    def that_read(self, name: str) -> Iterator[Read]:
        """Those of the run before this one that read a relation for what they make."""
        yield from self.places.that_read(self.index, name)
        for text in reversed(self.before):
            yield from text.that_read(len(text.reads), name)

    def in_this_transaction(self, *kinds: type, of: str | None = None) -> Iterator[Read]:
        """Those behind this one, up to the end of the transaction or of the text."""
        end = next(self.later(t.Commit, t.Rollback), None)
        for later in self.later(*kinds, of=of):
            if end is not None and later.start > end.start:
                return
            yield later


Check = Callable[[Any, Any, Any], Iterator[Hit]]
"""Takes the form, the statement (`Read`) and the `Context`, or those of the rule's dialect."""


@value(kw_only=True)
class Rule:
    """One rule: which statements it looks at, and what it says of one of them."""

    id: str
    name: str
    severity: Severity
    hazard: Hazard
    nodes: tuple[type, ...]
    check: Check
    actions: tuple[type, ...] = ()
    """Of ALTER TABLE: it has something to say only where one of these actions is among them."""
    by_default: bool = True
    dialects: tuple[str, ...] = ("postgres",)
    """The first one is the dialect of its examples."""

"""Transactions and settings, followed from statement to statement as a server would keep them."""

import re

from expandcontract.lint.effects import Effects
from expandcontract.lint.forms import transaction as t
from expandcontract.lint.forms.query import Query
from expandcontract.lint.knowledge import History
from expandcontract.lint.reading import Read
from expandcontract.lint.tokens import Kind, string_value
from expandcontract.model.lock import Lock
from expandcontract.model.value import field, value

_MILLISECONDS = {
    "": 1,
    "us": 0.001,
    "ms": 1,
    "s": 1000,
    "min": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*\Z")


@value
class Held:
    """A lock that is kept until the transaction ends, and the statement that took it."""

    relation: str
    mode: Lock
    read: Read

    def where(self, reads: tuple[Read, ...]) -> str:
        """Where the statement stands that took it."""
        if any(read is self.read for read in reads):
            return f"line {self.read.line}"
        return f"`{' '.join(self.read.text.split())[:60]}` of an earlier file"


@value
class _Saved:
    """What ROLLBACK brings back."""

    name: str
    history: History
    settings: dict[str, str | None]
    held: dict[str, Held]


@value(frozen=False)
class Session:
    """The state of the one session that runs the text."""

    in_transaction: bool = False
    implied: bool = False  #: the runner opened the transaction, not the text
    settings: dict[str, str | None] = field(default_factory=dict)
    local: dict[str, str | None] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    saved: list[_Saved] = field(default_factory=list)
    limited: bool = False  #: the text has set a lock_timeout, wherever it is by now

    def setting(self, name: str) -> str | None:
        """The value in force, None where the server's own default holds."""
        return self.local[name] if name in self.local else self.settings.get(name)

    def milliseconds(self, name: str) -> float | None:
        """A timeout in force; None where it was never set, 0 where it is switched off."""
        value = self.setting(name)
        if value is None:
            return None
        match = _DURATION.match(value.lower())
        return float(match[1]) * _MILLISECONDS[match[2] or ""] if match else None

    def held_on(self, relation: str) -> Held | None:
        """The lock on a relation, however its name is written."""
        return self.held.get(_plain(relation))

    def advance(self, read: Read, effects: Effects, history: History) -> History:
        """Take note of a statement that ran; the schema it leaves comes back."""
        node = read.node
        match node:
            case t.Begin():
                self._begin(history)
            case t.Commit():
                self._end(chain=node.chain, history=history)
            case t.Rollback():
                history = self._roll_back(history)
                self._end(chain=node.chain, history=history)
            case t.Savepoint():
                self.saved.append(self._save(node.name, history))
            case t.RollbackTo():
                history = self._roll_back_to(node.name, history)
            case t.Set() | t.Reset():
                self._set(node)
            case _:
                if isinstance(node, Query) and (called := _set_config(node)):
                    self._set(called)
                self._hold(read, effects)
        return history

    def _save(self, name: str, history: History) -> _Saved:
        return _Saved(name, history.copy(), dict(self.settings), dict(self.held))

    def _begin(self, history: History) -> None:
        if not self.in_transaction:
            self.in_transaction = True
            self.implied = False
            self.saved = [self._save("", history)]

    def _end(self, *, chain: bool, history: History) -> None:
        self.local, self.held, self.saved = {}, {}, []
        self.in_transaction = chain
        self.implied = False
        if chain:
            self.saved = [self._save("", history)]

    def _roll_back(self, history: History) -> History:
        if not self.saved or self.saved[0].name:
            return history
        start = self.saved[0]
        self.settings = dict(start.settings)
        return start.history

    def _roll_back_to(self, name: str, history: History) -> History:
        for place in range(len(self.saved) - 1, -1, -1):
            saved = self.saved[place]
            if saved.name == name:
                self.saved = self.saved[: place + 1]
                self.settings, self.held = dict(saved.settings), dict(saved.held)
                return saved.history.copy()
        return history

    def _set(self, node: t.Set | t.Reset) -> None:
        if isinstance(node, t.Reset):
            if node.name == "all":
                self.settings, self.local = {}, {}
            else:
                self.settings.pop(node.name, None)
                self.local.pop(node.name, None)
            return
        self.limited |= node.name == "lock_timeout" and node.value not in {None, "0"}
        if not node.local:
            self.settings[node.name] = node.value
            self.local.pop(node.name, None)
        elif self.in_transaction:  # outside of one SET LOCAL does nothing but warn
            self.local[node.name] = node.value

    def _hold(self, read: Read, effects: Effects) -> None:
        if not self.in_transaction:
            return
        for lock in effects.locks:
            key = _plain(lock.relation)
            before = self.held.get(key)
            if before is None or before.mode < lock.mode:
                self.held[key] = Held(lock.relation, lock.mode, read)


def _set_config(node: Query) -> t.Set | None:
    """`SELECT set_config('name', 'value', is_local)` as the SET that it is."""
    words, tokens = node.expression.words, node.expression.tokens
    if "SET_CONFIG" not in words:
        return None
    inside = tokens[words.index("SET_CONFIG") + 2 :][:5]
    kinds = [token.kind for token in inside]
    if kinds != [Kind.STRING, Kind.SYMBOL, Kind.STRING, Kind.SYMBOL, Kind.WORD]:
        return None
    name, value = string_value(inside[0]), string_value(inside[2])
    return t.Set(name.lower(), value, local=inside[4].word == "TRUE")


def _plain(relation: str) -> str:
    return relation.removeprefix("public.")

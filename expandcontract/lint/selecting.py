"""Which rules are on, which findings stay, and how a hit becomes a finding."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import get_args

from expandcontract.lint.forms.alter_table import AlterTable
from expandcontract.lint.ignores import Ignore
from expandcontract.lint.placed import Placed
from expandcontract.lint.registry import Entry, entries, entry, for_postgres
from expandcontract.lint.rule import Finding, Hit
from expandcontract.lint.statements import Node

NOTHING = type(None)
"""The node type of a statement that could not be read."""


class Rules:
    """The rules that are on, by what they look at."""

    def __init__(self, chosen: Sequence[Entry]) -> None:
        self._by_node: dict[type, tuple[Entry, ...]] = {
            node: tuple(c for c in chosen if issubclass(node, c.rule.nodes))
            for node in (*get_args(Node), NOTHING)
        }
        self._by_actions: dict[frozenset[type], tuple[Entry, ...]] = {}

    def looking_at(self, node: Node | None) -> tuple[Entry, ...]:
        """The rules that may have something to say of a statement."""
        if type(node) is not AlterTable:
            return self._by_node[type(node)]
        actions = frozenset(map(type, node.actions))
        known = self._by_actions.get(actions)
        if known is None:
            known = self._by_actions[actions] = tuple(
                entry
                for entry in self._by_node[AlterTable]
                if not entry.rule.actions or not actions.isdisjoint(entry.rule.actions)
            )
        return known


@cache
def rules(select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> Rules:
    """The rules that are chosen."""
    return Rules([one for one in for_postgres() if selected(one, select, ignore)])


def selected(candidate: Entry, select: tuple[str, ...], ignore: tuple[str, ...]) -> bool:
    """Whether a rule is on: ids, names and the beginnings of ids count."""
    wanted = _named(candidate, select) if select else candidate.rule.by_default
    return wanted and not _named(candidate, ignore)


def _named(candidate: Entry, words: tuple[str, ...]) -> bool:
    rule = candidate.rule
    return any(rule.id.startswith(word.upper()) or rule.name == word.lower() for word in words)


def finding(candidate: Entry, hit: Hit, path: str, read: Placed) -> Finding:
    """The finding that a hit stands for."""
    rule = candidate.rule
    read = hit.at or read
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=hit.severity or rule.severity,
        hazard=hit.hazard or rule.hazard,
        message=hit.message,
        why=candidate.why,
        help=hit.help or candidate.section("Instead").replace("\n", " "),
        path=path,
        line=read.line,
        column=read.column,
        end_line=read.end_line,
        end_column=read.end_column,
        statement=read.text,
        fix=hit.fix,
        certainty=hit.certainty,
    )


def not_ignored(
    found: Iterable[Finding], comments: Sequence[Ignore], today: str | None
) -> Iterator[Finding]:
    """The findings that no comment with a reason silences."""
    for one in found:
        silenced = [c for c in comments if c.covers(one.rule, one.name, today)]
        if not any(comment.reason for comment in silenced):
            yield one


@cache
def rule_ids(select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> frozenset[str]:
    """The ids of all rules that are on."""
    return frozenset(c.rule.id for c in for_postgres() if selected(c, select, ignore))


def about_ignores(
    comments: Sequence[Ignore], path: str, today: str | None, on: frozenset[str]
) -> Iterator[Finding]:
    """Comments that have no reason, name no rule that exists, or silence nothing.

    Of a rule that is off nobody can tell whether it would have found something.
    """
    return (f for f in _about_ignores(comments, path, today, on) if f.rule in on)


def _about_ignores(
    comments: Sequence[Ignore], path: str, today: str | None, on: frozenset[str]
) -> Iterator[Finding]:
    for comment in comments:
        if not comment.rules:
            yield _about(comment, path, "EC004", "the ignore names no rule: write ignore[EC101]")
        for name in comment.rules:
            known = entry(name)
            if known is None:
                yield _about(comment, path, "EC004", f"there is no rule {name}")
            elif not comment.reason:
                yield _about(comment, path, "EC002", f"the ignore of {name} gives no reason")
            elif comment.until is not None and today is not None and today > comment.until:
                message = f"the ignore of {name} has expired on {comment.until}"
                yield _about(comment, path, "EC003", message)
            elif name not in comment.used and known.rule.id in on:
                yield _about(
                    comment, path, "EC003", f"nothing to ignore: {name} finds nothing here"
                )


def _about(comment: Ignore, path: str, rule_id: str, message: str) -> Finding:
    candidate = next(c for c in entries() if c.rule.id == rule_id)
    rule = candidate.rule
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=rule.severity,
        hazard=rule.hazard,
        message=message,
        why=candidate.why,
        help=candidate.section("Instead").replace("\n", " "),
        path=path,
        line=comment.line,
        column=comment.column,
        end_line=comment.line,
        end_column=comment.end_column,
        statement="",
    )

"""Hazards that do not depend on the server: what PostgreSQL's rules say of the same step.

The step is written as PostgreSQL would have it, and the rules that name this dialect judge that.
"""

import re
from collections.abc import Iterator, Sequence

from expandcontract.lint import reading
from expandcontract.lint.effects import Effects
from expandcontract.lint.knowledge import History
from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.options import OLDEST_MAJOR
from expandcontract.lint.places import Places
from expandcontract.lint.registry import Entry
from expandcontract.lint.rule import Context, Finding
from expandcontract.lint.selecting import finding
from expandcontract.lint.session import Session
from expandcontract.model.names import TableName, quoted
from expandcontract.model.value import replace


def shared(
    read: MyRead, context: OnlineContext, rules: Sequence[Entry], path: str
) -> Iterator[Finding]:
    """What the shared rules say, with their advice for MySQL; a fix would be wrong SQL."""
    before = tuple(_before(read.node, context))
    for text in _equivalents(read.node, context):
        same = next(reading.read(text))
        world = Context(
            history=History(), effects=Effects(), session=Session(), major=OLDEST_MAJOR,
            places=Places((*before, same)), index=len(before), release=context.release,
        )  # fmt: skip
        for entry in rules:
            if not isinstance(same.node, entry.rule.nodes):
                continue
            for hit in entry.rule.check(same.node, same, world):
                found = finding(entry, hit, path, read)
                advice = " ".join(entry.section("On MySQL").split())
                yield replace(found, why=entry.summary, help=advice, fix=None)


_NAME = re.compile(r"`([^`]*)`")
_FILLING = frozenset({"INSERT", "REPLACE"})


def _before(node: f.Node | None, context: OnlineContext) -> Iterator[reading.Read]:
    """What the text did before that may have copied what the statement takes away."""
    if not (isinstance(node, f.DropTable) or (isinstance(node, f.AlterTable) and _takes(node))):
        return
    if not any(_fills(one.node) for one in context.earlier()):
        return
    for one in context.reads[: context.index]:
        yield from reading.read(_translated(one))


def _takes(node: f.AlterTable) -> bool:
    return any(
        isinstance(action, f.DropColumn | f.RenameColumn | f.ChangeColumn)
        for action in node.actions
    )


def _fills(node: f.Node | None) -> bool:
    """UPDATE, INSERT .. SELECT and CREATE TABLE .. SELECT."""
    return (
        (isinstance(node, f.Write) and node.verb == "UPDATE")
        or (isinstance(node, f.Other) and node.verb in _FILLING)
        or (isinstance(node, f.CreateTable) and not node.complete)
    )


def _translated(one: MyRead) -> str:
    """The statement as PostgreSQL would have it, as far as it makes or fills something."""
    node = one.node
    if isinstance(node, f.AlterTable):
        added = [action.column.name for action in node.actions if isinstance(action, f.AddColumn)]
        adding = ", ".join(f"ADD COLUMN {quoted(name)} int" for name in added)
        return f"ALTER TABLE {node.table} {adding}" if added else ""
    if isinstance(node, f.CreateTable) and node.complete:
        return f"CREATE TABLE {node.name} ()"
    if _fills(node):
        return _NAME.sub(lambda name: quoted(name[1]), one.text)
    return ""


def _equivalents(node: f.Node | None, context: OnlineContext) -> Iterator[str]:
    match node:
        case f.AlterTable():
            yield from _of_actions(node) if context.live(node.table) else ()
        case f.RenameTable():
            yield from _of_pairs(node, context)
        case f.DropTable() | f.CreateTable():
            yield from (f"DROP TABLE {name}" for name in _dropped(node) if context.live(name))
        case f.Truncate(table=table) | f.Write(table=TableName() as table, bounded=False):
            yield from _of_rows(node, table) if context.live(table) else ()
        case _:
            pass


def _dropped(node: f.DropTable | f.CreateTable) -> tuple[TableName, ...]:
    if node.temporary:
        return ()
    if isinstance(node, f.DropTable):
        return node.tables
    return (node.name,) if node.replaces else ()


def _of_pairs(node: f.RenameTable, context: OnlineContext) -> Iterator[str]:
    """A name that another table takes over in the same moment is not missed by anybody."""
    old_names, new_names = ({pair[side] for pair in node.pairs} for side in (0, 1))
    for old, new in node.pairs:
        if context.live(old) and old not in new_names and new not in old_names:
            yield f"ALTER TABLE {old} RENAME TO {quoted(new.name)}"


def _of_rows(node: f.Truncate | f.Write, table: TableName) -> Iterator[str]:
    if isinstance(node, f.Truncate):
        yield f"TRUNCATE {table}"
    else:
        yield f"UPDATE {table} SET a = 1" if node.verb == "UPDATE" else f"DELETE FROM {table}"


def _of_actions(node: f.AlterTable) -> Iterator[str]:
    for action in node.actions:
        match action:
            case f.RenameTo(to=new):
                yield f"ALTER TABLE {node.table} RENAME TO {quoted(new.name)}"
            case f.RenameColumn(column=old, to=to):
                yield _rename(node.table, old, to)
            case f.ChangeColumn(old=old, column=column) if old.lower() != column.name.lower():
                yield _rename(node.table, old, column.name)
            case f.SetDefault(column=name, default=None):
                yield f"ALTER TABLE {node.table} ALTER COLUMN {quoted(name)} DROP DEFAULT"
            case f.DropColumn(column=name):
                yield f"ALTER TABLE {node.table} DROP COLUMN {quoted(name)}"
            case _:
                pass


def _rename(table: TableName, old: str, new: str) -> str:
    return f"ALTER TABLE {table} RENAME COLUMN {quoted(old)} TO {quoted(new)}"

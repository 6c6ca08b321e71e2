"""Reads ALTER TABLE: one small function for each family of actions."""

from collections.abc import Callable

from expandcontract.lint.cursor import Cursor, NotReadError
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.column import read_column
from expandcontract.lint.forms.column_actions import read_alter_column
from expandcontract.lint.forms.constraint import STARTS, read_table_constraint


def read_alter_table(cursor: Cursor, kind: str) -> a.AlterTable:
    """Take what follows ALTER TABLE (or INDEX, VIEW ..)."""
    if_exists = cursor.says("IF", "EXISTS")
    only = cursor.says("ONLY")
    table = cursor.name()
    cursor.says("*")
    actions = cursor.listed(lambda: read_action(cursor))
    cursor.need_end()
    return a.AlterTable(table=table, actions=actions, kind=kind, if_exists=if_exists, only=only)


def read_action(cursor: Cursor) -> a.Action:
    """Take one action of ALTER TABLE."""
    token = cursor.take()
    reader = _READERS.get(token.word)
    if reader is None:
        raise NotReadError(token, "an action of ALTER TABLE")
    return reader(cursor)


def _read_add(cursor: Cursor) -> a.Action:
    if cursor.says("COLUMN"):
        if_not_exists = cursor.says("IF", "NOT", "EXISTS")
        return a.AddColumn(read_column(cursor), if_not_exists)
    if cursor.peek().word in STARTS or cursor.sees("NOT", "NULL"):
        return a.AddConstraint(read_table_constraint(cursor))
    if_not_exists = cursor.says("IF", "NOT", "EXISTS")
    return a.AddColumn(read_column(cursor), if_not_exists)


def _read_drop(cursor: Cursor) -> a.Action:
    if cursor.says("CONSTRAINT"):
        if_exists = cursor.says("IF", "EXISTS")
        name = cursor.ident()
        return a.DropConstraint(name, if_exists, _read_cascade(cursor))
    cursor.says("COLUMN")
    if_exists = cursor.says("IF", "EXISTS")
    name = cursor.ident()
    return a.DropColumn(name, if_exists, _read_cascade(cursor))


def _read_cascade(cursor: Cursor) -> bool:
    return cursor.says_any("CASCADE", "RESTRICT") == "CASCADE"


def _read_alter(cursor: Cursor) -> a.Action:
    if cursor.says("CONSTRAINT"):
        return _read_alter_constraint(cursor)
    cursor.says("COLUMN")
    return read_alter_column(cursor)


def _read_alter_constraint(cursor: Cursor) -> a.Action:
    name, start = cursor.ident(), cursor.at
    enforced = inherit = deferrable = None
    while not cursor.done() and not cursor.sees(","):
        if cursor.says("INITIALLY"):
            deferrable = True if cursor.says("DEFERRED") else deferrable
            cursor.says("IMMEDIATE")
            continue
        negated = bool(cursor.says_any("NOT", "NO"))
        word = cursor.says_any("ENFORCED", "INHERIT", "DEFERRABLE")
        if word == "ENFORCED":
            enforced = not negated
        elif word == "INHERIT":
            inherit = not negated
        elif word == "DEFERRABLE":
            deferrable = not negated
        else:
            raise NotReadError(cursor.peek(), "an attribute of the constraint")
    if cursor.at == start:
        raise NotReadError(cursor.peek(), "an attribute of the constraint")
    return a.AlterConstraint(name, enforced, inherit, deferrable)


def _read_rename(cursor: Cursor) -> a.Action:
    if cursor.says("TO"):
        return a.RenameTable(cursor.ident())
    if cursor.says("CONSTRAINT"):
        name = cursor.ident()
        cursor.need("TO")
        return a.RenameConstraint(name, cursor.ident())
    cursor.says("COLUMN")
    name = cursor.ident()
    cursor.need("TO")
    return a.RenameColumn(name, cursor.ident())


def _read_set(cursor: Cursor) -> a.Action:  # noqa: PLR0911  (one return for each form)
    if cursor.says("SCHEMA"):
        return a.SetSchema(cursor.ident())
    if cursor.says("LOGGED"):
        return a.SetLogged(logged=True)
    if cursor.says("UNLOGGED"):
        return a.SetLogged(logged=False)
    if cursor.says("ACCESS", "METHOD"):
        return a.SetAccessMethod(cursor.ident())
    if cursor.says("TABLESPACE"):
        tablespace = cursor.ident()
        cursor.says("NOWAIT")
        return a.SetTablespace(tablespace)
    if cursor.says("WITHOUT", "CLUSTER"):
        return a.ClusterOn(None)
    if cursor.says("WITHOUT", "OIDS"):
        return a.SetParameters(())
    return _read_parameters(cursor, reset=False)


def _read_reset(cursor: Cursor) -> a.Action:
    return _read_parameters(cursor, reset=True)


def _read_parameters(cursor: Cursor, *, reset: bool) -> a.SetParameters:
    inner = cursor.inside(cursor.group())
    pairs = []
    while not inner.done():
        name = inner.until("=", ",").text.lower()
        value = inner.until(",").text.lower() if inner.says("=") else ""
        pairs.append((name, value))
        inner.says(",")
    return a.SetParameters(tuple(pairs), reset)


def _read_validate(cursor: Cursor) -> a.Action:
    cursor.need("CONSTRAINT")
    return a.ValidateConstraint(cursor.ident())


def _read_attach(cursor: Cursor) -> a.Action:
    cursor.need("PARTITION")
    partition = cursor.name()
    if cursor.says("DEFAULT"):
        return a.AttachPartition(partition, default=True)
    if cursor.done():
        return a.AttachPartition(partition)  # of an index
    cursor.need("FOR", "VALUES")
    return a.AttachPartition(partition, bound=cursor.until(",").text)


def _read_detach(cursor: Cursor) -> a.Action:
    cursor.need("PARTITION")
    partition = cursor.name()
    concurrently = cursor.says("CONCURRENTLY")
    return a.DetachPartition(partition, concurrently, cursor.says("FINALIZE"))


def _read_split(cursor: Cursor) -> a.Action:
    cursor.need("PARTITION")
    partition = cursor.name()
    cursor.need("INTO")
    inner = cursor.inside(cursor.group())

    def one() -> a.AttachPartition:
        inner.need("PARTITION")
        name = inner.name()
        if inner.says("DEFAULT"):
            return a.AttachPartition(name, default=True)
        inner.need("FOR", "VALUES")
        return a.AttachPartition(name, bound=inner.until(",").text)

    into = inner.listed(one)
    inner.need_end()
    return a.SplitPartition(partition, into)


def _read_merge(cursor: Cursor) -> a.Action:
    cursor.need("PARTITIONS", "(")
    partitions = cursor.names()
    cursor.need(")", "INTO")
    return a.MergePartitions(partitions, cursor.name())


def _read_owner(cursor: Cursor) -> a.Action:
    cursor.need("TO")
    return a.Owner(cursor.ident())


def _read_replica(cursor: Cursor) -> a.Action:
    cursor.need("IDENTITY")
    if cursor.says("USING", "INDEX"):
        cursor.ident()
        return a.ReplicaIdentity("index")
    return a.ReplicaIdentity(cursor.ident())


def _read_inherit(cursor: Cursor) -> a.Action:
    return a.Inherit(cursor.name(), add=True)


def _read_no(cursor: Cursor) -> a.Action:
    if cursor.says("INHERIT"):
        return a.Inherit(cursor.name(), add=False)
    if cursor.says("DEPENDS"):
        return _read_depends(cursor)
    cursor.need("FORCE", "ROW", "LEVEL", "SECURITY")
    return a.RowSecurity("NO FORCE")


def _read_depends(cursor: Cursor) -> a.Action:
    cursor.need("ON", "EXTENSION")
    return a.DependsOn(cursor.ident())


def _read_of(cursor: Cursor) -> a.Action:
    return a.OfType(cursor.name())


def _read_not(cursor: Cursor) -> a.Action:
    cursor.need("OF")
    return a.OfType(None)


def _read_enable(cursor: Cursor) -> a.Action:
    return _read_toggle(cursor, enable=True)


def _read_disable(cursor: Cursor) -> a.Action:
    return _read_toggle(cursor, enable=False)


def _read_toggle(cursor: Cursor, *, enable: bool) -> a.Action:
    cursor.says_any("REPLICA", "ALWAYS")
    if cursor.says("TRIGGER"):
        return a.ToggleTrigger(cursor.ident(), enable)
    if cursor.says("RULE"):
        return a.ToggleRule(cursor.ident(), enable)
    cursor.need("ROW", "LEVEL", "SECURITY")
    return a.RowSecurity("ENABLE" if enable else "DISABLE")


def _read_force(cursor: Cursor) -> a.Action:
    cursor.need("ROW", "LEVEL", "SECURITY")
    return a.RowSecurity("FORCE")


def _read_cluster(cursor: Cursor) -> a.Action:
    cursor.need("ON")
    return a.ClusterOn(cursor.ident())


def _read_options(cursor: Cursor) -> a.Action:
    cursor.group()
    return a.SetForeignOptions()


_READERS: dict[str, Callable[[Cursor], a.Action]] = {
    "ADD": _read_add,
    "ALTER": _read_alter,
    "ATTACH": _read_attach,
    "CLUSTER": _read_cluster,
    "DEPENDS": _read_depends,
    "DETACH": _read_detach,
    "DISABLE": _read_disable,
    "DROP": _read_drop,
    "ENABLE": _read_enable,
    "FORCE": _read_force,
    "INHERIT": _read_inherit,
    "MERGE": _read_merge,
    "NO": _read_no,
    "NOT": _read_not,
    "OF": _read_of,
    "OPTIONS": _read_options,
    "OWNER": _read_owner,
    "RENAME": _read_rename,
    "REPLICA": _read_replica,
    "RESET": _read_reset,
    "SET": _read_set,
    "SPLIT": _read_split,
    "VALIDATE": _read_validate,
}

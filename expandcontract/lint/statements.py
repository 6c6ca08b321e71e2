"""The first words of a statement say which form it is, and the form reads the rest."""

from collections.abc import Callable

from expandcontract.lint.cursor import Cursor, NotReadError
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms import query as q
from expandcontract.lint.forms import transaction as t
from expandcontract.lint.forms.alter_table import AlterTable
from expandcontract.lint.forms.index import (
    CreateIndex,
    DropIndex,
    Reindex,
    option_is_on,
    read_create_index,
    read_drop_index,
    read_reindex,
)
from expandcontract.lint.forms.object_readers import (
    read_alter_domain,
    read_alter_type,
    read_create_domain,
    read_create_routine,
    read_create_type,
    read_create_view,
    read_drop,
    read_grant,
    read_other,
    read_owner,
)
from expandcontract.lint.forms.owned_readers import (
    read_create_rule,
    read_create_trigger,
    read_policy,
)
from expandcontract.lint.forms.table import CreateTable, read_create_table
from expandcontract.lint.forms.table_actions import read_alter_table
from expandcontract.model.value import value


@value
class Meta:
    """A psql command; those that include a file bring in text that is not seen here."""

    text: str


Node = (
    AlterTable | CreateIndex | DropIndex | Reindex | CreateTable
    | m.Drop | m.Truncate | m.LockTable | m.Cluster | m.Vacuum | m.Refresh | m.Comment
    | o.CreateView | o.CreateType | o.AlterType | o.CreateDomain | o.AlterDomain | o.AlterSequence
    | o.CreateRoutine | o.CreateTrigger | o.CreateRule | o.Policy | o.Grant | o.AlterOwned
    | o.Other | t.Begin | t.Commit | t.Rollback | t.Savepoint | t.Release | t.RollbackTo | t.Set
    | t.Reset | t.Session | q.Query | q.Write | q.Copy | q.Prepare | q.Do
    | Meta
)  # fmt: skip


def read_statement(cursor: Cursor) -> Node:
    """Take a whole statement; the first word says which."""
    if cursor.sees("("):
        return q.read_query(cursor)
    verb = cursor.take()
    reader = VERBS.get(verb.word)
    if reader is None:
        raise NotReadError(verb, "a statement")
    return reader(cursor, verb.word)


def _read_create(cursor: Cursor, verb: str) -> Node:
    replace = cursor.says("OR", "REPLACE")
    start = cursor.at
    cursor.says_any("CONSTRAINT", "EVENT") if cursor.peek(1).word == "TRIGGER" else None
    reader = _CREATES.get(cursor.peek().word)
    if reader is not None and not (cursor.sees("TRIGGER") and cursor.peek(-1).word == "EVENT"):
        return reader(cursor, replace)
    cursor.at = start
    cursor.says_any("GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "RECURSIVE", "TRUSTED")
    if cursor.sees("TABLE"):
        cursor.at = start
        return read_create_table(cursor)
    if cursor.sees("VIEW") or cursor.sees("RECURSIVE"):
        cursor.at = start
        return read_create_view(cursor, replace=replace)
    return read_other(cursor, verb)


def _create_foreign(cursor: Cursor, _replace: bool) -> Node:  # noqa: FBT001
    if cursor.peek(1).word == "TABLE":
        return read_create_table(cursor)
    return read_other(cursor, "CREATE")


def _after_word(read_it: Callable[[Cursor], Node]) -> Callable[[Cursor, bool], Node]:
    def reader(cursor: Cursor, _replace: bool) -> Node:  # noqa: FBT001
        cursor.take()
        return read_it(cursor)

    return reader


def _create_trigger(cursor: Cursor, replace: bool) -> Node:  # noqa: FBT001
    cursor.take()
    return read_create_trigger(cursor, replace=replace)


_CREATES: dict[str, Callable[[Cursor, bool], Node]] = {
    "TABLE": lambda cursor, _: read_create_table(cursor),
    "UNLOGGED": lambda cursor, _: read_create_table(cursor),
    "FOREIGN": _create_foreign,
    "INDEX": lambda cursor, _: read_create_index(cursor),
    "UNIQUE": lambda cursor, _: read_create_index(cursor),
    "VIEW": lambda cursor, replace: read_create_view(cursor, replace=replace),
    "MATERIALIZED": lambda cursor, replace: read_create_view(cursor, replace=replace),
    "TYPE": _after_word(read_create_type),
    "DOMAIN": _after_word(read_create_domain),
    "FUNCTION": lambda cursor, replace: read_create_routine(cursor, replace=replace),
    "PROCEDURE": lambda cursor, replace: read_create_routine(cursor, replace=replace),
    "TRIGGER": _create_trigger,
    "RULE": _after_word(read_create_rule),
    "POLICY": _after_word(lambda cursor: read_policy(cursor, "CREATE")),
}


_RELATIONS = (("TABLE",), ("INDEX",), ("VIEW",), ("MATERIALIZED", "VIEW"), ("FOREIGN", "TABLE"))


def _read_alter(cursor: Cursor, verb: str) -> Node:
    for words in _RELATIONS:
        if cursor.sees(*words, "ALL", "IN"):
            return read_other(cursor, verb)
        if cursor.says(*words):
            return read_alter_table(cursor, " ".join(words))
    return _read_alter_object(cursor, verb)


def _read_alter_object(cursor: Cursor, verb: str) -> Node:
    if cursor.says("TYPE"):
        return read_alter_type(cursor)
    if cursor.says("DOMAIN"):
        return read_alter_domain(cursor)
    if cursor.says("SEQUENCE"):
        cursor.says("IF", "EXISTS")
        name, rest = cursor.name(), cursor.rest()
        return o.AlterSequence(name=name, words=rest.words, owner=read_owner(cursor.inside(rest)))
    if cursor.says("POLICY"):
        return read_policy(cursor, "ALTER")
    if cursor.sees("TRIGGER") or cursor.sees("RULE"):
        return _read_alter_owned(cursor)
    return read_other(cursor, verb)


def _read_alter_owned(cursor: Cursor) -> Node:
    kind, name = cursor.take().word, cursor.ident()
    cursor.need("ON")
    table = cursor.name()
    renames = cursor.says("RENAME", "TO")
    if not renames:
        cursor.says("NO")
        cursor.need("DEPENDS", "ON", "EXTENSION")
    cursor.ident()
    cursor.need_end()
    return o.AlterOwned(kind=kind, name=name, table=table, renames=renames)


def _read_drop(cursor: Cursor, _verb: str) -> Node:
    return read_drop_index(cursor) if cursor.says("INDEX") else read_drop(cursor)


def _read_explain(cursor: Cursor, verb: str) -> Node:
    """EXPLAIN runs nothing unless it says ANALYZE; then it is the statement itself."""
    analyze = option_is_on(cursor.group(), "ANALYZE") if cursor.sees("(") else False
    analyze |= bool(cursor.says_any("ANALYZE", "ANALYSE"))
    cursor.says("VERBOSE")
    return read_statement(cursor) if analyze else t.Session(verb, cursor.rest().words)


def _read_prepare(cursor: Cursor, verb: str) -> Node:
    """PREPARE of a statement; PREPARE TRANSACTION ends one."""
    if cursor.says("TRANSACTION"):
        return t.Session(f"{verb} TRANSACTION", cursor.rest().words)
    name = cursor.ident()
    if cursor.sees("("):
        cursor.group()
    cursor.need("AS")
    start = cursor.at
    read_statement(cursor)
    return q.Prepare(name=name, statement=cursor.between(start, len(cursor.tokens)))


def _read_select(cursor: Cursor, _verb: str) -> Node:
    cursor.at -= 1
    return q.read_query(cursor)


def _read_import(cursor: Cursor, verb: str) -> Node:
    return o.Other(verb=verb, kind="", words=cursor.rest().words)


VERBS: dict[str, Callable[[Cursor, str], Node]] = {
    "ABORT": t.read_end,
    "ALTER": _read_alter,
    "ANALYSE": lambda cursor, _: m.read_vacuum(cursor, analyze_only=True),
    "ANALYZE": lambda cursor, _: m.read_vacuum(cursor, analyze_only=True),
    "BEGIN": t.read_begin,
    "CALL": t.read_session,
    "CHECKPOINT": t.read_session,
    "CLOSE": t.read_session,
    "CLUSTER": lambda cursor, _: m.read_cluster(cursor),
    "COMMENT": lambda cursor, _: m.read_comment(cursor),
    "COMMIT": t.read_end,
    "COPY": lambda cursor, _: q.read_copy(cursor),
    "CREATE": _read_create,
    "DEALLOCATE": t.read_session,
    "DECLARE": t.read_session,
    "DELETE": q.read_write,
    "DISCARD": t.read_reset,
    "DO": lambda cursor, _: q.read_do(cursor),
    "DROP": _read_drop,
    "END": t.read_end,
    "EXECUTE": t.read_session,
    "EXPLAIN": _read_explain,
    "FETCH": t.read_session,
    "GRANT": lambda cursor, _: read_grant(cursor, revoke=False),
    "IMPORT": _read_import,
    "INSERT": q.read_write,
    "LISTEN": t.read_session,
    "LOAD": t.read_session,
    "LOCK": lambda cursor, _: m.read_lock(cursor),
    "MERGE": q.read_write,
    "MOVE": t.read_session,
    "NOTIFY": t.read_session,
    "PREPARE": _read_prepare,
    "REASSIGN": _read_import,
    "REFRESH": lambda cursor, _: m.read_refresh(cursor),
    "REINDEX": lambda cursor, _: read_reindex(cursor),
    "RELEASE": t.read_savepoint,
    "REPACK": lambda cursor, _: m.read_repack(cursor),
    "RESET": t.read_reset,
    "REVOKE": lambda cursor, _: read_grant(cursor, revoke=True),
    "ROLLBACK": t.read_end,
    "SAVEPOINT": t.read_savepoint,
    "SECURITY": _read_import,
    "SELECT": _read_select,
    "SET": t.read_set,
    "SHOW": t.read_session,
    "START": t.read_begin,
    "TABLE": _read_select,
    "TRUNCATE": lambda cursor, _: m.read_truncate(cursor),
    "UNLISTEN": t.read_session,
    "UPDATE": q.read_write,
    "VACUUM": lambda cursor, _: m.read_vacuum(cursor, analyze_only=False),
    "VALUES": _read_select,
    "WAIT": t.read_session,
    "WITH": _read_select,
}

"""Reads what belongs to a table: triggers, rules, policies."""

from expandcontract.lint.cursor import Cursor, NotReadError
from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms.query import writes
from expandcontract.lint.forms.sources import relations


def read_create_trigger(cursor: Cursor, *, replace: bool) -> o.CreateTrigger:
    """Take CREATE TRIGGER from behind TRIGGER on."""
    name = cursor.ident()
    cursor.until("ON")
    cursor.need("ON")
    table = cursor.name()
    other = cursor.name() if cursor.says("FROM") else None
    words = cursor.rest().words
    if "EXECUTE" not in words:
        raise NotReadError(cursor.peek(), "EXECUTE FUNCTION")
    return o.CreateTrigger(
        name=name, table=table, replace=replace, each_row="ROW" in words, other=other
    )


def read_create_rule(cursor: Cursor) -> o.CreateRule:
    """Take what follows CREATE RULE."""
    name = cursor.ident()
    cursor.until("TO")
    cursor.need("TO")
    table = cursor.name()
    cursor.until("DO")
    cursor.need("DO")
    commands = cursor.rest()
    written = writes(commands, cursor)
    reads = tuple(n for n in relations(commands, cursor) if n not in written)
    return o.CreateRule(name=name, table=table, reads=reads, writes=written)


def read_policy(cursor: Cursor, verb: str) -> o.Policy:
    """Take what follows CREATE POLICY or ALTER POLICY."""
    name = cursor.ident()
    cursor.need("ON")
    table = cursor.name()
    rest = cursor.rest()
    return o.Policy(
        verb=verb,
        name=name,
        table=table,
        restrictive="RESTRICTIVE" in rest.words,
        reads=relations(rest, cursor),
    )

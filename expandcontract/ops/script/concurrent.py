"""Indexes in a script: built and dropped by commands that cannot stand in a block or a branch.

So each command is made to do nothing where nothing is to be done: `IF EXISTS` for the drop; for
the build `IF NOT EXISTS`, with a sequence that takes the index's name for that moment where the
step is done although no index has the name (it was renamed since).
"""

import re
from collections.abc import Iterator

from expandcontract.changes.base import Change
from expandcontract.ddl import indexes
from expandcontract.model.names import TableName, literal, short_hash
from expandcontract.model.plan import Step
from expandcontract.ops.errors import NotScriptableError
from expandcontract.ops.script.records import number, set_step
from expandcontract.ops.script.text import CHANGE, commands, do, fail, when

_BUILD = re.compile(r'CREATE (?:UNIQUE )?INDEX CONCURRENTLY "((?:[^"]|"")+)" ON ')
_DROP = re.compile(r"DROP INDEX CONCURRENTLY (?=\S)")


def build(change: Change, step: Step) -> Iterator[str]:
    """Build an index; what a broken build left is put aside under another name and dropped."""
    statement = step.statements[0]
    if len(step.statements) == 1 and _DROP.match(statement.sql):
        yield from _gone(change, step)
        return
    found = _BUILD.match(statement.sql)
    if found is None or statement.table is None or len(step.statements) != 1:
        raise NotScriptableError(change.name, step.name)
    table, name = statement.table, found[1].replace('""', '"')
    index, broken = TableName(name, table.schema), f"zz_ec_{short_hash(name)}_broken"
    done = step.done.inlined()
    before = [
        when(f"({cleanup.needed.inlined()})", indexes.rename(table, name, broken).sql + ";")
        for cleanup in step.cleanups
    ]
    if step.running is not None:
        still = f"an earlier statement is still at work on {index.plain}; run this again later"
        before.insert(0, when(f"({step.running.inlined()})", fail(still) + ";"))
    yield do(
        commands(
            _without_placeholder(index),
            *before,
            when(f"({done}) AND {_oid(index)} IS NULL", f"CREATE SEQUENCE {index};"),
        )
    )
    yield _if_exists(indexes.drop_concurrently(table, broken).sql)
    at = found.start(1) - 1
    yield f"{statement.sql[:at]}IF NOT EXISTS {statement.sql[at:]};"
    not_done = f"{step.name} ran, but it is not true that {step.summary}"
    yield do(
        commands(
            _without_placeholder(index),
            when(f"NOT ({done})", fail(not_done) + ";"),
            set_step(step, "done"),
        ),
        number(change.name),
    )


def _gone(change: Change, step: Step) -> Iterator[str]:
    """Drop an index for good: aside first, since another one may have its name afterwards."""
    statement = step.statements[0]
    index = TableName.parse(_DROP.sub("", statement.sql))
    if statement.table is None:
        raise NotScriptableError(change.name, step.name)
    aside = f"zz_ec_{short_hash(str(index), 'gone')}_gone"
    done = step.done.inlined()
    put_aside = indexes.rename(statement.table, index.name, aside).sql
    yield do(commands(when(f"NOT ({done})", f"{put_aside};")))
    yield _if_exists(indexes.drop_concurrently(statement.table, aside).sql)
    not_done = f"{step.name} ran, but it is not true that {step.summary}"
    yield do(
        commands(when(f"NOT ({done})", fail(not_done) + ";"), set_step(step, "done")),
        number(change.name),
    )


def drop(change: Change, step: Step) -> Iterator[str]:
    """Drop an index."""
    for statement in step.revert:
        if not _DROP.match(statement.sql):
            raise NotScriptableError(change.name, step.name)
        yield _if_exists(statement.sql)
    note = when(f"{CHANGE} IS NOT NULL", commands(set_step(step, "reverted")))
    yield do(commands(note), number(change.name))


def _if_exists(sql: str) -> str:
    return _DROP.sub("DROP INDEX CONCURRENTLY IF EXISTS ", sql) + ";"


def _oid(name: TableName) -> str:
    return f"pg_catalog.to_regclass({literal(str(name))})"


def _without_placeholder(name: TableName) -> str:
    is_ours = f"EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = {_oid(name)} AND relkind = 'S')"
    return when(is_ours, f"DROP SEQUENCE {name};")

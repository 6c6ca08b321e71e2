"""Expand and contract in one run leave no moment in which both releases work.

The new column is filled from the old one, and the old one is gone before a release that knows the
new one can be deployed; what the running release writes after the copy is lost as well. With
`--base` all that is new counts as one run, else each file by itself.

Bad:

    ALTER TABLE users ADD COLUMN email_address text;
    UPDATE users SET email_address = email WHERE id < 1000;
    ALTER TABLE users DROP COLUMN email;

Says:

    users.email goes in the run that fills email_address from it: no release fits before and after

Instead:

    Add and fill the new column in one deploy, and drop the old one in a later deploy, once no
    running release uses it; op.expand(RenameColumn(...)) keeps both equal until then.

On MySQL:

    Add and fill the new column in one deploy, with triggers that keep both equal, and drop the old
    one in a later deploy, once no running release uses it.

Good:

    ALTER TABLE users ADD COLUMN email_address text;
    UPDATE users SET email_address = email WHERE id < 1000;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.forms import query as q
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.reading import Read
from expandcontract.lint.release import Use
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName


def check(node: a.AlterTable | m.Drop, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for what the same run has just copied elsewhere."""
    if isinstance(node, m.Drop):
        yield from _tables(node, context)
        return
    for action in node.actions:
        if not isinstance(action, a.DropColumn | a.RenameColumn):
            continue
        use = context.release.column(node.table, action.column)
        new = _filled_from(node.table, action.column, context)
        if new and use is not Use.UNMAPPED and context.live(node.table):
            yield Hit(
                message=f"{node.table.plain}.{action.column} goes in the run that fills {new} from "
                "it: no release fits before and after",
                certainty=use.certainty,
            )


def _filled_from(table: TableName, old: str, context: Context) -> str:
    """The column of this run that an UPDATE of this run fills from the old one."""
    key = context.history.key
    if next(context.of_the_run(q.Write, of=table.name), None) is None:
        return ""
    added = {
        action.column.name
        for read in context.of_the_run(a.AlterTable, of=table.name)
        if isinstance(read.node, a.AlterTable) and key(read.node.table) == key(table)
        for action in read.node.actions
        if isinstance(action, a.AddColumn)
    }
    if old in added:
        return ""
    for read in context.of_the_run(q.Write, of=table.name):
        write = read.node
        if not isinstance(write, q.Write) or write.verb != "UPDATE":
            continue
        if key(write.table) == key(table):
            named = write.expression.names()
            if old in named and (new := sorted(added & named)):
                return ", ".join(new)
    return ""


def _tables(node: m.Drop, context: Context) -> Iterator[Hit]:
    for old in node.names if node.kind == "TABLE" else ():
        use = context.release.table(old)
        filled = (name for name, reads in _filled(old, context) if old in reads)
        new = next((name for name in filled if _made(name, context)), None)
        if new is not None and not _made(old, context) and use is not Use.UNMAPPED:
            yield Hit(
                message=f"{old.plain} goes in the run that fills {new.plain} from it: no release "
                "fits before and after",
                certainty=use.certainty,
            )


def _made(name: TableName, context: Context) -> bool:
    """Whether the run itself has made the table."""
    key = context.history.key
    made = context.of_the_run(CreateTable, of=name.name)
    return any(isinstance(x.node, CreateTable) and key(x.node.name) == key(name) for x in made)


def _filled(old: TableName, context: Context) -> Iterator[tuple[TableName, tuple[TableName, ...]]]:
    """The tables that statements of this run fill from one of that name, and all they read."""
    for read in context.that_read(old.name):
        match read.node:
            case q.Write(table=table, reads=reads):
                yield table, reads
            case CreateTable(name=table, query=query, reads=reads) if query is not None:
                yield table, reads
            case _:
                pass


RULE = Rule(
    id="EC220",
    name="copied-and-gone",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable, m.Drop),
    actions=(a.DropColumn, a.RenameColumn),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)

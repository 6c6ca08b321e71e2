"""The statement needs a newer PostgreSQL than it may run on.

An older server answers with a syntax error. The version comes from --pg-version or the settings.

Bad:

    ALTER TABLE orders ALTER COLUMN total SET EXPRESSION AS (price * 2);

Says:

    SET EXPRESSION needs PostgreSQL 17, and 15 is the oldest that it may run on

Instead:

    Write it the older way, or raise pg_version once no older server is left.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms import query as q
from expandcontract.lint.forms.constraint import Check, ForeignKey, NotNull, Unique
from expandcontract.lint.forms.index import CreateIndex, Reindex
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: object, read: Read, context: Context) -> Iterator[Hit]:
    """Look for forms that came later."""
    for what, since in (*_forms(node), *_words(node, read)):
        if context.major < since:
            oldest = f"{context.major} is the oldest that it may run on"
            yield Hit(message=f"{what} needs PostgreSQL {since}, and {oldest}")


def _forms(node: object) -> Iterator[tuple[str, int]]:
    if isinstance(node, CreateIndex) and node.nulls_not_distinct:
        yield "NULLS NOT DISTINCT", 15
    if isinstance(node, q.Write) and node.verb == "MERGE":
        yield "MERGE", 15
    if isinstance(node, o.CreateTrigger) and node.replace:
        yield "CREATE OR REPLACE TRIGGER", 14
    if isinstance(node, o.Other) and node.words[1:3] == ("SET", "STATISTICS"):
        yield "ALTER STATISTICS .. SET STATISTICS", 13
    if isinstance(node, a.AlterTable):
        for action in node.actions:
            if node.kind == "VIEW" and isinstance(action, a.RenameColumn):
                yield "ALTER VIEW .. RENAME COLUMN", 13
            yield from _action(action)


def _action(action: object) -> Iterator[tuple[str, int]]:
    match action:
        case a.SetExpression():
            yield "SET EXPRESSION", 17
        case a.DropExpression():
            yield "DROP EXPRESSION", 13
        case a.DetachPartition(concurrently=True):
            yield "DETACH PARTITION CONCURRENTLY", 14
        case a.SetStorage(what="compression"):
            yield "SET COMPRESSION", 14
        case a.SetAccessMethod():
            yield "SET ACCESS METHOD", 15
        case a.AddColumn(column=column) if column.stored is False:
            yield "VIRTUAL", 18
        case a.AddConstraint(constraint=constraint):
            yield from _constraint(constraint)
        case _:
            pass


def _constraint(constraint: object) -> Iterator[tuple[str, int]]:
    match constraint:
        case NotNull():
            yield "NOT NULL as a constraint", 18
        case Check(enforced=False) | ForeignKey(enforced=False):
            yield "NOT ENFORCED", 18
        case Unique(nulls_not_distinct=True):
            yield "NULLS NOT DISTINCT", 15
        case _:
            pass


def _words(node: object, read: Read) -> Iterator[tuple[str, int]]:
    if isinstance(node, o.CreateRoutine) and "BEGIN ATOMIC" in " ".join(read.text.upper().split()):
        yield "BEGIN ATOMIC", 14
    if isinstance(node, Reindex) and node.concurrently and "(" in read.text.split("CONC", 1)[0]:
        yield "CONCURRENTLY as an option of REINDEX", 14


RULE = Rule(
    id="EC417",
    name="newer-than-server",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(a.AlterTable, CreateIndex, q.Write, o.CreateRoutine, o.CreateTrigger, o.Other, Reindex),
    actions=(
        a.AddColumn,
        a.AddConstraint,
        a.DetachPartition,
        a.DropExpression,
        a.RenameColumn,
        a.SetAccessMethod,
        a.SetExpression,
        a.SetStorage,
    ),
    check=check,
)

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

from collections.abc import Iterator, Mapping
from itertools import chain

from expandcontract.lint.cursor import Expr
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms import query as q
from expandcontract.lint.forms import transaction as t
from expandcontract.lint.forms.column import ColumnDef
from expandcontract.lint.forms.constraint import Check, Constraint, ForeignKey, NotNull, Unique
from expandcontract.lint.forms.index import CreateIndex, Reindex
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: object, read: Read, context: Context) -> Iterator[Hit]:
    """Look for forms that came later."""
    found = [*_forms(node), *_words(node, read), *_returned(node, read.text)]
    for part in read.held:
        found += _returned(part.node, part.text)
    for what, since in found:
        if since > _NEWEST:
            yield Hit(message=f"{what} is in no PostgreSQL up to {_NEWEST}")
        elif context.major < since:
            oldest = f"{context.major} is the oldest that it may run on"
            yield Hit(message=f"{what} needs PostgreSQL {since}, and {oldest}")


def _forms(node: object) -> Iterator[tuple[str, int]]:  # noqa: C901  (a case each)
    match node:
        case CreateIndex(nulls_not_distinct=True):
            yield "NULLS NOT DISTINCT", 15
        case q.Write(verb="MERGE"):
            yield "MERGE", 15
        case m.Vacuum(only=(_, *_)):
            yield "ANALYZE ONLY" if node.analyze_only else "VACUUM ONLY", 18
        case m.Cluster(verb="REPACK"):
            yield "REPACK", 19
        case t.Session(verb="WAIT"):
            yield "WAIT FOR", 19
        case o.CreateTrigger(replace=True):
            yield "CREATE OR REPLACE TRIGGER", 14
        case o.Other(words=(_, "SET", "STATISTICS", *_)):
            yield "ALTER STATISTICS .. SET STATISTICS", 13
        case CreateTable():
            yield from chain.from_iterable(map(_column, node.columns))
            yield from chain.from_iterable(map(_constraint, node.constraints))
        case a.AlterTable():
            for action in node.actions:
                if node.kind == "VIEW" and isinstance(action, a.RenameColumn):
                    yield "ALTER VIEW .. RENAME COLUMN", 13
                yield from _action(action)
        case _:
            pass


def _action(action: object) -> Iterator[tuple[str, int]]:  # noqa: C901  (a case each)
    match action:
        case a.AlterConstraint():
            yield from _altered(action)
        case a.AddColumn(column=column):
            yield from _column(column)
        case a.SetDefault(default=default):
            yield from _default(default)
        case a.AddConstraint(constraint=constraint):
            yield from _constraint(constraint)
        case a.DetachPartition(finalize=True):
            yield "DETACH PARTITION FINALIZE", 14
        case a.DetachPartition(concurrently=True):
            yield "DETACH PARTITION CONCURRENTLY", 14
        case a.SetStorage(what="compression"):
            yield "SET COMPRESSION", 14
        case _ if type(action) in _SINCE:
            yield _SINCE[type(action)]
        case _:
            pass


_NEWEST = 19
_NOT_YET = _NEWEST + 1
"""Forms that the betas of 19 had and its release candidate has not."""

_SINCE: Mapping[type, tuple[str, int]] = {
    a.DropExpression: ("DROP EXPRESSION", 13),
    a.MergePartitions: ("MERGE PARTITIONS", _NOT_YET),
    a.SetAccessMethod: ("SET ACCESS METHOD", 15),
    a.SetExpression: ("SET EXPRESSION", 17),
    a.SplitPartition: ("SPLIT PARTITION", _NOT_YET),
}


def _altered(action: a.AlterConstraint) -> Iterator[tuple[str, int]]:
    if action.enforced is not None:
        yield f"ALTER CONSTRAINT .. {'ENFORCED' if action.enforced else 'NOT ENFORCED'}", 18
    if action.inherit is not None:
        yield f"ALTER CONSTRAINT .. {'INHERIT' if action.inherit else 'NO INHERIT'}", 18


def _column(column: ColumnDef) -> Iterator[tuple[str, int]]:
    if column.stored is False:
        yield "VIRTUAL", 18
    yield from _default(column.default)
    for constraint in column.constraints:
        yield from _constraint(constraint)


def _default(default: Expr | None) -> Iterator[tuple[str, int]]:
    """Without the schema it may be a function of one's own, as many have written one."""
    if default is not None and _UUIDV7 in "".join(default.words).lower():
        yield "uuidv7()", 18


_UUIDV7 = "pg_catalog.uuidv7("


def _constraint(constraint: Constraint) -> Iterator[tuple[str, int]]:
    if isinstance(constraint, NotNull):
        yield "NOT NULL as a constraint", 18
    if isinstance(constraint, Check | ForeignKey) and not constraint.enforced:
        yield "NOT ENFORCED", 18
    if isinstance(constraint, ForeignKey) and constraint.period:
        yield "PERIOD", 18
    if isinstance(constraint, ForeignKey) and _names_set_columns(constraint.rest):
        yield "ON DELETE SET .. with columns", 15
    if isinstance(constraint, Unique) and constraint.nulls_not_distinct:
        yield "NULLS NOT DISTINCT", 15
    if isinstance(constraint, Unique) and constraint.without_overlaps:
        yield "WITHOUT OVERLAPS", 18


def _names_set_columns(actions: str) -> bool:
    """`ON DELETE SET NULL (column)`."""
    return "(" in actions


def _returned(node: object, text: str) -> Iterator[tuple[str, int]]:
    """RETURNING of old and new rows, unless the statement calls something else so."""
    if not isinstance(node, q.Write) or "RETURNING" not in text.upper():
        return
    words = tuple(word.strip('"').upper() for word in node.expression.words)
    at = words.index("RETURNING") if "RETURNING" in words else len(words)
    if words[at + 1 : at + 3] == ("WITH", "("):
        yield "RETURNING WITH (OLD AS ..)", 18
        return
    for name in ("OLD", "NEW"):
        places = [place for place, word in enumerate(words) if word == name]
        if places and all(place > at and _is_row(words, place) for place in places):
            yield f"{name} in RETURNING", 18


def _is_row(words: tuple[str, ...], at: int) -> bool:
    """Whether a column is asked of the name, and it is no schema that has a function."""
    asked, behind = words[at + 1 : at + 2], words[at + 3 : at + 4]
    return asked == (".",) and behind != ("(",) and words[at - 1] != "."


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
    nodes=(
        a.AlterTable, CreateIndex, CreateTable, m.Cluster, m.Vacuum, q.Copy, q.Prepare, q.Query,
        q.Write, o.CreateRoutine,
        o.CreateTrigger, o.Other, Reindex, t.Session,
    ),
    actions=(
        a.AddColumn, a.AddConstraint, a.AlterConstraint, a.DetachPartition, a.DropExpression,
        a.MergePartitions, a.RenameColumn, a.SetAccessMethod, a.SetDefault, a.SetExpression,
        a.SetStorage, a.SplitPartition,
    ),
    check=check,
)  # fmt: skip

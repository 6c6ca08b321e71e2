"""PostgreSQL refuses to drop or empty what other objects need.

Without CASCADE a table or view that a view reads or that others inherit from, a table or key that a
foreign key points at, and a partition of such a table are not dropped (2BP01); a table that a
foreign key points at is not truncated, even when the other table is empty (0A000).

Given:

    CREATE TABLE orders (id int PRIMARY KEY);
    CREATE TABLE items (id int, order_id int CONSTRAINT items_order REFERENCES orders (id));

Bad:

    DROP TABLE orders;

Says:

    orders is needed by the foreign key items_order of items

Instead:

    Take away what needs it first, by name and in a release of its own; CASCADE takes all of it.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.knowledge import History
from expandcontract.lint.known import KnownTable
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.kinds import ConstraintKind
from expandcontract.model.names import TableName

_RELATIONS = frozenset({"TABLE", "VIEW", "MATERIALIZED VIEW"})
_KEYS = frozenset({ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE})


def check(node: m.Drop | m.Truncate | a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for what stands on the thing that goes."""
    history = context.history
    match node:
        case m.Drop(cascade=False) if node.kind in _RELATIONS:
            yield from _hits(node.names, history, dropped=True)
        case m.Truncate(cascade=False):
            yield from _hits(node.tables, history, dropped=False)
        case a.AlterTable():
            known = history.table(node.table)
            for action in node.actions if known else ():
                yield from _parts(action, known, history) if known else ()
        case _:
            return


def _hits(names: tuple[TableName, ...], history: History, *, dropped: bool) -> Iterator[Hit]:
    gone = {history.key(name) for name in names}
    for name in names:
        known = history.table(name)
        if known is None:
            continue
        needs = [*_keys(known, history, gone)]
        if dropped:
            needs += [*_readers(known, history, gone), *_partition_keys(known, history, gone)]
        for need in needs[:1]:
            yield Hit(message=f"{name.plain} is needed by {need}")


def _keys(known: KnownTable, history: History, gone: set[TableName]) -> Iterator[str]:
    for child in history.referencing(known.name):
        if child.name not in gone:
            yield from (
                f"the foreign key {key.name} of {child.spelled.plain}"
                for key in child.foreign_keys
                if key.parent == known.name
            )


def _partition_keys(known: KnownTable, history: History, gone: set[TableName]) -> Iterator[str]:
    above = history.tables.get(known.parent) if known.parent else None
    if above is not None and above.name not in gone:
        yield from _keys(above, history, gone)


def _readers(known: KnownTable, history: History, gone: set[TableName]) -> Iterator[str]:
    for other in history.dependents(known.name):
        if other.name in gone:
            continue
        if any(name == known.name for name, _ in other.reads):
            yield f"the view {other.spelled.plain}"
        if known.name in other.inherits:
            yield f"{other.spelled.plain}, which inherits from it"


def _parts(action: a.Action, known: KnownTable, history: History) -> Iterator[Hit]:
    """A column, or a key, that a foreign key points at."""
    match action:
        case a.DropColumn(cascade=False):
            name, columns = action.column, {action.column}
        case a.DropConstraint(cascade=False):
            found = known.constraint(action.constraint)
            if found is None or found.kind not in _KEYS:
                return
            name, columns = action.constraint, set(found.columns)
        case _:
            return
    whole = isinstance(action, a.DropConstraint)
    for child in history.referencing(known.name):
        for key in child.foreign_keys:
            used = set(key.parent_columns) == columns if whole else columns <= {*key.parent_columns}
            if key.parent == known.name and used and child.name != known.name:
                yield Hit(
                    message=f"{name} is needed by the foreign key {key.name} of "
                    f"{child.spelled.plain}"
                )
                return


RULE = Rule(
    id="EC420",
    name="still-needed",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(m.Drop, m.Truncate, a.AlterTable),
    actions=(a.DropColumn, a.DropConstraint),
    check=check,
)

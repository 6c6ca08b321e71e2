"""Applies one statement to a `History`; what touches a table and is not understood taints it."""

from expandcontract.lint import replaying_partitions, routines
from expandcontract.lint.building import build_table, index_of
from expandcontract.lint.dispatch import Dispatch
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms.alter_table import AlterTable
from expandcontract.lint.forms.index import CreateIndex, DropIndex
from expandcontract.lint.forms.query import Do, Query
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.knowledge import History
from expandcontract.lint.known import KnownTable, KnownType
from expandcontract.lint.made import made_by
from expandcontract.lint.reading import Read
from expandcontract.lint.replaying_actions import apply_action, copy_to_partitions
from expandcontract.lint.tokens import Kind, unquoted
from expandcontract.model.kinds import TableKind
from expandcontract.model.names import TableName
from expandcontract.model.value import replace

FAMILIES = (replaying_partitions,)
"""Its import is what registers its functions."""


def apply(history: History, read: Read, *, judged: bool = False) -> None:
    """Take one statement's effect on the schema; `judged` marks what it makes as fresh."""
    if read.node is None:
        _taint_named(history, read)
        return
    apply_node(read.node, history)
    for inner in read.with_inside()[1:]:
        _apply_conditionally(history, inner)
    if judged:
        history.add_fresh(made_by(read.node, history))


def _apply_conditionally(history: History, read: Read) -> None:
    """A statement of a DO block may or may not run: its table is uncertain afterwards."""
    if read.node is None:
        _taint_named(history, read)
        return
    apply_node(read.node, history)
    table = getattr(read.node, "table", None) or getattr(read.node, "name", None)
    if isinstance(table, TableName) and history.key(table) in history.tables:
        history.uncertain.add(history.key(table))


def _taint_named(history: History, read: Read) -> None:
    """Every known table whose name occurs in a statement that could not be read."""
    words = {part.strip('"') for part in read.text.replace(".", " ").replace("(", " ").split()}
    words |= {word.lower() for word in words}
    history.uncertain.update(key for key in history.tables if key.name in words)
    history.signatures.clear()


@Dispatch
def apply_node(node: object, history: History) -> None:
    """Take the effect of a statement; most change nothing that is kept."""


@apply_node.register
def _create_table(node: CreateTable, history: History) -> None:
    key = history.new_key(node.name)
    if node.if_not_exists and key in history.tables:
        return
    table = build_table(node, key, history)
    history.uncertain.discard(key)
    history.put(table)


@apply_node.register
def _create_index(node: CreateIndex, history: History) -> None:
    table = _known_or_guessed(node.table, history)
    taken = history.names_in_schema(table.name.schema)
    index = index_of(node, table, taken)
    if TableName(index.name, table.name.schema) in history.index_tables:
        return
    made = replace(table, indexes=(*table.indexes, index))
    history.put(made)
    if not node.only:
        copy_to_partitions(made, history)


@apply_node.register
def _drop_index(node: DropIndex, history: History) -> None:
    for name in node.names:
        if found := history.index(name):
            table, index = found
            kept = tuple(item for item in table.indexes if item is not index)
            history.put(replace(table, indexes=kept))


@apply_node.register
def _alter_table(node: AlterTable, history: History) -> None:
    if node.kind == "INDEX":
        _alter_index(node, history)
        return
    for action in node.actions:
        apply_action(action, _known_or_guessed(node.table, history), history)


def _known_or_guessed(name: TableName, history: History) -> KnownTable:
    """The relation; of one that nobody saw made, what the statements say is remembered."""
    if known := history.table(name):
        return known
    key = history.new_key(name)
    guessed = KnownTable(name=key, spelled=name, complete=False, guessed=True)
    history.put(guessed)
    return guessed


def _alter_index(node: AlterTable, history: History) -> None:
    found = history.index(node.table)
    if found is None:
        return
    table, index = found
    for action in node.actions:
        if to := getattr(action, "to", None):
            renamed = replace(index, name=to)
            if index.constraint == index.name:
                renamed = replace(renamed, constraint=to)
                constraints = tuple(
                    replace(c, name=to) if c.name == index.name else c for c in table.constraints
                )
                table = replace(table, constraints=constraints)
            indexes = tuple(renamed if item is index else item for item in table.indexes)
            history.put(replace(table, indexes=indexes))


@apply_node.register
def _drop(node: m.Drop, history: History) -> None:  # noqa: C901  (a kind each)
    routines.forget_dropped(node, history)
    if node.kind in {"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"}:
        for name in node.names:
            _drop_relation(history, history.key(name), cascade=node.cascade)
    elif node.kind in {"TYPE", "DOMAIN"}:
        for name in node.names:
            history.types.pop(history.new_key(name), None)
    elif node.kind == "TRIGGER" and node.on is not None:
        if table := history.table(node.on):
            kept = tuple(t for t in table.triggers if t != node.names[0].name)
            history.put(replace(table, triggers=kept))
    elif node.kind == "SCHEMA":
        schemas = {name.name for name in node.names}
        for key in [key for key in history.tables if key.schema in schemas]:
            history.forget(key)


def _drop_relation(history: History, key: TableName, *, cascade: bool) -> None:
    for child in tuple(history.children(key)):
        if child.parent == key or cascade:
            _drop_relation(history, child.name, cascade=cascade)
    if cascade:
        _drop_dependents(history, key)
    history.forget(key)


def _drop_dependents(history: History, key: TableName) -> None:
    for table in history.dependents(key):
        if any(name == key for name, _ in table.reads):
            _drop_relation(history, table.name, cascade=True)
        elif any(item.parent == key for item in table.foreign_keys):
            kept = tuple(item for item in table.constraints if item.parent != key)
            history.put(replace(table, constraints=kept))


@apply_node.register
def _create_view(node: o.CreateView, history: History) -> None:
    key = history.new_key(node.name)
    names = node.query.names()
    every = _shows_all(node.query.words)
    reads = tuple(
        (table.name, column.name)
        for table in _tables_in(node, history)
        for column in table.columns
        if column.name in names or every
    )
    whole = {history.key(name) for name in node.reads} - {name for name, _ in reads}
    reads += tuple((name, "") for name in sorted(whole & history.tables.keys()))
    history.put(
        KnownTable(
            name=key,
            spelled=node.name,
            kind=TableKind.OTHER if node.materialized else TableKind.VIEW,
            materialized=node.materialized,
            complete=False,
            reads=reads,
            output=node.output,
        )
    )


def _shows_all(words: tuple[str, ...]) -> bool:
    """Whether a star stands for columns: `count(*)` and a product name none."""
    starts, ends = {"SELECT", "ALL", "DISTINCT", ",", "."}, {")", "),", ")FROM"}
    around = zip(words, words[1:], (*words[2:], ""), strict=False)
    return any(star == "*" and (one in starts or one + two in ends) for one, star, two in around)


_NAMED = frozenset({Kind.WORD, Kind.QUOTED})


def _tables_in(node: o.CreateView, history: History) -> list[KnownTable]:
    """Known tables that the query names, with or without their schema."""
    found: dict[TableName, KnownTable] = {}
    tokens = node.query.tokens
    for at, token in enumerate(tokens):
        if token.kind not in _NAMED:
            continue
        # Behind a parenthesis it is a field: `(address).city`.
        qualified = at > 1 and tokens[at - 1].word == "." and tokens[at - 2].kind in _NAMED
        schema = unquoted(tokens[at - 2]) if qualified else None
        table = history.table(TableName(unquoted(token), schema))
        if table is not None:
            found[table.name] = table
    return list(found.values())


@apply_node.register
def _create_type(node: o.CreateType, history: History) -> None:
    key = history.new_key(node.name)
    history.types[key] = KnownType(name=key, kind=node.kind, labels=node.labels)


@apply_node.register
def _create_domain(node: o.CreateDomain, history: History) -> None:
    key = history.new_key(node.name)
    history.types[key] = KnownType(
        name=key, kind="domain", base=node.type, constrained=node.constrained
    )


@apply_node.register
def _alter_domain(node: o.AlterDomain, history: History) -> None:
    key = history.new_key(node.name)
    known = history.types.get(key)
    if known and (node.constraint or node.change.upper().startswith("SET NOT NULL")):
        history.types[key] = replace(known, constrained=True)


@apply_node.register
def _create_routine(node: o.CreateRoutine, history: History) -> None:
    routines.remember(node, history)


@apply_node.register
def _create_trigger(node: o.CreateTrigger, history: History) -> None:
    if table := history.table(node.table):
        triggers = tuple(t for t in table.triggers if t != node.name)
        history.put(replace(table, triggers=(*triggers, node.name)))


@apply_node.register
def _comment(node: m.Comment, history: History) -> None:
    table = history.table(node.name) if node.name else None
    column = table.find(node.column) if table and node.column else None
    if table and column:
        history.put(table.with_column(replace(column, comment=node.text or None)))


@apply_node.register
def _other(node: o.Other, history: History) -> None:
    routines.forget_after(node, history)
    if node.kind != "PUBLICATION":
        return
    if node.words[1:4] == ("FOR", "ALL", "TABLES"):
        history.all_published = True
    elif node.verb == "CREATE" or "ADD" in node.words:
        history.published.update(history.key(name) for name in node.tables)
    elif "DROP" in node.words:
        history.published.difference_update(history.key(name) for name in node.tables)


@apply_node.register
def _query(node: Query, history: History) -> None:
    if node.into is not None:
        key = history.new_key(node.into)
        history.put(KnownTable(name=key, spelled=node.into, complete=False))


@apply_node.register
def _do(node: Do, history: History) -> None:
    """The statements inside are applied one by one by `apply`."""

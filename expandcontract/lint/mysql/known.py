"""What is known of the tables, replayed from the statements that came before."""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.model.names import TableName
from expandcontract.model.value import field, replace, value


@value(frozen=False)
class Table:
    """A table as far as the statements tell; `complete` when its whole making was seen."""

    name: TableName
    columns: dict[str, f.Column] = field(default_factory=dict)
    keys: list[f.Key] = field(default_factory=list)
    charset: str | None = None
    collation: str | None = None
    engine: str = "INNODB"
    complete: bool = True
    fresh: bool = False

    def column(self, name: str) -> f.Column | None:
        """The column of that name, whatever its case."""
        return self.columns.get(name.lower())

    def indexed(self, column: str) -> bool:
        """Whether an index but the primary key holds the column."""
        return any(
            key.kind not in {"PRIMARY", "CHECK", "FOREIGN"} and _holds(key, column)
            for key in self.keys
        )

    def in_primary_key(self, column: str) -> bool:
        """Whether the primary key holds the column."""
        return any(key.kind == "PRIMARY" and _holds(key, column) for key in self.keys)

    def has(self, kind: str) -> bool:
        """Whether there is a key of this kind."""
        return any(key.kind == kind for key in self.keys)

    def generates(self, kind: str) -> bool:
        """Whether there is a VIRTUAL or STORED column."""
        return any(column.generated == kind for column in self.columns.values())

    def charset_of(self, column: f.Column) -> str | None:
        """The character set of a column's text; None where nobody said."""
        if column.type.charset:
            return _same_word(column.type.charset)
        collation = column.type.collation
        if collation:
            return _same_word(collation.split("_")[0])
        return self.charset


def _holds(key: f.Key, column: str) -> bool:
    return column.lower() in {name.lower() for name in key.columns}


def _same_word(charset: str) -> str:
    return "utf8mb3" if charset == "utf8" else charset


@value(frozen=False)
class Tables:
    """All tables, by their names."""

    tables: dict[str, Table] = field(default_factory=dict)
    foreign_key_checks: bool = True

    def copy(self) -> "Tables":
        """A state to come back to."""
        tables = {
            name: replace(table, columns=dict(table.columns), keys=list(table.keys))
            for name, table in self.tables.items()
        }
        return Tables(tables, self.foreign_key_checks)

    def get(self, name: TableName) -> Table | None:
        """The table of that name, if a statement made it."""
        return self.tables.get(name.name.lower())

    def fresh(self, name: TableName) -> bool:
        """Whether the same text made the table, so that nobody uses it yet."""
        table = self.get(name)
        return table is not None and table.fresh

    def forget_fresh(self) -> None:
        """A new text: what the last one made may be in use by now."""
        for table in self.tables.values():
            table.fresh = False

    def apply(self, node: f.Node | None) -> None:
        """Take the effect of a statement."""
        match node:
            case f.CreateTable():
                self._create(node)
            case f.DropTable():
                for name in node.tables:
                    self.tables.pop(name.name.lower(), None)
            case f.RenameTable():
                self._rename(dict(node.pairs))
            case f.AlterTable():
                self._alter(node)
            case f.Set():
                self._set(dict(node.values))
            case _:
                pass

    def _alter(self, node: f.AlterTable) -> None:
        table = self.get(node.table)
        for action in node.actions:
            if isinstance(action, f.RenameTo):
                self._rename({node.table: action.to})
            elif table is not None:
                _alter(table, action)

    def _set(self, values: dict[str, str]) -> None:
        if "foreign_key_checks" in values:
            self.foreign_key_checks = values["foreign_key_checks"] not in {"0", "OFF", "FALSE"}

    def _create(self, node: f.CreateTable) -> None:
        options = {option.name: option.value for option in node.options}
        charset = options.get("CHARSET") or (options.get("COLLATE") or "").split("_")[0]
        model = self.get(node.like) if node.like else None
        table = Table(
            name=node.name,
            columns={column.name.lower(): column for column in node.columns},
            keys=list(node.keys),
            charset=_same_word(charset.lower()) or None,
            collation=(options.get("COLLATE") or "").lower() or None,
            engine=options.get("ENGINE", "InnoDB").upper(),
            complete=node.complete and node.like is None,
            fresh=True,
        )
        if model is not None:
            table.columns, table.keys = dict(model.columns), list(model.keys)
            table.charset, table.collation = model.charset, model.collation
        self.tables[node.name.name.lower()] = table

    def _rename(self, names: dict[TableName, TableName]) -> None:
        """Rename one after the other, as the server does: so two tables can be swapped."""
        for old, new in names.items():
            table = self.tables.pop(old.name.lower(), None)
            if table is not None:
                table.name = new
                self.tables[new.name.lower()] = table


def _alter(table: Table, action: f.Action) -> None:
    match action:
        case f.AddColumn(column=column):
            table.columns[column.name.lower()] = column
            if column.key:
                table.keys.append(f.Key(kind=column.key, name=column.name, columns=(column.name,)))
        case f.DropColumn() | f.RenameColumn() | f.ChangeColumn():
            _alter_column(table, action)
        case f.AddKey(key=key):
            table.keys.append(key)
        case f.DropKey(kind=kind, name=name):
            table.keys = [key for key in table.keys if not _is(key, kind, name)]
        case f.Convert(charset=charset, collation=collation):
            table.charset, table.collation = _same_word(charset), collation
            table.columns.clear()
            table.complete = False
        case f.Option(name="ENGINE", value=value):
            table.engine = value.upper()
        case _:
            pass


def _alter_column(table: Table, action: f.DropColumn | f.RenameColumn | f.ChangeColumn) -> None:
    match action:
        case f.DropColumn(column=name):
            table.columns.pop(name.lower(), None)
            table.keys = list(_without(table.keys, name))
        case f.RenameColumn(column=name, to=new):
            known = table.columns.pop(name.lower(), None)
            if known is not None:
                table.columns[new.lower()] = replace(known, name=new)
            table.keys = list(_renamed(table.keys, name, new))
        case f.ChangeColumn(old=name, column=column):
            table.columns.pop(name.lower(), None)
            table.columns[column.name.lower()] = column
            table.keys = list(_renamed(table.keys, name, column.name))


def _renamed(keys: list[f.Key], old: str, new: str) -> Iterator[f.Key]:
    for key in keys:
        names = tuple(new if name.lower() == old.lower() else name for name in key.columns)
        yield replace(key, columns=names)


def _without(keys: list[f.Key], column: str) -> Iterator[f.Key]:
    """The keys that are left once a column is gone from them."""
    for key in keys:
        left = tuple(name for name in key.columns if name.lower() != column.lower())
        if left or not key.columns:
            yield replace(key, columns=left)


def _is(key: f.Key, kind: str, name: str | None) -> bool:
    if kind == "PRIMARY":
        return key.kind == kind
    return key.name is not None and name is not None and key.name.lower() == name.lower()

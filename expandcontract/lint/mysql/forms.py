"""What a statement of MySQL or MariaDB says, as values."""

from expandcontract.lint.cursor import Expr
from expandcontract.model.names import TableName
from expandcontract.model.value import field, value


@value(kw_only=True)
class Type:
    """A column's type; synonyms are one word, and a display width says nothing."""

    base: str
    arguments: tuple[str, ...] = ()
    unsigned: bool = False
    charset: str | None = None
    collation: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether a character set belongs to it."""
        return self.base in {
            "CHAR", "VARCHAR", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT", "ENUM", "SET",
        }  # fmt: skip


@value(kw_only=True)
class Column:
    """A column as a statement defines it."""

    name: str
    type: Type
    nullable: bool = True
    default: Expr | None = None
    auto_increment: bool = False
    generated: str = ""
    """VIRTUAL, STORED, or nothing for a column that holds what is written to it."""
    expression: str = ""
    key: str = ""
    """PRIMARY or UNIQUE where the definition asks for one."""
    checked: bool = False
    references: TableName | None = None

    @property
    def computed_default(self) -> bool:
        """Whether the default is an expression that may differ from row to row."""
        words = self.default.words if self.default else ()
        return len(words) > 1 and words[0] == "("


@value(kw_only=True)
class Key:
    """An index or a constraint: PRIMARY, UNIQUE, INDEX, FULLTEXT, SPATIAL, FOREIGN or CHECK."""

    kind: str
    name: str | None = None
    columns: tuple[str, ...] = ()
    references: TableName | None = None


@value(kw_only=True)
class AddColumn:
    """ADD COLUMN; `placed` when FIRST or AFTER is said."""

    column: Column
    placed: bool = False


@value
class DropColumn:
    """DROP COLUMN."""

    column: str


@value
class RenameColumn:
    """RENAME COLUMN .. TO."""

    column: str
    to: str


@value(kw_only=True)
class ChangeColumn:
    """MODIFY, or CHANGE with the old name: the whole definition is said anew."""

    old: str
    column: Column
    placed: bool = False


@value
class SetDefault:
    """ALTER COLUMN .. SET DEFAULT; without an expression DROP DEFAULT."""

    column: str
    default: Expr | None


@value
class AddKey:
    """ADD of an index or a constraint."""

    key: Key


@value
class DropKey:
    """DROP of PRIMARY, INDEX, FOREIGN, CHECK, or of a CONSTRAINT of an unsaid kind."""

    kind: str
    name: str | None


@value
class RenameKey:
    """RENAME INDEX .. TO."""

    name: str
    to: str


@value
class RenameTo:
    """RENAME of the table."""

    to: TableName


@value
class Convert:
    """CONVERT TO CHARACTER SET."""

    charset: str
    collation: str | None


@value
class Option:
    """A table option such as ENGINE = InnoDB."""

    name: str
    value: str


@value
class Partitions:
    """An action on partitions: DROP, REBUILD, PARTITION BY .., ADD RANGE, ADD HASH."""

    kind: str


@value
class Plain:
    """An action of a few fixed words: FORCE, ORDER BY, ENABLE KEYS, ALTER INDEX ..."""

    kind: str


Action = (
    AddColumn | DropColumn | RenameColumn | ChangeColumn | SetDefault | AddKey | DropKey
    | RenameKey | RenameTo | Convert | Option | Partitions | Plain
)  # fmt: skip


@value(kw_only=True)
class AlterTable:
    """ALTER TABLE, CREATE INDEX, DROP INDEX, OPTIMIZE TABLE: whatever online DDL answers for."""

    table: TableName
    actions: tuple[Action, ...]
    verb: str = "ALTER TABLE"
    algorithm: str | None = None
    lock: str | None = None
    online: bool = False
    waits: bool = False
    """MariaDB's WAIT n or NOWAIT is said."""


@value(kw_only=True)
class CreateTable:
    """CREATE TABLE, with what is said of columns and keys."""

    name: TableName
    temporary: bool = False
    columns: tuple[Column, ...] = ()
    keys: tuple[Key, ...] = ()
    options: tuple[Option, ...] = ()
    like: TableName | None = None
    complete: bool = True
    """False where a query adds columns."""
    replaces: bool = False
    """OR REPLACE is said: a table of that name is dropped."""


@value(kw_only=True)
class DropTable:
    """DROP TABLE."""

    tables: tuple[TableName, ...]
    temporary: bool = False


@value(kw_only=True)
class RenameTable:
    """RENAME TABLE, which may name many; all change in one moment."""

    pairs: tuple[tuple[TableName, TableName], ...]
    waits: bool = False


@value
class Truncate:
    """TRUNCATE TABLE."""

    table: TableName


@value
class LockTables:
    """LOCK TABLES with READ or WRITE for each."""

    tables: tuple[tuple[TableName, str], ...]


@value(kw_only=True)
class Write:
    """INSERT, UPDATE, DELETE and their like; the table is known where the text is simple."""

    verb: str
    table: TableName | None = None
    bounded: bool = True


@value
class Transaction:
    """BEGIN, COMMIT or ROLLBACK."""

    kind: str


@value
class Set:
    """SET of variables: lower-case names without scope, and the words they are set to."""

    values: tuple[tuple[str, str], ...] = field(default=())


@value(kw_only=True)
class Other:
    """Any other statement; `commits` when it ends the transaction without being asked."""

    verb: str
    commits: bool = False


Node = (
    AlterTable | CreateTable | DropTable | RenameTable | Truncate | LockTables | Write
    | Transaction | Set | Other
)  # fmt: skip

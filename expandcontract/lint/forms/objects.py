"""Views, types, domains, sequences, routines, triggers, policies, grants and the rest."""

from expandcontract.lint.cursor import Expr
from expandcontract.lint.forms.constraint import Constraint
from expandcontract.lint.forms.signature import Signature
from expandcontract.lint.types import TypeName
from expandcontract.model.names import TableName
from expandcontract.model.value import value


@value(kw_only=True)
class CreateView:
    """CREATE [OR REPLACE] [MATERIALIZED] VIEW."""

    name: TableName
    query: Expr
    columns: tuple[str, ...] = ()
    reads: tuple[TableName, ...] = ()
    output: tuple[str, ...] = ()
    materialized: bool = False
    replace: bool = False
    if_not_exists: bool = False
    with_data: bool = True


@value(kw_only=True)
class CreateType:
    """CREATE TYPE; `kind` is enum, range, composite or base."""

    name: TableName
    kind: str
    labels: tuple[str, ...] = ()


@value(kw_only=True)
class AlterType:
    """ALTER TYPE; `change` is the word that matters: ADD VALUE, RENAME VALUE, RENAME TO .."""

    name: TableName
    change: str
    value: str = ""
    cascade: bool = False


@value(kw_only=True)
class CreateDomain:
    """CREATE DOMAIN; constrained when a value can be refused."""

    name: TableName
    type: TypeName
    constrained: bool


@value(kw_only=True)
class AlterDomain:
    """ALTER DOMAIN; `change` as written, `constraint` where one is added."""

    name: TableName
    change: str
    constraint: Constraint | None = None


@value(kw_only=True)
class AlterSequence:
    """ALTER SEQUENCE; `owner` is the table of OWNED BY."""

    name: TableName
    words: tuple[str, ...]
    owner: TableName | None = None


@value(kw_only=True)
class CreateRoutine:
    """CREATE FUNCTION or PROCEDURE."""

    name: TableName
    kind: str
    replace: bool
    volatility: str = "VOLATILE"
    language: str = ""
    security_definer: bool = False
    pins_search_path: bool = False
    signature: Signature | None = None  #: nothing where it is not understood
    reads: tuple[TableName, ...] = ()  #: of a body that is parsed at once, BEGIN ATOMIC
    writes: tuple[TableName, ...] = ()


@value(kw_only=True)
class CreateTrigger:
    """CREATE TRIGGER; `other` is the table a constraint trigger names with FROM."""

    name: str
    table: TableName
    each_row: bool = False
    other: TableName | None = None
    replace: bool = False


@value(kw_only=True)
class CreateRule:
    """CREATE RULE, with the tables that its commands read and write."""

    name: str
    table: TableName
    reads: tuple[TableName, ...] = ()
    writes: tuple[TableName, ...] = ()


@value(kw_only=True)
class Policy:
    """CREATE POLICY or ALTER POLICY."""

    verb: str
    name: str
    table: TableName
    restrictive: bool = False
    reads: tuple[TableName, ...] = ()


@value(kw_only=True)
class Grant:
    """GRANT or REVOKE; the relations it names, where it names any."""

    revoke: bool
    privileges: tuple[str, ...]
    tables: tuple[TableName, ...] = ()
    routines: tuple[TableName, ...] = ()
    kind: str = "TABLE"


@value(kw_only=True)
class AlterOwned:
    """ALTER TRIGGER .. ON, ALTER RULE .. ON: what belongs to a table."""

    kind: str
    name: str
    table: TableName
    renames: bool = True  #: else it is DEPENDS ON EXTENSION


@value(kw_only=True)
class Other:
    """A statement that is known by its verb and kind, and touches no table's rows."""

    verb: str
    kind: str
    name: TableName | None = None  #: of a sequence, a schema or an extension
    tables: tuple[TableName, ...] = ()
    words: tuple[str, ...] = ()

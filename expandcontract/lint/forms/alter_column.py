"""What ALTER TABLE .. ALTER COLUMN can do."""

from dataclasses import dataclass

from expandcontract.lint.cursor import Expr
from expandcontract.lint.types import TypeName


@dataclass(frozen=True, slots=True)
class SetType:
    """ALTER COLUMN TYPE."""

    column: str
    type: TypeName
    collation: str | None = None
    using: Expr | None = None


@dataclass(frozen=True, slots=True)
class SetDefault:
    """ALTER COLUMN SET DEFAULT."""

    column: str
    default: Expr


@dataclass(frozen=True, slots=True)
class DropDefault:
    """ALTER COLUMN DROP DEFAULT."""

    column: str


@dataclass(frozen=True, slots=True)
class SetNotNull:
    """ALTER COLUMN SET NOT NULL."""

    column: str


@dataclass(frozen=True, slots=True)
class DropNotNull:
    """ALTER COLUMN DROP NOT NULL."""

    column: str


@dataclass(frozen=True, slots=True)
class SetExpression:
    """ALTER COLUMN SET EXPRESSION AS (17 and later)."""

    column: str
    expression: Expr


@dataclass(frozen=True, slots=True)
class DropExpression:
    """ALTER COLUMN DROP EXPRESSION."""

    column: str


@dataclass(frozen=True, slots=True)
class AddIdentity:
    """ALTER COLUMN ADD GENERATED .. AS IDENTITY."""

    column: str
    always: bool


@dataclass(frozen=True, slots=True)
class AlterIdentity:
    """ALTER COLUMN SET GENERATED, RESTART and the sequence options."""

    column: str
    always: bool | None = None


@dataclass(frozen=True, slots=True)
class DropIdentity:
    """ALTER COLUMN DROP IDENTITY."""

    column: str


@dataclass(frozen=True, slots=True)
class SetStatistics:
    """ALTER COLUMN SET STATISTICS."""

    column: str


@dataclass(frozen=True, slots=True)
class SetColumnOptions:
    """ALTER COLUMN SET (n_distinct = ..) or RESET."""

    column: str


@dataclass(frozen=True, slots=True)
class SetStorage:
    """ALTER COLUMN SET STORAGE or SET COMPRESSION."""

    column: str
    what: str

"""What ALTER TABLE .. ALTER COLUMN can do."""

from expandcontract.lint.cursor import Expr
from expandcontract.lint.types import TypeName
from expandcontract.model.value import value


@value
class SetType:
    """ALTER COLUMN TYPE."""

    column: str
    type: TypeName
    collation: str | None = None
    using: Expr | None = None


@value
class SetDefault:
    """ALTER COLUMN SET DEFAULT."""

    column: str
    default: Expr


@value
class DropDefault:
    """ALTER COLUMN DROP DEFAULT."""

    column: str


@value
class SetNotNull:
    """ALTER COLUMN SET NOT NULL."""

    column: str


@value
class DropNotNull:
    """ALTER COLUMN DROP NOT NULL."""

    column: str


@value
class SetExpression:
    """ALTER COLUMN SET EXPRESSION AS (17 and later)."""

    column: str
    expression: Expr


@value
class DropExpression:
    """ALTER COLUMN DROP EXPRESSION."""

    column: str


@value
class AddIdentity:
    """ALTER COLUMN ADD GENERATED .. AS IDENTITY."""

    column: str
    always: bool


@value
class AlterIdentity:
    """ALTER COLUMN SET GENERATED, RESTART and the sequence options."""

    column: str
    always: bool | None = None


@value
class DropIdentity:
    """ALTER COLUMN DROP IDENTITY."""

    column: str


@value
class SetStatistics:
    """ALTER COLUMN SET STATISTICS."""

    column: str


@value
class SetColumnOptions:
    """ALTER COLUMN SET (n_distinct = ..) or RESET."""

    column: str


@value
class SetStorage:
    """ALTER COLUMN SET STORAGE or SET COMPRESSION."""

    column: str
    what: str

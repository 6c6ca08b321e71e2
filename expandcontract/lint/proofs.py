"""What a constraint proves, so that PostgreSQL need not look at the rows."""

from expandcontract.lint.cursor import Cursor, Expr, unwrapped
from expandcontract.lint.known import KnownConstraint, KnownTable
from expandcontract.lint.tokens import Kind, unquoted
from expandcontract.model.kinds import ConstraintKind

_IS_NOT_NULL = ("IS", "NOT", "NULL")


def refuses_nulls(table: KnownTable, column: str, without: frozenset[str] = frozenset()) -> bool:
    """Whether the column is NOT NULL already, or a validated CHECK says so.

    Constraints named in `without` do not count: those that the same statement drops.
    """
    known = table.find(column)
    if known is not None and known.not_null:
        return True
    return proof_of_not_null(table, column, without) is not None


def proof_of_not_null(
    table: KnownTable, column: str, without: frozenset[str] = frozenset()
) -> KnownConstraint | None:
    """The validated CHECK from which NOT NULL follows."""
    for item in table.constraints:
        if item.kind is not ConstraintKind.CHECK or not item.valid or item.name in without:
            continue
        if item.condition is not None and implies_not_null(item.condition, column):
            return item
    return None


def implies_not_null(condition: Expr, column: str) -> bool:
    """Whether a condition can only hold where the column is not null.

    PostgreSQL looks for `column IS NOT NULL` among the parts joined by AND, and no further.
    """
    return any(part[-3:] == _IS_NOT_NULL and part[:-3] == (column,) for part in _parts(condition))


def _parts(condition: Expr) -> list[tuple[str, ...]]:
    """The parts that all must hold, as words with names folded; none where there is an OR."""
    cursor = Cursor(unwrapped(condition).tokens, "")
    parts: list[tuple[str, ...]] = []
    while not cursor.done():
        expression = cursor.until("AND", "OR", "BETWEEN")
        if cursor.peek().word in {"OR", "BETWEEN"}:
            return []
        inner = unwrapped(expression)
        if inner.tokens != expression.tokens:
            parts.extend(_parts(inner))
        else:
            parts.append(_words(inner))
        if not cursor.says("AND"):
            break
    return parts


def _words(expression: Expr) -> tuple[str, ...]:
    return tuple(
        token.word
        if token.word in _IS_NOT_NULL
        else unquoted(token)
        if token.kind in {Kind.WORD, Kind.QUOTED}
        else token.text
        for token in expression.tokens
    )

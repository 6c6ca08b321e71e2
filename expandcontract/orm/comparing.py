"""What a switched attribute is in a statement."""

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, and_, case, not_
from sqlalchemy import or_ as either
from sqlalchemy.ext.hybrid import ExprComparator
from sqlalchemy.sql.operators import OperatorType, is_comparison

if TYPE_CHECKING:
    from expandcontract.orm.switched import Switched

T = TypeVar("T")


class SideComparator(ExprComparator[T]):
    """Compares each side by itself, so that the index of each can be used; else a CASE."""

    def __init__(self, cls: Any, attribute: "Switched[T]") -> None:  # noqa: ANN401  # or an alias
        self._is_new = attribute.reads_new(cls)
        self._new: ColumnElement[T] = getattr(cls, attribute.sides.new).expression
        old = getattr(cls, attribute.sides.old).expression
        self._old: ColumnElement[T] = attribute.sides.lifted_sql(old)
        expression = self._of_the_class(case((self._is_new, self._new), else_=self._old))
        super().__init__(cls, expression, attribute)

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:  # noqa: ANN401
        """Apply an operator to whichever side is read."""
        if not is_comparison(op):
            return super().operate(op, *other, **kwargs)
        new, old = op(self._new, *other, **kwargs), op(self._old, *other, **kwargs)
        return self._of_the_class(either(and_(self._is_new, new), and_(not_(self._is_new), old)))

    def _of_the_class(self, expression: ColumnElement[Any]) -> ColumnElement[Any]:
        """Let a session know whose it is, to flush before it; SQLAlchemy 2.0 would forget that."""
        return expression._set_propagate_attrs(self._new._propagate_attrs)  # noqa: SLF001

"""The two sides of a switched attribute, and how values cross from one to the other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

Crossing = Callable[[Any], Any]
"""From a value of one side to the same of the other; of values, or of SQL expressions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The names of two mapped attributes, and the ways between them; None: the value as it is."""

    old: str
    new: str
    up: Crossing | None = None
    down: Crossing | None = None
    sql_up: Crossing | None = None
    sql_down: Crossing | None = None

    @property
    def is_one_way(self) -> bool:
        """Whether only the trigger knows what the old side becomes."""
        return self.down is None and self.up is not None

    def lifted(self, value: Any) -> Any:  # noqa: ANN401  # whatever the columns hold
        """What a value of the old side is on the new one."""
        return value if self.up is None or value is None else self.up(value)

    def lifted_sql(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """What the old column is on the new side."""
        up = self.sql_up or self.up
        if up is None:
            return column
        lifted: ColumnElement[Any] = up(column)
        return lifted

    def written(self, value: Any) -> dict[str, Any]:  # noqa: ANN401
        """What a value is on each side, as far as this process knows."""
        found = {self.new: value}
        if isinstance(value, ColumnElement) or hasattr(value, "__clause_element__"):
            if self.up is None:
                found[self.old] = value
            elif self.sql_down is not None:
                found[self.old] = self.sql_down(value)
            return found  # else the trigger computes the old side
        if not self.is_one_way:
            down = self.down
            found[self.old] = value if down is None or value is None else down(value)
        return found

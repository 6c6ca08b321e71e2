"""The column that a change adds, as a value: what the ledger can keep and compare."""

from dataclasses import dataclass, field, fields
from typing import Any, Self

from expandcontract.changes._sqlalchemy import default_of, expression, sql_type
from expandcontract.errors import ArgumentError
from expandcontract.model.names import refuse_too_long


@dataclass(frozen=True, slots=True, kw_only=True)
class NewColumn:
    """A column in SQL's own words, for where there is no model to take it from.

    >>> NewColumn(name="age", type="integer", nullable=False, default="0").python()
    "ec.NewColumn(name='age', type='integer', nullable=False, default='0')"
    """

    name: str
    type: str  #: SQL, with a COLLATE clause where it has one
    nullable: bool = True
    default: str | None = None  #: SQL of the server's default
    comment: str | None = None
    identity: str = ""  #: "", "always" or "by default"
    generated: str = ""  #: the expression of a stored generated column
    model: Any = field(default=None, compare=False, repr=False)  #: the column it was read from

    def __post_init__(self) -> None:
        refuse_too_long(self.name)

    @classmethod
    def of(cls, call: str, given: object) -> Self:
        """Read a column of SQLAlchemy; what hangs on it needs a change of its own, and is left."""
        if isinstance(given, cls):
            return given
        column: Any = given
        if not hasattr(column, "server_default") or not hasattr(column, "type"):
            expected = "a column: sa.Column(…) or ec.NewColumn(…)"
            raise ArgumentError(call, "column", given, expected)
        identity, computed = column.identity, column.computed
        return cls(
            name=str(column.name),
            type=sql_type(call, column.type),
            nullable=bool(column.nullable),
            default=None if identity or computed else default_of(column),
            comment=column.comment,
            identity="" if identity is None else "always" if identity.always else "by default",
            generated="" if computed is None else expression(computed.sqltext),
            model=column,
        )

    def left_of_model(self) -> tuple[str, ...]:
        """What SQLAlchemy's column says of itself and a column alone cannot have.

        >>> import sqlalchemy as sa
        >>> NewColumn.of("ec.X", sa.Column("a", sa.Integer(), unique=True)).left_of_model()
        ('unique=True (ec.AddUnique)',)
        """
        model = self.model
        if model is None:
            return ()
        said = {
            "unique=True (ec.AddUnique)": model.unique and not model.index,
            "index=True (ec.AddIndex)": model.index,
            "ForeignKey (ec.AddForeignKey)": model.foreign_keys,
            "CheckConstraint (ec.AddCheck)": model.constraints,
        }
        return tuple(text for text, is_said in said.items() if is_said)

    def document(self) -> dict[str, Any]:
        """The column as JSON keeps it."""
        return self._given()

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read what `document` wrote."""
        return cls(**document)

    def python(self) -> str:
        """The call that makes it, with `ec` as the package's name."""
        return f"ec.NewColumn({', '.join(f'{k}={v!r}' for k, v in self._given().items())})"

    def _given(self) -> dict[str, Any]:
        names = [item for item in fields(self) if item.compare]
        values = {item.name: getattr(self, item.name) for item in names}
        defaults = {item.name: item.default for item in names}
        return {name: value for name, value in values.items() if value != defaults[name]}

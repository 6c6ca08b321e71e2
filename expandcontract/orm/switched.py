"""One mapped attribute over two mapped columns; see `switched`."""

import random
from collections.abc import Callable, MutableMapping, Sequence
from typing import Any, TypeVar, overload

from sqlalchemy import ColumnElement, Integer, and_, bindparam, inspect, literal_column
from sqlalchemy import or_ as either
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import InstrumentedAttribute, Mapped, MappedColumn, Mapper
from sqlalchemy.orm.interfaces import (
    _DEFAULT_ATTRIBUTE_OPTIONS,
    _DCAttributeOptions,
)

from expandcontract.errors import SwitchedAttributeError
from expandcontract.orm import bulk, known
from expandcontract.orm.bucket import bucket, bucket_sql, is_usable, salt_for
from expandcontract.orm.comparing import SideComparator
from expandcontract.orm.shadow import Shadow
from expandcontract.orm.sides import Crossing, Sides
from expandcontract.orm.switches import ALL, Position, Switches, switches

T = TypeVar("T")
Column = str | Mapped[Any]
Percent = Callable[[Position], int]
"""A flag of the application's own: how much is read from the new side, given the ledger's word."""


class Switched(hybrid_property[T], _DCAttributeOptions):
    """What `switched` makes: reads the side that the switch says, writes both."""

    # SQLAlchemy's own hook for descriptors that are fields of mapped dataclasses.
    _attribute_options = _DEFAULT_ATTRIBUTE_OPTIONS
    _has_dataclass_arguments = False

    def __init__(
        self,
        change: str,
        sides: tuple[Column, Column],
        crossings: dict[str, Crossing | None],
        by: Column | None,
        follows: Switches,
    ) -> None:
        # SQLAlchemy's types of these are of decorated methods.
        comparator: Any = lambda owner: SideComparator(owner, self)  # noqa: E731
        as_update: Any = self._as_update
        as_row: Any = self._as_row
        super().__init__(
            self._read, self._write, custom_comparator=comparator, update_expr=as_update
        )
        self.bulk_dml_setter = as_row
        self.change, self._sides, self._by = change, sides, by
        self.names: tuple[str, ...] = (change,)
        self._crossings = crossings
        self.follows = follows
        self.shadow: Shadow | None = None
        self.flag: Percent | None = None
        self._class_level: dict[type, Any] = {}
        self._prepared: dict[type, tuple[str, tuple[str, ...]]] = {}
        self._param = bindparam(
            "ec_percent", callable_=self.percent, type_=Integer, unique=True, literal_execute=True
        )

    # ------------------------------------------------------------------------- set up

    def __set_name__(self, owner: type, name: str) -> None:
        self.__name__ = name
        self.owner = owner
        (old, new), by = self._sides, self._by
        self.sides = Sides(
            old=self._named(owner, old, "old"),
            new=self._named(owner, new, "new"),
            **self._crossings,
        )
        self._by_name = None if by is None else self._named(owner, by, "")
        table = getattr(owner, "__tablename__", None)
        if "." not in self.change and isinstance(table, str):
            self.names = (f"{table}.{self.change}", self.change)
        known.remember(self)
        bulk.serve()

    def _named(self, owner: type, given: Column, side: str) -> str:
        """The attribute's name; a column that is no attribute of the class becomes one."""
        if isinstance(given, str):
            return given
        for base in owner.__mro__:
            for name, value in vars(base).items():
                if value is given:
                    return name
        if isinstance(given, MappedColumn) and side:
            name = f"{self.__name__}_{side}"
            setattr(owner, name, given)
            return name
        problem = f"{given!r} is no attribute of {owner.__name__}"
        raise SwitchedAttributeError(f"{owner.__name__}.{self.__name__}", problem)

    @property
    def is_mapped(self) -> bool:
        """Whether its class is mapped: one on a mixin never is."""
        return inspect(self.owner, raiseerr=False) is not None

    def _mapper(self, cls: Any) -> Mapper[Any]:  # noqa: ANN401  # a class, or an alias of one
        found: Mapper[Any] = inspect(cls).mapper
        return found

    def key_of(self, cls: Any) -> tuple[str, ...]:  # noqa: ANN401
        """The names of the attributes by whose values a row's side is chosen."""
        if self._by_name is not None:
            return (self._by_name,)
        mapper = self._mapper(cls)
        return tuple(mapper.get_property_by_column(c).key for c in mapper.primary_key)

    def column(self, cls: Any, name: str) -> Any:  # noqa: ANN401  # a Column
        """The column below an attribute, or an error that says what is wrong."""
        prop = self._mapper(cls).attrs.get(name)
        columns: list[Any] = list(getattr(prop, "columns", ()))
        if len(columns) != 1:
            problem = f"{name!r} is not an attribute that is mapped to one column"
            raise SwitchedAttributeError(f"{self.owner.__name__}.{self.__name__}", problem)
        return columns[0]

    def prepared(self, cls: type) -> tuple[str, tuple[str, ...]]:
        """The salt and the key of a mapped class; looks at all that could be wrong with it."""
        found = self._prepared.get(cls)
        if found is None:
            found = self._prepared[cls] = self._prepare(cls)
        return found

    def _prepare(self, cls: type) -> tuple[str, tuple[str, ...]]:
        old, new = (self.column(cls, name) for name in (self.sides.old, self.sides.new))
        where = f"{cls.__name__}.{self.__name__}"
        if old is new:
            raise SwitchedAttributeError(where, "both sides are the same column")
        if self.sides.up is None and old.type.python_type is not new.type.python_type:
            problem = f"{old.name} is {old.type!r} and {new.name} is {new.type!r}: give up and down"
            raise SwitchedAttributeError(where, problem)
        key = self.key_of(cls)
        for name in key:
            if not is_usable(self.column(cls, name).type):
                problem = (
                    f"{name} cannot choose a side: its type has no text that is the same "
                    "everywhere; give by= an integer, text or UUID attribute"
                )
                raise SwitchedAttributeError(where, problem)
        return salt_for(old.table.name, old.name), key

    # ------------------------------------------------------------------------- which side

    def position(self) -> Position | None:
        """Where the switch of its change stands; None as long as nothing is known of it."""
        for name in self.names:
            if (found := self.follows.position(name)) is not None:
                return found
        return None

    def percent(self) -> int:
        """How much of the reading goes to the new side at this moment."""
        position = self.position()
        if position is None:
            return 0
        return position.allows(position.percent if self.flag is None else self.flag(position))

    def is_new(self, instance: object) -> bool:
        """Whether the new side is read of this row."""
        percent = self.percent()
        if percent in (0, ALL):
            return percent == ALL
        salt, key = self.prepared(type(instance))
        return bucket(salt, [getattr(instance, name) for name in key]) < percent

    def reads_new(self, cls: Any) -> ColumnElement[bool]:  # noqa: ANN401
        """The same in SQL, of the per cent at the moment of the execution."""
        salt, key = self.prepared(self._mapper(cls).class_)
        part = bucket_sql(salt, [getattr(cls, name).expression for name in key])
        none: ColumnElement[int] = literal_column("0", Integer)
        everything: ColumnElement[int] = literal_column(str(ALL), Integer)
        return either(self._param >= everything, and_(self._param > none, part < self._param))

    # ------------------------------------------------------------------------- instances

    def _read(self, instance: Any) -> T:  # noqa: ANN401
        sides = self.sides
        if self.shadow is not None and random.random() < self.shadow.rate:  # noqa: S311  # a sample
            self.shadow.compare(instance, self)
        if self.is_new(instance) or (sides.is_one_way and _is_written(instance, sides.new)):
            value: T = getattr(instance, sides.new)
            return value
        lifted: T = sides.lifted(getattr(instance, sides.old))
        return lifted

    def _write(self, instance: Any, value: Any) -> None:  # noqa: ANN401
        for name, one in self.sides.written(value).items():
            setattr(instance, name, one)

    # ------------------------------------------------------------------------- statements

    @overload  # type: ignore[override]
    def __get__(self, instance: None, owner: type[Any]) -> "InstrumentedAttribute[T]": ...
    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...

    def __get__(self, instance: object, owner: Any = None) -> Any:
        """The value of an instance, or what stands for it in a statement."""
        if instance is not None or owner is None:
            return self if instance is None else self._read(instance)
        if not isinstance(owner, type):
            return self._for_statements(owner)
        if inspect(owner, raiseerr=False) is None:
            return self  # a mixin, or a class that is being declared
        found = self._class_level.get(owner)
        if found is None:
            found = self._class_level[owner] = self._for_statements(owner)
        return found

    def _for_statements(self, owner: Any) -> Any:  # noqa: ANN401
        return _loads(super().__get__(None, owner), (*self.key_of(owner), *self._loaded()))

    def _loaded(self) -> tuple[str, str]:
        return self.sides.old, self.sides.new

    def _as_update(self, cls: Any, value: Any) -> Sequence[tuple[Any, Any]]:  # noqa: ANN401
        return [(getattr(cls, name), one) for name, one in self.sides.written(value).items()]

    def bulk_written(self, value: Any) -> dict[str, Any]:  # noqa: ANN401
        """What the attributes of both sides get of a value in a list of parameters."""
        return self.sides.written(value)

    def _as_row(self, _cls: Any, row: MutableMapping[str, Any], value: Any) -> None:  # noqa: ANN401
        row.update(self.sides.written(value))


def _is_written(instance: object, name: str) -> bool:
    """Whether a value waits for its flush."""
    return bool(inspect(instance).attrs[name].history.has_changes())


def _loads(proxy: Any, names: tuple[str, ...]) -> Any:  # noqa: ANN401  # SQLAlchemy's own proxy
    """Let `load_only` and `defer` mean the columns that an instance needs for the attribute."""
    adapt = proxy.adapt_to_entity
    proxy._column_strategy_attrs = lambda: [getattr(proxy.class_, name) for name in names]  # noqa: SLF001
    proxy.prop = getattr(proxy.class_, names[-1]).property
    proxy.adapt_to_entity = lambda alias: _loads(adapt(alias), names)
    return proxy


def switched(  # noqa: PLR0913  # each is said by its name, and most never
    change: str,
    *,
    old: Column,
    new: "str | Mapped[T]",
    up: Crossing | None = None,
    down: Crossing | None = None,
    sql_up: Crossing | None = None,
    sql_down: Crossing | None = None,
    by: Column | None = None,
    shadow: Shadow | None = None,
    flag: Percent | None = None,
    follows: Switches = switches,
) -> Switched[T]:
    """One attribute over the `old` and the `new` column of a change.

    `change` is the change's name or a column that it works on; without a table it is of the
    mapped one. Reads follow its switch by a stable hash of the row's primary key, or of the
    attribute `by`: a tenant, for example. Writes go to both columns.

    `up` and `down` lead a value from the old to the new side and back, where the two differ;
    `sql_up` and `sql_down` do the same with SQL expressions, and may be left out where the first
    two can. `None` is never handed to them.

    `shadow` compares both sides of a share of the reads. `flag` is asked for the per cent instead
    of the ledger, which keeps the last word.
    """
    if down is not None and up is None:
        raise SwitchedAttributeError(change, "down is given, and up is not")
    crossings = {"up": up, "down": down, "sql_up": sql_up, "sql_down": sql_down}
    made: Switched[T] = Switched(change, (old, new), crossings, by, follows)
    made.shadow, made.flag = shadow, flag
    return made

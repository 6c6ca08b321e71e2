"""Frozen values, as dataclasses are, that cost next to nothing until one is made.

`dataclasses.dataclass` writes and compiles five methods for each class while its module is
imported; for the two hundred classes of a short-lived command that is most of its start. Here the
constructor is compiled when the first value is made, and comparing needs no code of its own.

A frozen value is filled as a draft, an object of a class with the same slots that refuses nothing,
and then becomes one of its own class: past a `__setattr__` that refuses, each field would need a
call.
"""

from collections.abc import Callable
from functools import cache, partial
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

__all__ = ["field", "names_of", "replace", "value"]

_Any = TypeVar("_Any")
_Class = TypeVar("_Class", bound=type)
_FIELDS = "__value_fields__"
_NOTHING = object()
_COPIERS: dict[type, Callable[[object, dict[str, object]], Any]] = {}


class _Field:
    """What `field` said of one field."""

    __slots__ = ("compare", "default", "factory", "repr")

    def __init__(
        self,
        default: object,
        factory: Callable[[], object] | None = None,
        *,
        compare: bool = True,
        repr: bool = True,  # noqa: A002
    ) -> None:
        self.default = default
        self.factory = factory
        self.compare = compare
        self.repr = repr


def field(
    *,
    default: Any = _NOTHING,  # noqa: ANN401
    default_factory: Callable[[], Any] | None = None,
    compare: bool = True,
    repr: bool = True,  # noqa: A002  (as in dataclasses)
) -> Any:  # noqa: ANN401  (it stands where a value of any type is declared)
    """Say more of a field than its default: how it is made, where it is left out."""
    return _Field(default, default_factory, compare=compare, repr=repr)


@overload
def value(cls: _Class, /) -> _Class: ...
@overload
def value(*, kw_only: bool = ..., frozen: bool = ...) -> Callable[[_Class], _Class]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(
    cls: type | None = None, /, *, kw_only: bool = False, frozen: bool = True
) -> type | Callable[[type], type]:
    """Make a class of annotated fields one of values: slots, equality, and no assignment.

    >>> @value
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> Point(1), Point(1) == Point(1, 0), replace(Point(1), y=2)
    (Point(x=1, y=0), True, Point(x=1, y=2))
    """
    if cls is None:
        return lambda made: _value(made, kw_only=kw_only, frozen=frozen)
    return _value(cls, kw_only=kw_only, frozen=frozen)


def replace(one: _Any, /, **changes: object) -> _Any:
    """The value with some of its fields changed."""
    cls = type(one)
    try:
        made: _Any = (_COPIERS.get(cls) or _copier(cls))(one, changes)
    except AttributeError:
        strange = next(iter(changes.keys() - {*names_of(cls)}))
        message = f"{cls.__name__} has no field {strange}"
        raise TypeError(message) from None
    return made


def _copier(cls: type) -> Callable[[object, dict[str, object]], Any]:
    """What copies a value, compiled once for a class: a loop takes twice as long."""
    lines = ["def copied(one, changes):", " made = _draft()"]
    lines += [f" made.{name} = one.{name}" for name in names_of(cls)]
    lines += [" for name in changes:", "  _set(made, name, changes[name])"]
    lines += [" made.__class__ = _cls", " return made"]
    known: dict[str, object] = {"_draft": _draft_of(cls), "_cls": cls, "_set": setattr}
    exec("\n".join(lines), known)  # noqa: S102
    _COPIERS[cls] = known["copied"]  # type: ignore[assignment]
    return _COPIERS[cls]


@cache
def _draft_of(cls: type) -> Callable[[], object]:
    """What makes a draft of a value: an object that becomes one once its class is set."""
    slots = cls.__dict__["__slots__"]
    body = {"__slots__": slots, "__setattr__": object.__setattr__}
    draft = type(cls)(f"_Draft{cls.__name__}", cls.__bases__, body)
    return draft if cls.__bases__ == (object,) else partial(object.__new__, draft)


def names_of(one: object) -> tuple[str, ...]:
    """The names of the fields of a value, or of a class of values, in their order."""
    return tuple(getattr(one, _FIELDS))


def _value(cls: type, *, kw_only: bool, frozen: bool) -> type:
    inherited: dict[str, _Field] = {}
    for base in reversed(cls.__mro__[1:]):
        inherited.update(base.__dict__.get(_FIELDS, {}))
    body = dict(cls.__dict__)
    own = {name: _declared(body.pop(name, _NOTHING)) for name in body.get("__annotations__", {})}
    body.pop("__dict__", None)
    body.pop("__weakref__", None)
    fields = {**inherited, **own}
    compared = [name for name, one in fields.items() if one.compare]
    body |= {
        "__slots__": tuple(name for name in own if name not in inherited),
        "__match_args__": () if kw_only else tuple(fields),
        "__qualname__": cls.__qualname__,
        _FIELDS: fields,
    }
    methods = {"__repr__": _repr, "__reduce__": _reduce, "__dataclass_fields__": _AsDataclass()}
    if compared:
        methods |= _comparing(attrgetter(*compared), hashable=frozen)
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
    for name, method in methods.items():
        body.setdefault(name, method)
    made: type = type(cls)(cls.__name__, cls.__bases__, body)

    method = "__new__" if frozen else "__init__"

    def first(one: Any, *args: object, **kwargs: object) -> Any:  # noqa: ANN401
        made_by = _constructor(made, fields, kw_only=kw_only, frozen=frozen)
        setattr(made, method, made_by)
        return made_by(one, *args, **kwargs)

    setattr(made, method, first)
    return made


class _AsDataclass:
    """What `dataclasses.fields`, `asdict` and `replace` ask of a class, made when they ask."""

    def __get__(self, one: object, cls: type) -> object:
        import dataclasses  # noqa: PLC0415  takes time, and hardly anybody asks

        def told(one: _Field) -> Any:  # noqa: ANN401
            shown: dict[str, Any] = {"compare": one.compare, "repr": one.repr}
            if one.factory is not None:
                shown["default_factory"] = one.factory
            elif one.default is not _NOTHING:
                shown["default"] = one.default
            return dataclasses.field(**shown)

        fields = [(name, Any, told(field)) for name, field in getattr(cls, _FIELDS).items()]
        made: Any = dataclasses.make_dataclass(cls.__name__, fields, kw_only=True)
        return made.__dataclass_fields__


def _declared(default: object) -> _Field:
    return default if isinstance(default, _Field) else _Field(default)


def _comparing(key: Callable[[object], object], *, hashable: bool) -> dict[str, Any]:
    def equal(self: object, other: object) -> object:
        if self is other:
            return True
        if other.__class__ is not self.__class__:
            return NotImplemented
        return key(self) == key(other)

    def hashed(self: object) -> int:
        return hash(key(self))

    return {"__eq__": equal, "__hash__": hashed if hashable else None}


def _constructor(
    cls: type, fields: dict[str, _Field], *, kw_only: bool, frozen: bool
) -> Callable[..., Any]:
    """Compile `__new__`, which fills a draft of a frozen value, or `__init__` of another."""
    known: dict[str, object] = {}
    words, lines = ["_cls" if frozen else "_self"], []
    if kw_only and fields:
        words.append("*")
    for name, one in fields.items():
        source = name
        if one.factory is not None:
            known[f"_make_{name}"], known["_nothing"] = one.factory, _NOTHING
            words.append(f"{name}=_nothing")
            source = f"_make_{name}() if {name} is _nothing else {name}"
        elif one.default is not _NOTHING:
            known[f"_default_{name}"] = one.default
            words.append(f"{name}=_default_{name}")
        else:
            words.append(name)
        lines.append(f" _self.{name} = {source}")
    if frozen:
        known["_draft"] = _draft_of(cls)
        lines = [" _self = _draft()", *lines, " _self.__class__ = _cls", " return _self"]
    exec(f"def made({', '.join(words)}):\n" + ("\n".join(lines) or " pass"), known)  # noqa: S102
    return known["made"]  # type: ignore[return-value]


def _repr(self: object) -> str:
    fields = getattr(self, _FIELDS).items()
    told = ", ".join(f"{name}={getattr(self, name)!r}" for name, one in fields if one.repr)
    return f"{type(self).__qualname__}({told})"


def _reduce(self: object) -> tuple[Any, ...]:
    return _again, (type(self), {name: getattr(self, name) for name in names_of(self)})


def _again(cls: type, fields: dict[str, object]) -> object:
    return cls(**fields)


def _refuse(self: object, name: str, *_: object) -> None:
    message = f"{type(self).__name__} is a value: {name} cannot be set"
    raise AttributeError(message)

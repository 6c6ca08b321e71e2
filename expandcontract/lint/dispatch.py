"""One function for each kind of node, found by the exact class of the first argument."""

from collections.abc import Callable
from types import UnionType
from typing import Generic, TypeVar, TypeVarTuple

_Function = TypeVar("_Function", bound=Callable[..., None])
_Rest = TypeVarTuple("_Rest")


class Dispatch(Generic[*_Rest]):
    """What `functools.singledispatch` does, without its price at import and at each call.

    Nodes have no subclasses, so that the class itself says what to do.
    """

    __slots__ = ("_known", "_otherwise")

    def __init__(self, otherwise: Callable[[object, *_Rest], None]) -> None:
        self._known: dict[type, Callable[..., None]] = {}
        self._otherwise = otherwise

    def __call__(self, node: object, *rest: *_Rest) -> None:
        """Do what is registered for the node's class, else what is done for all others."""
        self._known.get(type(node), self._otherwise)(node, *rest)

    def register(self, function: _Function) -> _Function:
        """Take a function whose first annotation says for which classes it is."""
        told = next(iter(function.__annotations__.values()))
        for one in told.__args__ if isinstance(told, UnionType) else (told,):
            self._known[one] = function
        return function

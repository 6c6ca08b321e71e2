"""The switched attributes of this process, for the checks when an engine is set up."""

from typing import TYPE_CHECKING, Any
from weakref import WeakSet

if TYPE_CHECKING:
    from expandcontract.orm.switched import Switched

_attributes: "WeakSet[Switched[Any]]" = WeakSet()


def remember(attribute: "Switched[Any]") -> None:
    """Note an attribute when its class is declared."""
    _attributes.add(attribute)


def attributes() -> "list[Switched[Any]]":
    """All of them."""
    return list(_attributes)

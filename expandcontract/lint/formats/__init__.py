"""One file, one output format: `render(report)` gives the text to print."""

import pkgutil
from collections.abc import Callable
from importlib import import_module

from expandcontract.lint.report import Report


def names() -> tuple[str, ...]:
    """The names of all formats, without importing one."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(__path__)))


def renderer(name: str) -> Callable[[Report], str]:
    """The function that writes a report in that format."""
    render: Callable[[Report], str] = import_module(f"{__name__}.{name}").render
    return render

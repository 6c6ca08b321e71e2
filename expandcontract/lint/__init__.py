"""SQL text in, findings out: pure, so that it needs neither a server nor a driver."""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from expandcontract.lint.report import Report


class _Callable(ModuleType):
    """`ec.lint` is both this package and the function that people call by its name."""

    def __call__(self, sql: str, **options: Any) -> "Report":  # noqa: ANN401  # see linter.lint
        """Judge the statements of a text: see `expandcontract.lint.linter.lint`."""
        from expandcontract.lint.linter import lint  # noqa: PLC0415  # needs the parser

        return lint(sql, **options)


sys.modules[__name__].__class__ = _Callable

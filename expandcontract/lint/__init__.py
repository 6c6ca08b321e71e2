"""SQL text in, findings out: pure, so that it needs neither a server nor a driver."""

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from expandcontract.lint.report import Report


class _Callable(ModuleType):
    """`ec.lint` is both this package and the function that people call by its name."""

    def __call__(
        self,
        sql: str,
        dialect: str = "postgres",
        pg_version: int = 15,
        schema: str = "",
        runner: str = "alembic",
    ) -> "Report":
        """Judge the statements of a text: see `expandcontract.lint.linter.lint`."""
        from expandcontract.lint.linter import lint  # noqa: PLC0415  # needs the parser

        return lint(sql, dialect, pg_version, schema, runner)


sys.modules[__name__].__class__ = _Callable

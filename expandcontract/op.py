"""Alembic's `op` with our operations in its types: `from expandcontract import op`.

At run time it is `alembic.op` itself; `op.pyi` tells type checkers and editors what it has.
"""

from typing import Any

from alembic import op as _op


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever alembic.op has
    return getattr(_op, name)


def __dir__() -> list[str]:
    return dir(_op)

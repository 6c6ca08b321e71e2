"""`@pytest.mark.pg(">= 14")`: tests that are meant for some releases only."""

import operator
import re
from collections.abc import Callable, Mapping

import pytest

#: What the engine runs on; the linter knows older ones as well.
SUPPORTED = ">= 14"

_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}


def skip_unless(major: int, wanted: str) -> None:
    """End the test here, with a reason, when it is meant for other releases."""
    if not fits(major, wanted):
        pytest.skip(f"for PostgreSQL {wanted}, this is {major}")


def fits(major: int, wanted: str) -> bool:
    """Whether a major meets all conditions of `">= 14, < 18"`."""
    for condition in wanted.split(","):
        read = re.fullmatch(r"\s*(>=|<=|==|!=|>|<)\s*(\d+)\s*", condition)
        if read is None:
            message = f"pg({wanted!r}) is not understood; write pg('>= 14') or pg('>= 14, < 18')"
            raise ValueError(message)
        if not _COMPARE[read[1]](major, int(read[2])):
            return False
    return True

r"""A psql command brings in text that is not looked at here.

What an included file, a generated command or a shell does is unknown.

Bad:

    \i more.sql

Says:

    what \i more.sql runs is not looked at here

Instead:

    Lint the file by itself, or write its statements into this one.

Good:

    \set ON_ERROR_STOP on
"""

from collections.abc import Iterator

from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.lint.statements import Meta
from expandcontract.model.hazard import Hazard

_BRINGS_IN = frozenset({"\\i", "\\ir", "\\include", "\\include_relative", "\\gexec", "\\!"})


def check(node: Meta, _read: Read, _context: Context) -> Iterator[Hit]:
    """Look for commands that run what cannot be seen."""
    if node.text.split()[0] in _BRINGS_IN:
        yield Hit(message=f"what {node.text.strip()} runs is not looked at here")


RULE = Rule(
    id="EC005",
    name="included-file",
    severity=Severity.WARNING,
    hazard=Hazard.UNREAD,
    nodes=(Meta,),
    check=check,
)

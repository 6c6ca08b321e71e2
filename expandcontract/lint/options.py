"""What is judged, and how."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from expandcontract.model.value import value

if TYPE_CHECKING:
    from expandcontract.lint.knowledge import History

OLDEST_MAJOR = 13
DIALECTS = ("postgres", "mysql", "mariadb")


class Runner(StrEnum):
    """Who runs the statements, and in which transactions."""

    ALEMBIC = "alembic"
    ALEMBIC_PER_MIGRATION = "alembic-per-migration"
    SINGLE_TRANSACTION = "single-transaction"
    AUTOCOMMIT = "autocommit"
    MULTI_STATEMENT = "multi-statement"


@value(kw_only=True)
class Source:
    """One text to judge, under the name that findings give it."""

    text: str
    path: str = "<string>"
    revision: str | None = None
    rendered: bool = False  #: Alembic wrote it: its own BEGIN and COMMIT are not in the text
    judged: bool = True  #: else it is history: known, and not looked at
    aside: bool = False  #: it may run here, and what follows does not build on it


@value
class Interlude:
    """What runs in transactions of its own between two texts: known, and not judged.

    Its statements hang on the schema that it finds. What it cannot tell, it says there.
    """

    statements: "Callable[[History], str]"


@value(kw_only=True)
class Options:
    """How to judge; an empty `select` means every rule that is on by default."""

    major: int = OLDEST_MAJOR
    runner: Runner = Runner.AUTOCOMMIT
    schema: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    today: str | None = None
    sizes: tuple[tuple[str, int], ...] = ()  #: rows of `schema.table`, where a server told them
    dialect: str = "postgres"
    together: bool = False  #: all texts come in one run, with nothing deployed in between
    release: str = ""  #: what the running release maps: the document that `ec snapshot` writes

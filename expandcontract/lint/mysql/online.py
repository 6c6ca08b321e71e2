"""The words of online DDL: algorithm, lock, and what an operation needs on each server."""

from enum import IntEnum, StrEnum

from expandcontract.lint.mysql.profile import Server
from expandcontract.model.value import value


class Algorithm(IntEnum):
    """How a table is altered; a bigger one does less. NOCOPY is a word of MariaDB only."""

    COPY = 0
    INPLACE = 1
    NOCOPY = 2
    INSTANT = 3


class TableLock(IntEnum):
    """What the other sessions cannot do meanwhile: nothing, write, or read and write."""

    NONE = 0
    SHARED = 1
    EXCLUSIVE = 2


class Topic(StrEnum):
    """Which page of the rules speaks of an operation."""

    GENERAL = "general"
    FOREIGN_KEY = "foreign key"
    CHECK = "check"
    CHARSET = "character set"
    PRIMARY_KEY = "primary key"
    NULLS = "nulls"


@value
class Fact:
    """What one server makes of an operation, at its best."""

    algorithm: Algorithm
    lock: TableLock = TableLock.NONE
    rebuilds: bool = False
    obeys: bool = True
    """False where MariaDB takes ALGORITHM=INSTANT or NOCOPY and copies nevertheless."""
    clauses: bool = True
    """False where the grammar has no place for ALGORITHM and LOCK."""


INSTANT = Fact(Algorithm.INSTANT)
NOCOPY = Fact(Algorithm.NOCOPY)
INPLACE = Fact(Algorithm.INPLACE)
REBUILD = Fact(Algorithm.INPLACE, rebuilds=True)
COPY = Fact(Algorithm.COPY, TableLock.SHARED, rebuilds=True)
NO_WRITES = Fact(Algorithm.INPLACE, TableLock.SHARED)
NO_WRITES_NOCOPY = Fact(Algorithm.NOCOPY, TableLock.SHARED)
NO_WRITES_REBUILD = Fact(Algorithm.INPLACE, TableLock.SHARED, rebuilds=True)
ALONE = Fact(Algorithm.INSTANT, TableLock.EXCLUSIVE)
SILENT_COPY = Fact(Algorithm.COPY, TableLock.SHARED, rebuilds=True, obeys=False)


def without_clauses(fact: Fact) -> Fact:
    """The same, where the grammar has no place for ALGORITHM and LOCK."""
    return Fact(fact.algorithm, fact.lock, fact.rebuilds, clauses=False)


@value(kw_only=True)
class Operation:
    """One thing a statement can do to a table, with a statement that does it."""

    what: str
    example: str
    mysql: Fact
    mariadb: Fact
    topic: Topic = Topic.GENERAL
    reshapes: bool = False
    """INSTANT by itself, a rebuild as soon as something in the statement is not."""
    measured: bool = True
    """Whether a MariaDB server was asked, or its manual."""

    def fact(self, server: Server) -> Fact:
        """What that server makes of it."""
        return self.mysql if server is Server.MYSQL else self.mariadb

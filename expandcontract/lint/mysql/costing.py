"""What a statement costs: the algorithm it gets, the lock it needs, and whether it is refused."""

from expandcontract.lint.effects import Effects, RelationLock
from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.classifying import operations
from expandcontract.lint.mysql.known import Tables
from expandcontract.lint.mysql.online import Algorithm, Fact, TableLock
from expandcontract.lint.mysql.operations import Op
from expandcontract.lint.mysql.profile import Profile, Server
from expandcontract.model.lock import Lock
from expandcontract.model.value import value

_MODES = {
    TableLock.NONE: Lock.NONE,
    TableLock.SHARED: Lock.SHARE,
    TableLock.EXCLUSIVE: Lock.ACCESS_EXCLUSIVE,
}
_BUILDS = frozenset({
    Op.ADD_INDEX, Op.ADD_UNIQUE, Op.ADD_UNIQUE_HASH, Op.ADD_FULLTEXT, Op.ADD_FIRST_FULLTEXT,
    Op.ADD_SPATIAL, Op.INDEXED_COLLATION,
})  # fmt: skip


@value(kw_only=True)
class Cost:
    """The statement as the server would carry it out, and what it can do at its best."""

    table: str
    operations: tuple[Op, ...]
    best: Fact
    algorithm: Algorithm
    lock: TableLock
    rebuilds: bool
    refused: str = ""
    """Why the server will not run the statement as it is written."""

    def worst(self, server: Server) -> Op:
        """The operation that costs most."""
        return min(self.operations, key=lambda op: _rank(op.value.fact(server)))


def _rank(fact: Fact) -> tuple[int, int, int]:
    return (fact.algorithm, -fact.lock, -fact.rebuilds)


def cost(node: f.AlterTable, tables: Tables, profile: Profile) -> Cost:
    """The cost of a statement, in the light of the tables before it."""
    found = tuple(dict.fromkeys(operations(node, tables, profile.server)))
    facts = [op.value.fact(profile.server) for op in found]
    best = _together(found, facts, profile.server)
    algorithm, rebuilds = best.algorithm, best.rebuilds
    refused = _refusal(node, best, profile)
    if node.algorithm == "COPY":
        algorithm, rebuilds = Algorithm.COPY, True
    elif node.algorithm == "INPLACE" and profile.server is Server.MYSQL:
        algorithm = min(algorithm, Algorithm.INPLACE)
        rebuilds |= any(op.value.reshapes for op in found)
    lock = max(best.lock, TableLock.SHARED if algorithm is Algorithm.COPY else TableLock.NONE)
    lock = max(lock, TableLock.__members__.get(node.lock or "", lock))
    return Cost(
        table=node.table.plain, operations=found, best=best, algorithm=algorithm, lock=lock,
        rebuilds=rebuilds, refused=refused,
    )  # fmt: skip


def _together(found: tuple[Op, ...], facts: list[Fact], server: Server) -> Fact:
    """The operations as one: the worst of each, and a change of shape that is not INSTANT."""
    if not facts:
        return Fact(Algorithm.INSTANT)
    algorithm = min(fact.algorithm for fact in facts)
    rebuilds = any(fact.rebuilds for fact in facts)
    # the table's name changes under a lock of its own when it changes with something else
    locks = [
        fact.lock
        for op, fact in zip(found, facts, strict=True)
        if not (op is Op.RENAME_TABLE and len(found) > 1)
    ]
    if algorithm < Algorithm.INSTANT and any(op.value.reshapes for op in found) and len(found) > 1:
        instant = [op for op in found if op.value.fact(server).algorithm is Algorithm.INSTANT]
        if any(op.value.reshapes for op in instant):
            algorithm, rebuilds = min(algorithm, Algorithm.INPLACE), True
    return Fact(
        algorithm,
        max(locks, default=TableLock.NONE),
        rebuilds,
        obeys=all(fact.obeys for fact in facts),
        clauses=all(fact.clauses for fact in facts),
    )


def _refusal(node: f.AlterTable, best: Fact, profile: Profile) -> str:
    """Why the server answers with an error, whatever the table holds."""
    return _unknown_word(node, best, profile) or _too_much(node, best, profile)


def _unknown_word(node: f.AlterTable, best: Fact, profile: Profile) -> str:
    mysql = profile.server is Server.MYSQL
    if mysql and (node.waits or node.online):
        return "WAIT, NOWAIT and ONLINE are words of MariaDB"
    if mysql and node.algorithm == "NOCOPY":
        return "ALGORITHM=NOCOPY is a word of MariaDB"
    if node.algorithm not in {None, "DEFAULT", *Algorithm.__members__}:
        return f"there is no ALGORITHM={node.algorithm}"
    if node.lock not in {None, "DEFAULT", *TableLock.__members__}:
        return f"there is no LOCK={node.lock}"
    if (node.algorithm or node.lock) and not best.clauses:
        return f"{profile.title} takes no ALGORITHM or LOCK here"
    return ""


def _too_much(node: f.AlterTable, best: Fact, profile: Profile) -> str:
    asked = Algorithm.__members__.get(node.algorithm or "")
    lock = TableLock.__members__.get(node.lock or "")
    needs = f"it needs ALGORITHM={spelled(best.algorithm, profile)}"
    if asked is not None and asked > best.algorithm and (best.obeys or asked is Algorithm.INPLACE):
        return needs if asked.name != "NOCOPY" else f"{needs} or less"
    if profile.server is Server.MYSQL and asked is Algorithm.INSTANT and lock is not None:
        return "with ALGORITHM=INSTANT, MySQL takes no LOCK but DEFAULT"
    needed = TableLock.SHARED if asked is Algorithm.COPY else best.lock
    if lock is not None and lock < needed:
        return f"it needs LOCK={needed.name}"
    return ""


def spelled(algorithm: Algorithm, profile: Profile) -> str:
    """The algorithm in a word that the server knows."""
    if algorithm is Algorithm.NOCOPY and profile.server is Server.MYSQL:
        return Algorithm.INPLACE.name
    return algorithm.name


@value(kw_only=True)
class OnlineEffects(Effects):
    """The effects of a statement that online DDL answers for."""

    algorithm: Algorithm | None = None
    table_locks: tuple[tuple[str, TableLock], ...] = ()
    commits: bool = False

    def told_locks(self) -> str:
        """The locks for people, in the words of the two clauses."""
        told = [f"LOCK={lock.name} on {relation}" for relation, lock in self.table_locks]
        if self.algorithm is not None:
            told.insert(0, f"ALGORITHM={self.algorithm.name}")
        return ", ".join(told)

    def document(self) -> dict[str, object]:
        """The effects as JSON prints them; locks are spelled as in the LOCK clause."""
        document = Effects.document(self)
        document["locks"] = [{"relation": r, "mode": lock.name} for r, lock in self.table_locks]
        document["algorithm"] = self.algorithm.name if self.algorithm is not None else None
        document["commits"] = self.commits
        return document


def effects(node: f.Node | None, found: Cost | None, tables: Tables) -> OnlineEffects:
    """The effects of any statement; only tables that stood before count."""
    if node is None:
        return OnlineEffects(read=False)
    if found is not None and isinstance(node, f.AlterTable):
        if tables.fresh(node.table):
            return OnlineEffects(algorithm=found.algorithm, commits=True)
        name = (found.table,)
        return OnlineEffects(
            locks=(RelationLock(found.table, _MODES[found.lock]),),
            table_locks=((found.table, found.lock),),
            rewrites=name if found.rebuilds else (),
            scans=name if found.rebuilds or _BUILDS & set(found.operations) else (),
            index_builds=name if _BUILDS & set(found.operations) else (),
            algorithm=found.algorithm,
            commits=True,
        )
    return _plain(node, tables)


def _plain(node: f.Node, tables: Tables) -> OnlineEffects:
    match node:
        case f.LockTables(tables=locked):
            taken = tuple(
                (name.plain, TableLock.EXCLUSIVE if mode == "WRITE" else TableLock.SHARED)
                for name, mode in locked
                if not tables.fresh(name)
            )
        case f.DropTable(tables=names):
            taken = tuple((n.plain, TableLock.EXCLUSIVE) for n in names if not tables.fresh(n))
        case f.RenameTable(pairs=pairs):
            taken = tuple((o.plain, TableLock.EXCLUSIVE) for o, _ in pairs if not tables.fresh(o))
        case f.Truncate(table=name):
            taken = () if tables.fresh(name) else ((name.plain, TableLock.EXCLUSIVE),)
        case _:
            taken = ()
    return OnlineEffects(
        locks=tuple(RelationLock(name, _MODES[lock]) for name, lock in taken),
        table_locks=taken,
        commits=commits(node),
    )


def commits(node: f.Node | None) -> bool:
    """Whether the server ends the open transaction before the statement."""
    match node:
        case f.CreateTable(temporary=temporary) | f.DropTable(temporary=temporary):
            return not temporary
        case f.AlterTable() | f.RenameTable() | f.Truncate() | f.LockTables():
            return True
        case f.Other(commits=commits):
            return commits
        case _:
            return False

"""What a statement costs on a live server: its locks, scans, rewrites and index builds.

Only relations that stood before count: nobody waits for a table that the same text has made.
"""

from expandcontract.lint.knowledge import History
from expandcontract.lint.known import KnownTable
from expandcontract.model.kinds import TableKind
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName
from expandcontract.model.value import field, value


@value
class RelationLock:
    """A relation, named as in the statement, and the mode it is locked in."""

    relation: str
    mode: Lock


@value(kw_only=True)
class Effects:
    """What one statement does; `unknown` says which figure could not be told for certain."""

    read: bool = True
    locks: tuple[RelationLock, ...] = ()
    rewrites: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    index_builds: tuple[str, ...] = ()
    transactional: bool = True
    unknown: tuple[str, ...] = ()

    def mode(self, relation: str) -> Lock:
        """The strongest lock on a relation."""
        return max((x.mode for x in self.locks if x.relation == relation), default=Lock.NONE)

    def told_locks(self) -> str:
        """The locks for people."""
        return ", ".join(f"{x.mode} on {x.relation}" for x in self.locks)

    def document(self) -> dict[str, object]:
        """The effects as JSON prints them."""
        return {
            "read": self.read,
            "transaction": "any" if self.transactional else "forbidden",
            "locks": [{"relation": x.relation, "mode": str(x.mode)} for x in self.locks],
            "rewrites": list(self.rewrites),
            "scans": list(self.scans),
            "index_builds": list(self.index_builds),
        }


@value(frozen=False)
class Costs:
    """Collects the costs of one statement, in the light of what is known before it."""

    history: History
    major: int
    timezone: str | None = None
    modes: dict[str, Lock] = field(default_factory=dict)
    rewritten: dict[str, None] = field(default_factory=dict)
    scanned: dict[str, None] = field(default_factory=dict)
    built: dict[str, None] = field(default_factory=dict)
    unknown: dict[str, None] = field(default_factory=dict)
    transactional: bool = True
    mentioned: dict[TableName, str] = field(default_factory=dict)

    def spell(self, name: TableName) -> str:
        """The relation's name as the statement writes it, else as its maker wrote it."""
        key = self.history.key(name)
        if key in self.mentioned:
            return self.mentioned[key]
        known = self.history.tables.get(key)
        spelled = (known.spelled if known else name).plain
        self.mentioned[key] = spelled
        return spelled

    def mention(self, name: TableName) -> None:
        """Remember how the statement writes a name."""
        self.mentioned.setdefault(self.history.key(name), name.plain)

    def lock(self, name: TableName, mode: Lock) -> None:
        """The statement locks a relation."""
        if self.history.is_fresh(name):
            return
        relation = self.spell(name)
        self.modes[relation] = max(mode, self.modes.get(relation, Lock.NONE))

    def scan(self, name: TableName) -> None:
        """The statement reads every row of a table, or of its partitions; foreign ones are not."""
        known = self.history.table(name)
        if known is not None and known.kind is TableKind.OTHER and not known.materialized:
            return
        self._note(self.scanned, name)

    def rewrite(self, name: TableName) -> None:
        """The statement writes a table anew, and with it every index there is."""
        self._note(self.rewritten, name)
        self._note(self.scanned, name)
        known = self.history.table(name)
        for one in self.stored(name) if known else ():
            if (table := self.history.table(one)) and table.indexes:
                self._note(self.built, one)

    def replace_file(self, name: TableName) -> None:
        """The statement gives a table and its indexes new, empty files."""
        self._note(self.rewritten, name)
        if (table := self.history.table(name)) and table.indexes:
            self.build(name)

    def copy_file(self, name: TableName) -> None:
        """The statement copies a table's file, and leaves its rows and indexes alone."""
        self._note(self.rewritten, name)

    def copy_index(self, name: TableName) -> None:
        """The statement writes an index anew without a look at the table."""
        self._note(self.built, name)

    def build(self, name: TableName) -> None:
        """The statement builds an index on a table."""
        self._note(self.built, name)
        self._note(self.scanned, name)

    def _note(self, where: dict[str, None], name: TableName) -> None:
        for one in self.stored(name):
            if not self.history.is_fresh(one):
                where[self.spell(one)] = None

    def stored(self, name: TableName) -> list[TableName]:
        """The relations that hold the rows: a partitioned table has none of its own."""
        known = self.history.table(name)
        if known is None or known.kind is not TableKind.PARTITIONED:
            return [name]
        return [
            child.name
            for child in self.history.descendants(known.name)
            if child.kind is not TableKind.PARTITIONED
        ]

    def family(self, name: TableName) -> list[TableName]:
        """A table and all that inherits from it."""
        if not self.history.below:
            return [name]
        return [name, *(child.name for child in self.history.descendants(self.history.key(name)))]

    def is_partitioned(self, name: TableName) -> bool:
        """Whether a table is known to have partitions rather than rows."""
        known = self.history.table(name)
        return known is not None and known.kind is TableKind.PARTITIONED

    def parts(self, name: TableName) -> list[TableName]:
        """A table and its partitions; a child that inherits is a table of its own."""
        return self.family(name) if self.is_partitioned(name) else [name]

    def lock_family(self, name: TableName, mode: Lock) -> None:
        """The statement locks a table and all its partitions and children."""
        for one in self.family(name):
            self.lock(one, mode)

    def known(self, name: TableName) -> KnownTable | None:
        """What is known of a relation."""
        return self.history.table(name)

    def total(self) -> Effects:
        """The costs as a value."""
        return Effects(
            locks=tuple([RelationLock(relation, mode) for relation, mode in self.modes.items()]),
            rewrites=tuple(self.rewritten),
            scans=tuple(self.scanned),
            index_builds=tuple(self.built),
            transactional=self.transactional,
            unknown=tuple(self.unknown),
        )

"""What a rule may know beside the statement, on MySQL and MariaDB."""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.costing import Cost
from expandcontract.lint.mysql.known import Table, Tables
from expandcontract.lint.mysql.online import Fact, Topic
from expandcontract.lint.mysql.operations import Op
from expandcontract.lint.mysql.profile import Profile
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.release import NO_RELEASE, Release
from expandcontract.model.names import TableName
from expandcontract.model.value import field, value


@value(frozen=False)
class Session:
    """What goes on from statement to statement: the transaction, and what was SET."""

    in_transaction: bool = False
    settings: dict[str, str] = field(default_factory=dict)
    rebuilt: set[str] = field(default_factory=set)
    """The tables that statements before this one have built anew."""

    def advance(self, node: f.Node | None, cost: Cost | None, *, commits: bool) -> None:
        """Take the effect of a statement."""
        if cost is not None and cost.rebuilds and not cost.refused:
            self.rebuilt.add(cost.table)
        if isinstance(node, f.Transaction):
            self.in_transaction = node.kind == "BEGIN"
        elif isinstance(node, f.Set):
            self.settings.update(node.values)
        elif commits:
            self.in_transaction = False


@value(kw_only=True)
class OnlineContext:
    """The world just before the statement runs."""

    tables: Tables
    profile: Profile
    session: Session
    cost: Cost | None
    reads: tuple[MyRead, ...]
    index: int
    release: Release = NO_RELEASE

    def live(self, name: TableName) -> bool:
        """Whether other sessions can see the table: the text did not make it itself."""
        return not self.tables.fresh(name)

    def known(self, name: TableName) -> Table | None:
        """What is known of a table before the statement."""
        return self.tables.get(name)

    def earlier(self) -> Iterator[MyRead]:
        """The statements before this one in the same text, nearest first."""
        return (self.reads[at] for at in range(self.index - 1, -1, -1))

    def work(self, node: f.AlterTable) -> Cost | None:
        """The cost, if the server will run the statement and somebody can notice."""
        if self.cost is None or self.cost.refused or not self.live(node.table):
            return None
        return self.cost

    def fact(self, op: Op) -> Fact:
        """What this server makes of an operation."""
        return op.value.fact(self.profile.server)

    def of(self, cost: Cost, *topics: Topic) -> tuple[Op, ...]:
        """The operations of a statement that are about these topics."""
        return tuple(op for op in cost.operations if op.value.topic in topics)

"""The plans of changes in revisions, made on the schema that the revisions before them leave."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from expandcontract.changes.base import Change
from expandcontract.cli.plan_known import Known
from expandcontract.errors import ExpandContractError, TableNotFoundError
from expandcontract.model.catalog import Catalog
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.ops.history import Schema, statements
from expandcontract.ops.reading.reader import Run
from expandcontract.ops.reading.written import Phased, Statement, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """One phase of a change, where a revision asks for it."""

    revision: str
    line: int
    change: str
    phase: Phase
    reverts: bool
    steps: tuple[Step, ...] = ()
    problem: str = ""  #: why there is no plan


def foreseen(
    run: Run, wanted: Callable[[str], bool], major: int, database: Known
) -> Iterator[Foreseen]:
    """What the operations in the wanted revisions will do."""
    asked = [one for one in run.written if wanted(one.path) and _phases(one)]
    if not asked:
        return
    known = _Reading(Schema(Catalog(version=major * 10_000)), database)
    for one in run.written:
        if one.back:
            continue
        for part in one.parts:
            if isinstance(part, Statement):
                known.schema.replay(part.text)
            elif isinstance(part, Phased):
                found = known.take(part, one.revision)
                if one in asked:
                    yield found


def _phases(one: Written) -> bool:
    return any(isinstance(part, Phased) for part in one.parts)


@dataclass(slots=True)
class _Reading:
    """The schema as far as the revisions were read, and the plans made on it."""

    schema: Schema
    database: Known
    plans: dict[str, Plan | None] = field(default_factory=dict)  #: None: it could not be planned

    def take(self, part: Phased, revision: str) -> Foreseen:
        """Plan a change where it is expanded, and replay what the operation does."""
        op = part.op
        problem = ""
        steps: tuple[Step, ...] = ()
        try:
            if op.phase is Phase.EXPAND and not op.reverts:
                self.plans[op.change.name] = None
                self.plans[op.change.name] = self._plan(op.change, revision)
            plan = self.plans.get(op.change.name) or self.database.frozen(op.change.name)
            if plan is None:
                is_told = op.change.name in self.plans
                where = "none could be made where it is expanded"
                problem = where if is_told else "no earlier revision expands it"
            else:
                steps = tuple(plan.of(op.phase)) if not op.reverts else ()
                self.schema.replay("".join(f"{sql};\n" for sql in statements(plan, op)))
        except TableNotFoundError as error:
            made = f"no earlier revision makes the table {error.table}"
            asked = "and the database does not have it"
            other = "--dsn names a database that has it"
            problem = f"{made}; {other if self.database.session is None else asked}"
        except ExpandContractError as error:
            problem = str(error)
        return Foreseen(
            revision=revision,
            line=part.line,
            change=op.change.name,
            phase=op.phase,
            reverts=op.reverts,
            steps=steps,
            problem=problem,
        )

    def _plan(self, change: Change, revision: str) -> Plan:
        """The frozen plan, or one on what the revisions say; what they do not say is asked."""
        if (frozen := self.database.frozen(change.name)) is not None:
            return frozen
        try:
            return self.schema.plan(change, revision)
        except TableNotFoundError:
            if self.database.session is None:
                raise
            self.schema.catalog = self.database.completed(self.schema.catalog, change)
            return self.schema.plan(change, revision)

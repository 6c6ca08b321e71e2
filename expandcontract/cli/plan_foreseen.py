"""The plans of changes in revisions, made on the schema that the revisions before them leave."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from expandcontract.errors import ExpandContractError
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


def foreseen(run: Run, wanted: Callable[[str], bool], major: int) -> Iterator[Foreseen]:
    """What the operations in the wanted revisions will do."""
    asked = [one for one in run.written if wanted(one.path) and _phases(one)]
    if not asked:
        return
    known = _Known(Schema(Catalog(version=major * 10_000)), {})
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
class _Known:
    """The schema as far as the revisions were read, and the plans made on it."""

    schema: Schema
    plans: dict[str, Plan]

    def take(self, part: Phased, revision: str) -> Foreseen:
        """Plan a change where it is expanded, and replay what the operation does."""
        op = part.op
        problem = ""
        steps: tuple[Step, ...] = ()
        try:
            if op.phase is Phase.EXPAND and not op.reverts:
                self.plans[op.change.name] = self.schema.plan(op.change, revision)
            plan = self.plans.get(op.change.name)
            if plan is None:
                problem = "no earlier revision expands it"
            else:
                steps = tuple(plan.of(op.phase)) if not op.reverts else ()
                self.schema.replay("".join(f"{sql};\n" for sql in statements(plan, op)))
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

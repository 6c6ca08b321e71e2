"""What our own operations do to the schema, so that the statements behind them are judged on it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from expandcontract.errors import ExpandContractError
from expandcontract.lint.knowledge import History
from expandcontract.lint.options import Interlude
from expandcontract.lint.to_catalog import catalog_of
from expandcontract.model.catalog import Catalog
from expandcontract.model.names import quoted
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan
from expandcontract.ops.history import statements
from expandcontract.ops.operations import PhaseOp
from expandcontract.ops.reading.written import Phased

_OLDEST = 14
"""The engine's oldest major; the linter knows older ones."""


@dataclass(slots=True)
class Phases:
    """The plans of changes, as the revisions before would make them."""

    major: int
    plans: dict[str, Plan] = field(default_factory=dict)

    def interlude(self, part: Phased) -> Interlude:
        """The operation as something that is known and not judged."""
        return Interlude(lambda history: self._told(part.op, history))

    def _told(self, op: PhaseOp, history: History) -> str:
        try:
            if op.phase is Phase.EXPAND and not op.reverts:
                before = Catalog(
                    version=max(self.major, _OLDEST) * 10_000, search_path=history.search_path
                )
                self.plans[op.change.name] = op.change.plan(catalog_of(history, before))
            plan = self.plans[op.change.name]
        except (ExpandContractError, KeyError):
            history.uncertain.update(
                key for key in map(history.key, op.change.tables) if key in history.tables
            )
            return ""
        fills = _fills(plan) if op.phase is Phase.BACKFILL and not op.reverts else ()
        return "".join(f"{sql};\n" for sql in (*fills, *statements(plan, op)))


def _fills(plan: Plan) -> Iterator[str]:
    """What a backfill writes, as one statement."""
    for step in plan.of(Phase.BACKFILL):
        if step.backfill is not None and step.backfill.into is None and step.backfill.assignments:
            sets = ", ".join(f"{quoted(name)} = {sql}" for name, sql in step.backfill.assignments)
            yield f"UPDATE {step.backfill.table} SET {sets}"

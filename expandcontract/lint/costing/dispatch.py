"""The one dispatch over all kinds of statements."""

from expandcontract.lint.dispatch import Dispatch
from expandcontract.lint.effects import Costs


@Dispatch
def add_costs(node: object, costs: Costs) -> None:
    """Add the costs of a statement; most that are not named below cost nothing."""

"""The one dispatch over all kinds of statements."""

from functools import singledispatch

from expandcontract.lint.effects import Costs


@singledispatch
def add_costs(node: object, costs: Costs) -> None:
    """Add the costs of a statement; most that are not named below cost nothing."""

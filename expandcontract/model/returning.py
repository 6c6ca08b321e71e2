"""What is said of a change whose revert of contract was begun and is not over."""

HALF_WAY = "half way back from contract"
"""Its state: neither contracted nor switched; which columns are there depends on the step."""


def ways_on(name: str) -> str:
    """Both ends that it can come to, and what leads there.

    >>> ways_on("orders.amount-to-bigint").partition("; ")[2]
    'ec contract orders.amount-to-bigint goes forward again'
    """
    back = "alembic downgrade or ec.revert(…, ec.Phase.CONTRACT) finishes the revert"
    return f"{back}; ec contract {name} goes forward again"

"""Fields that hold several texts, and may be given as one."""


def as_tuples(change: object, *fields: str) -> None:
    """Turn one text, or a list of them, into a tuple: what the ledger compares."""
    for field in fields:
        value = getattr(change, field)
        one = (value,) if isinstance(value, str) else tuple(value)
        object.__setattr__(change, field, one)

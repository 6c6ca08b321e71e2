"""Events as lines of JSON, for programs and for dashboards."""

import re
from dataclasses import asdict, fields

from expandcontract.engine.events import Event, Foretold
from expandcontract.pacing.throttle import Reading


def as_document(event: Event) -> dict[str, object]:
    """The event as a line of JSON: `{"event": "chunk_done", …}`.

    >>> from expandcontract.engine.events import StepSkipped
    >>> as_document(StepSkipped("users.rename", "twin"))
    {'event': 'step_skipped', 'change': 'users.rename', 'step': 'twin'}
    """
    kind = re.sub(r"(?<=.)(?=[A-Z])", "_", type(event).__name__).lower()
    found = {f.name: getattr(event, f.name) for f in fields(event)}
    if "readings" in found:
        found["readings"] = [reading_document(one) for one in found["readings"]]
    if isinstance(event, Foretold):
        found["estimate"] = asdict(event.estimate)
    return {"event": kind, **found}


def reading_document(reading: Reading) -> dict[str, object]:
    """A reading without what is only for deciding."""
    names = ("signal", "of", "value", "limit", "unit", "problem", "expected")
    found = {name: getattr(reading, name) for name in names}
    return {
        name: None if value in {float("inf"), float("-inf")} else value
        for name, value in found.items()
        if value != ""
    }

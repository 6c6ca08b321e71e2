"""What env.py and the command line may say: `context.configure(expandcontract={...})`, `-x`."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from alembic.runtime.migration import MigrationContext

from expandcontract.engine.runner import MAX_LAG, QUIET
from expandcontract.errors import ArgumentError
from expandcontract.ops.errors import UnknownOptionError
from expandcontract.pacing.retry import Patience

KEY = "expandcontract"
POLICY_ARGUMENT = "ec_policy"


class Policy(StrEnum):
    """What an operation does whose gate is closed."""

    DEFER = "defer"  #: it is recorded as due, and the upgrade goes on
    STRICT = "strict"  #: the upgrade stops


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options and their defaults."""

    policy: Policy = Policy.DEFER
    quiet: float = QUIET  #: seconds without a write through the old side before contract
    max_lag: float | None = MAX_LAG  #: seconds a standby may fall behind during a backfill
    lock_timeout: float = Patience().lock_timeout
    retry_budget: float = Patience().budget
    marks: bool = True  #: whether webhooks are told of phases, where there are some
    autogenerate: bool = True  #: whether `alembic revision --autogenerate` writes phases
    owner: str = ""  #: of the changes that it writes
    contract_within: int = 30  #: days from then to the day by which contract should be over

    @property
    def patience(self) -> Patience:
        """How the steps wait for their locks."""
        return Patience(lock_timeout=self.lock_timeout, budget=self.retry_budget)


def _is_figure(given: object, least: float = 0.0) -> bool:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return is_number and least <= given < float("inf")  # type: ignore[operator]


FORMS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "quiet": (_is_figure, "a number of seconds, 0 or more"),
    "max_lag": (
        lambda given: given is None or _is_figure(given),
        "a number of seconds, 0 or more, or None",
    ),
    # Less than a millisecond is 0 to PostgreSQL, which then waits for ever.
    "lock_timeout": (
        lambda given: _is_figure(given, 0.001),
        "a number of seconds, 0.001 or more: it is what bounds the queue behind a statement",
    ),
    "retry_budget": (_is_figure, "a number of seconds, 0 or more"),
    "contract_within": (
        lambda given: isinstance(given, int) and _is_figure(given),
        "a whole number of days, 0 or more",
    ),
}
"""What an option must be; the others are words."""


def options_of(context: MigrationContext) -> Options:
    """The options of this run; an unknown name or policy is an error."""
    given = dict(context.opts.get(KEY) or {})
    known = tuple(field.name for field in fields(Options))
    for name in given:
        if name not in known:
            raise UnknownOptionError("option", name, known)
    for name, (is_right, expected) in FORMS.items():
        if name in given and not is_right(given[name]):
            where = f"expandcontract[{name!r}]"
            raise ArgumentError("context.configure", where, given[name], expected)
    environment = context.environment_context
    if environment is not None:
        arguments = environment.get_x_argument(as_dictionary=True)
        given["policy"] = arguments.get(POLICY_ARGUMENT, given.get("policy", Policy.DEFER))
    return Options(**{**given, "policy": _policy(given.get("policy", Policy.DEFER))})


def _policy(given: object) -> Policy:
    try:
        return Policy(str(given))
    except ValueError:
        raise UnknownOptionError("policy", str(given), tuple(map(str, Policy))) from None

"""What env.py and the command line may say: `context.configure(expandcontract={...})`, `-x`."""

from dataclasses import dataclass, fields
from enum import StrEnum

from alembic.runtime.migration import MigrationContext

from expandcontract.engine.runner import MAX_LAG, QUIET
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


def options_of(context: MigrationContext) -> Options:
    """The options of this run; an unknown name or policy is an error."""
    given = dict(context.opts.get(KEY) or {})
    known = tuple(field.name for field in fields(Options))
    for name in given:
        if name not in known:
            raise UnknownOptionError("option", name, known)
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

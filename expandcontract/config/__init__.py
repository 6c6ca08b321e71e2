"""What the user's files and environment say, read once into one frozen value.

Only `cli` asks, and an upgrade for its `webhooks`.
The environment is read nowhere else, so that the rest of the package does what its arguments say.
"""

from expandcontract.config.dsn import (
    DsnMissingError,
    DsnNotReadError,
    database,
    masked,
    normalized,
)
from expandcontract.config.durations import seconds
from expandcontract.config.environment import environment
from expandcontract.config.reading import (
    ConfigNotReadError,
    ConfigTwiceError,
    ConfigValueError,
    UnknownKeyError,
    read,
)
from expandcontract.config.settings import Config
from expandcontract.config.webhooks import Webhook, WebhookNotReadError, webhooks

__all__ = [
    "Config",
    "ConfigNotReadError",
    "ConfigTwiceError",
    "ConfigValueError",
    "DsnMissingError",
    "DsnNotReadError",
    "UnknownKeyError",
    "Webhook",
    "WebhookNotReadError",
    "database",
    "environment",
    "masked",
    "normalized",
    "read",
    "seconds",
    "webhooks",
]

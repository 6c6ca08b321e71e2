"""Addresses that are told what was done: read once, and called by their host alone."""

from collections.abc import Iterable, Mapping

from expandcontract.errors import ExpandContractError
from expandcontract.model.value import field, value

VARIABLE = "EC_WEBHOOKS"
GRAFANA = "grafana:"


class WebhookNotReadError(ExpandContractError):
    """A text is not the address of a webhook; the text itself is not shown."""

    def __init__(self, origin: str, problem: str) -> None:
        super().__init__(origin, problem)
        self.origin = origin
        self.problem = problem

    def __str__(self) -> str:
        return (
            f"a webhook in {self.origin} is not usable: {self.problem}; write https://host/path, "
            "or grafana:https://:TOKEN@host for Grafana's annotations"
        )


@value(kw_only=True)
class Webhook:
    """Where to, and with what in the header."""

    host: str
    port: int | None
    path: str = field(repr=False)
    is_secure: bool
    is_grafana: bool = False
    headers: dict[str, str] = field(repr=False)

    def __str__(self) -> str:
        return f"{'Grafana' if self.is_grafana else 'the webhook'} at {self.host}"


def webhooks(
    texts: Iterable[str], variables: Mapping[str, str], origin: str
) -> tuple[Webhook, ...]:
    """Those of the environment, else those of the settings.

    >>> [hook] = webhooks(["grafana:https://:t0k3n@graphs.example.org"], {}, "settings")
    >>> str(hook), hook.path, hook.headers["Authorization"]
    ('Grafana at graphs.example.org', '/api/annotations', 'Bearer t0k3n')
    """
    given = variables.get(VARIABLE)
    if given is None:
        return tuple(_webhook(text, origin) for text in texts)
    return tuple(_webhook(text, VARIABLE) for text in given.replace(",", " ").split())


def _webhook(text: str, origin: str) -> Webhook:
    from urllib.parse import unquote, urlsplit  # noqa: PLC0415  where there are webhooks

    is_grafana = text.startswith(GRAFANA)
    try:
        where = urlsplit(text.removeprefix(GRAFANA).strip())
        port = where.port
    except ValueError:
        raise WebhookNotReadError(origin, "its host or port does not read") from None
    if where.scheme not in {"http", "https"} or not where.hostname:
        raise WebhookNotReadError(origin, "it has no https:// or no host")
    path = where.path + (f"?{where.query}" if where.query else "")
    if not path.isascii() or any(letter.isspace() for letter in path):
        raise WebhookNotReadError(origin, "its path has letters that have to be encoded")
    return Webhook(
        host=where.hostname,
        port=port,
        path=f"{where.path.rstrip('/')}/api/annotations" if is_grafana else path or "/",
        is_secure=where.scheme == "https",
        is_grafana=is_grafana,
        headers={
            "Content-Type": "application/json",
            "User-Agent": "expandcontract",
            **_authorization(unquote(where.username or ""), unquote(where.password or "")),
        },
    )


def _authorization(user: str, password: str) -> dict[str, str]:
    if not user and not password:
        return {}
    if not user:
        return {"Authorization": f"Bearer {password}"}
    import base64  # noqa: PLC0415  where it is asked for

    secret = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {secret}"}

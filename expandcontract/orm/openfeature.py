"""A team's own feature flag drives a switch, through OpenFeature: the extra `openfeature`.

The flag is asked with the context of the request (OpenFeature's transaction context), never of a
row: statements and instances of one request agree. A boolean flag means all or nothing of what
this request reads; a number is a per cent of the keys. The ledger keeps the last word where the
new side is not complete, and where somebody said `ec switch --kill`.
"""

from openfeature.client import OpenFeatureClient

from expandcontract.orm.switches import ALL, Position


class Flag:
    """The answer of a flag as per cent; where it has none, the ledger's per cent holds."""

    def __init__(self, client: OpenFeatureClient, key: str, *, is_percent: bool = False) -> None:
        self._client, self._key, self._is_percent = client, key, is_percent

    def __call__(self, position: Position) -> int:
        """Ask the provider."""
        if self._is_percent:
            return self._client.get_integer_value(self._key, position.percent)
        details = self._client.get_boolean_details(self._key, default_value=False)
        if details.error_code is not None:
            return position.percent
        return ALL if details.value else 0

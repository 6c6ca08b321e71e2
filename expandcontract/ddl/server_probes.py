"""Questions about the server itself, for scripts that may meet any."""

from expandcontract.model.probe import Probe


def is_since(major: int) -> Probe:
    """Whether the server is of this major version or a newer one."""
    return Probe(
        "pg_catalog.current_setting('server_version_num')::integer >= %(version)s::integer",
        {"version": str(major * 10_000)},
    )

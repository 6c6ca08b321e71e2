"""Which server the environment asks for; nothing set is the normal case."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self


class Backend(StrEnum):
    """Where servers come from, in the order in which they are tried."""

    DSN = "dsn"
    DOCKER = "docker"
    LOCAL = "local"
    WHEEL = "wheel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The `EC_TEST_…` variables."""

    dsn: str | None
    standby_dsn: str | None
    backend: Backend | None  #: only this one, or fail
    major: int | None
    majors: str  #: for tests on several majors: "", "all" or "14,16"
    cache: Path  #: majors fetched by `python -m tests.support.majors`

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        backend = environment.get("EC_TEST_BACKEND")
        major = environment.get("EC_TEST_PG")
        cache = environment.get("EC_PG_CACHE")
        return cls(
            dsn=environment.get("EC_TEST_DSN") or None,
            standby_dsn=environment.get("EC_TEST_STANDBY_DSN") or None,
            backend=Backend(backend) if backend else None,
            major=int(major) if major else None,
            majors=environment.get("EC_TEST_MAJORS", ""),
            cache=Path(cache) if cache else Path.home() / ".cache" / "expandcontract-pg",
        )

    def backends(self) -> tuple[Backend, ...]:
        return (self.backend,) if self.backend else tuple(Backend)

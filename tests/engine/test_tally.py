"""How far all lanes are, while the ledger is read and lanes are moved at once."""

from expandcontract.engine.helm import Tally
from expandcontract.postgres.lanes import Counts, Totals


def totals(**by_lane: Counts) -> Totals:
    """What the ledger says, with lanes a and b as 0 and 1."""
    lanes = {"ab".index(name): counts for name, counts in by_lane.items()}
    return Totals(
        lanes=len(lanes),
        unfinished=len(lanes),
        estimated=None,
        seen=sum(one.seen for one in lanes.values()),
        written=sum(one.written for one in lanes.values()),
        failed=0,
        chunks=sum(one.chunks for one in lanes.values()),
        stage=0,
        written_later=0,
        by_lane=lanes,
    )


def done(rows: int, chunks: int) -> Counts:
    return Counts(seen=rows, written=rows, chunks=chunks)


def test_a_chunk_that_the_ledger_knew_before_its_worker_said_so_counts_once() -> None:
    tally = Tally(totals(a=done(0, 0), b=done(0, 0)))

    tally.renew(totals(a=done(16, 1), b=done(0, 0)))

    assert tally.moved(0, done(16, 1)).rows_written == 16
    assert tally.moved(1, done(5, 1)).rows_written == 21


def test_a_chunk_that_was_committed_while_the_ledger_was_read_is_not_forgotten() -> None:
    tally = Tally(totals(a=done(16, 1)))
    tally.moved(0, done(32, 2))

    tally.renew(totals(a=done(16, 1)))

    assert (tally.now().written, tally.now().seen) == (32, 32)


def test_what_a_failover_took_back_is_not_counted_for_long() -> None:
    tally = Tally(totals(a=done(16, 1)))
    tally.moved(0, done(32, 2))

    for _ in range(2):
        tally.renew(totals(a=done(16, 1)))

    assert tally.now().written == 16


def test_what_another_host_has_done_counts() -> None:
    tally = Tally(totals(a=done(16, 1)))
    tally.moved(0, done(32, 2))

    tally.renew(totals(a=done(64, 4), b=done(8, 1)))

    assert tally.now().written == 72

# SPDX-License-Identifier: Apache-2.0
"""What must be reached: the rows of the design's table of bars, each worked out from one result file.

A row passes or is short by its unrounded ratio. What was not measured is neither."""

import dataclasses

from results import CLOCK, DOOR, FLOOR, GUARD, MEMCPY, OURS, PEEK, S3FIFO, SHARED, beyond_payload

FACTS = 24  # bytes of packed facts that a frame may have beside its payload
PADDING = 64  # zero bytes that every block ends in, because decoders read past the end


@dataclasses.dataclass
class Row:
    name: str
    bar: str
    hoped: str = ""
    ours: str = ""
    rival: str = ""
    rival_name: str = ""
    floor: str = ""
    ratio: float | None = None
    verdict: str = "not measured"

    def judge(self, ratio, passes):
        self.ratio = ratio
        self.verdict = "pass" if passes else "short"
        return self


def speed(rate, threads):
    """Nanoseconds for one thread; for more, what they do together."""
    if rate is None:
        return ""
    return f"{1e9 / rate:.1f} ns" if threads == 1 else f"{rate / 1e6:.2f} M/s"


def faster(r, name, work, threads, bar, hoped, who=OURS, floor=FLOOR):
    """At least so many times as fast as the best peer."""
    row = Row(f"{name}, {threads} thread{'s' if threads > 1 else ''}", f">= {bar}x", f"{hoped}x")
    ours, peer = r.rate(work, who, threads), r.best_peer(work, threads)
    row.ours, row.floor = speed(ours, threads), speed(r.rate(work, floor, threads), threads)
    if peer:
        row.rival, row.rival_name = speed(peer["rate"], threads), peer["contestant"]
    return row.judge(ours / peer["rate"], ours / peer["rate"] >= bar) if ours and peer else row


def near_floor(r, work, threads):
    row = Row(f"hit 100k against the floor, {threads} thread{'s' if threads > 1 else ''}", "<= 1.4x", "1.2x")
    ours, floor = r.rate(work, OURS, threads), r.rate(work, FLOOR, threads)
    row.ours, row.rival, row.rival_name = speed(ours, threads), speed(floor, threads), FLOOR
    row.floor = row.rival
    return row.judge(floor / ours, floor / ours <= 1.4) if ours and floor else row


def peek_scales(r):
    row = Row("hot key, peek: 2 threads against 1", ">= 1.8x", "2x")
    one, two = r.rate("hot_key", PEEK, 1), r.rate("hot_key", PEEK, 2)
    row.ours, row.rival, row.rival_name = speed(two, 2), one and f"{one / 1e6:.2f} M/s" or "", "itself"
    row.floor = speed(r.rate("hot_key", GUARD, 2), 2)
    return row.judge(two / one, two / one >= 1.8) if one and two else row


def exact_order(r, who, name):
    """Hits as exact LRU has them with as many frames, to a tenth of a point; both counted by one thread, without a clock."""
    row = Row(f"Zipf 0.99, hit ratio, {name}", "+-0.1 point", "0")
    hits = r.hits("zipf_099", who)
    if hits and "exact_lru" in hits:
        ours, exact = (100 * hits[which] / hits["gets"] for which in ("hits", "exact_lru"))
        row.ours, row.rival, row.rival_name = f"{ours:.2f} %", f"{exact:.2f} %", f"exact LRU, {hits['held']} frames"
        row.judge(None, abs(ours - exact) <= 0.1)
    return row


def better_order(r):
    row = Row("Zipf 0.99, hit ratio, evict<s3fifo>", ">= +2 points")
    hits = r.hits("zipf_099", S3FIFO)
    if hits and "exact_lru" in hits:
        ours, exact = (100 * hits[which] / hits["gets"] for which in ("hits", "exact_lru"))
        row.ours, row.rival, row.rival_name = f"{ours:.2f} %", f"{exact:.2f} %", f"exact LRU, {hits['held']} frames"
        row.judge(None, ours - exact >= 2)
    return row


def tail(r, threads):
    """The latency that one hit in a thousand exceeds."""
    row = Row(f"p99.9 of a hit, {threads} threads", "<= 1.5x", "1x")
    ours, clock = (r.row("tail_100k", who, threads) for who in (OURS, CLOCK))
    floor = r.row("tail_100k", FLOOR, threads)
    row.ours = ours and f"{ours['p999'] / 1e3:.2f} us" or ""
    row.floor = floor and f"{floor['p999'] / 1e3:.2f} us" or ""
    if clock:
        row.rival, row.rival_name = f"{clock['p999'] / 1e3:.2f} us", CLOCK
    ratio = ours and clock and ours["p999"] / clock["p999"]
    return row.judge(ratio, ratio <= 1.5) if ratio else row


def weights(r):
    """What an entry takes beyond its payload and its facts; then the same without what no peer has."""
    mine = r.weight(OURS)
    peers = [each for each in r.content.get("weights", []) if each["kind"] == "peer"]
    least = min(peers, key=beyond_payload, default=None)
    names = mine and (mine["empty"] / mine["frames"])
    for name, apart in (
        ("bytes beyond payload and facts", 0),
        ("  without the padding", PADDING),
        ("  without names and tenants", names),
        ("  without either", mine and PADDING + names),
    ):
        row = Row(name, "<= 80", "64")
        if least:
            row.rival, row.rival_name = f"{beyond_payload(least):.1f}", least["contestant"]
        if mine:
            bytes_each = beyond_payload(mine) - FACTS - apart
            row.ours = f"{bytes_each:.1f}"
            row.judge(least and bytes_each / beyond_payload(least), bytes_each <= 80)
        yield row


def as_memcpy(r, threads):
    row = Row(f"32 KiB frames, stage to commit, {threads} thread{'s' if threads > 1 else ''}", ">= 0.8x", "1x")
    ours, floor = r.rate("frames_32k", OURS, threads), r.rate("frames_32k", MEMCPY, threads)
    row.ours, row.rival, row.rival_name = speed(ours, threads), speed(floor, threads), "memcpy"
    row.floor = row.rival
    return row.judge(ours / floor, ours / floor >= 0.8) if ours and floor else row


def opening(r):
    row = Row("opening a viewer, without the authenticator", "< 1000 ns", "200 ns")
    ours, door = r.rate("open_viewer", OURS, 1), r.rate("open_viewer", DOOR, 1)
    if ours and door:
        alone = 1e9 / ours - 1e9 / door
        row.ours, row.rival, row.rival_name = f"{alone:.0f} ns", f"{1e9 / door:.0f} ns", "the authenticator alone"
        row.judge(None, alone < 1000)
    return row


def isolation(r):
    row = Row("cost of isolation: scoped against raw", "<= 2 % or 0.3 ns", "0")
    times = r.content.get("isolation")
    if times:
        more = times["scoped"] - times["raw"]
        row.ours, row.rival, row.rival_name = f"{times['scoped']:.1f} ns", f"{times['raw']:.1f} ns", "raw integers"
        row.judge(times["scoped"] / times["raw"], more <= max(0.02 * times["raw"], 0.3))
    return row


def rows(r):
    """Every row, in the order of the design."""
    return [
        faster(r, "hit 100k", "hit_100k", 1, 3, 3.5),
        faster(r, "hit 100k", "hit_100k", 2, 4, 5),
        near_floor(r, "hit_100k", 1),
        near_floor(r, "hit_100k", 2),
        faster(r, "hit 1M", "hit_1m", 1, 3, 4),
        faster(r, "hit 1M", "hit_1m", 2, 3, 4),
        faster(r, "hot key, owned", "hot_key", 2, 2.8, 3),
        faster(r, "hot key, peek", "hot_key", 2, 7, 8, who=PEEK, floor=GUARD),
        peek_scales(r),
        faster(r, "batch of 16, 100k, each", "batch_100k", 1, 5, 8),
        faster(r, "batch of 16, 1M, each", "batch_1m", 1, 6, 8),
        faster(r, "put and get in turn", "half_half", 1, 1.8, 2.2),
        faster(r, "put and get in turn", "half_half", 2, 1.8, 2.2),
        faster(r, "Zipf 0.99, isolate<fair>", "zipf_099", 1, 1.4, 1.8),
        faster(r, "Zipf 0.99, isolate<fair>", "zipf_099", 2, 2, 2.5),
        faster(r, "Zipf 0.99, isolate<shared>", "zipf_099", 1, 1.4, 1.8, who=SHARED),
        faster(r, "Zipf 0.99, isolate<shared>", "zipf_099", 2, 2, 2.5, who=SHARED),
        exact_order(r, OURS, "isolate<fair>"),
        exact_order(r, SHARED, "isolate<shared>"),
        better_order(r),
        tail(r, 2),
        tail(r, 8),
        *weights(r),
        faster(r, "100,000 tenants of 3 cameras", "homes", 2, 3, 4),
        as_memcpy(r, 1),
        as_memcpy(r, 2),
        opening(r),
        isolation(r),
    ]

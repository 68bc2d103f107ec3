# SPDX-License-Identifier: Apache-2.0
"""A result file: what one run of benchmarks/run has measured, and what is asked of it.

Rates are operations a second of all threads together. Of each row the file holds every round, their median, and the
quartiles between which the middle half of the rounds lies. A ratio is always one of medians of the same run."""

import json
import pathlib
import statistics

OURS = "framecache"
PEEK = "framecache, peek"
SHARED = "framecache, isolate<shared>"
S3FIFO = "framecache, evict<s3fifo>"
DOOR = "framecache, the authenticator alone"
CLOCK = "RocksDB HyperClockCache"
FLOOR = "floor: two atomic adds"
GUARD = "floor: a guard"
MEMCPY = "floor: memcpy"


def spread(values):
    """Median and quartiles."""
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def of_rounds(rounds):
    """One row of a result file, from the rounds that Google Benchmark wrote for one contestant and number of threads."""
    rates = [each["operations"] / each["seconds"] for each in rounds]
    low, middle, high = spread(rates)
    row = {
        "rate": middle,
        "low": low,
        "high": high,
        "rounds": [round(rate) for rate in rates],
        "seconds": statistics.median(each["seconds"] for each in rounds),
    }
    gets = sum(each.get("gets", 0) for each in rounds)
    if gets:
        row["hit_ratio"] = sum(each["hits"] for each in rounds) / gets
    for name in ("p50", "p99", "p999"):
        if name in rounds[0]:
            row[name] = statistics.median(each[name] for each in rounds)
    return row


class Results:
    def __init__(self, content):
        self.content = content
        self.rows = {(row["work"], row["contestant"], row["threads"]): row for row in content["rows"]}

    @classmethod
    def read(cls, path):
        return cls(json.loads(pathlib.Path(path).read_text(encoding="utf-8")))

    def row(self, work, contestant, threads):
        return self.rows.get((work, contestant, threads))

    def rate(self, work, contestant, threads):
        row = self.row(work, contestant, threads)
        return row and row["rate"]

    def of_kind(self, kind, work, threads):
        return [row for row in self.content["rows"] if (row["kind"], row["work"], row["threads"]) == (kind, work, threads)]

    def best_peer(self, work, threads):
        """The fastest cache that a relay could link instead, or None. References, floors and servers are none."""
        return max(self.of_kind("peer", work, threads), key=lambda row: row["rate"], default=None)

    def weight(self, contestant):
        return next((each for each in self.content.get("weights", []) if each["contestant"] == contestant), None)

    def hits(self, work, contestant):
        named = (work, contestant)
        return next((each for each in self.content.get("hits", []) if (each["work"], each["contestant"]) == named), None)


def beyond_payload(weight):
    return weight["bytes"] / weight["frames"] - weight["payload"]

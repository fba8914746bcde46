"""What was promised about speed, and whether a run kept it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.pages import FORMS, HOMES, LISTS

TIMES_HELLO = {"list of 25": 16.0, "list of 50": 26.0}
GROWTH = 1.2
QUERIES = {**dict.fromkeys((*LISTS, *FORMS), 12), **dict.fromkeys(HOMES, 20)}
COLD_START_S = 2.0
WORKER_MB = 150.0

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """One promise and what was seen."""

    promise: str
    seen: float
    limit: float

    @property
    def kept(self) -> bool:
        return self.seen <= self.limit

    def __str__(self) -> str:
        return f"{self.promise}: {self.seen:g}, {'within' if self.kept else 'OVER'} {self.limit:g}"


def verdicts(rows: Sequence[Row]) -> Iterator[Verdict]:
    """Every promise about pages, and how large a worker gets by them."""
    for row in rows:
        where = f"{row['engine']}, {row['proposals']}, {row['name']}"
        if row["engine"] == "sqlite" and row["name"] in TIMES_HELLO:
            yield Verdict(f"{where}: times hello", round(row["times_hello"], 1), TIMES_HELLO[row["name"]])
        if row["name"] in QUERIES:
            yield Verdict(f"{where}: most queries", row["most_queries"], QUERIES[row["name"]])
    yield from _growth(rows)
    for engine in dict.fromkeys(row["engine"] for row in rows):
        largest = max(row["megabytes"] for row in rows if row["engine"] == engine)
        yield Verdict(f"{engine}: MB of a worker", round(largest), WORKER_MB)


def _growth(rows: Sequence[Row]) -> Iterator[Verdict]:
    """What the largest house costs against the smallest, round by round; and that it asks no more."""
    for engine, name in dict.fromkeys((row["engine"], row["name"]) for row in rows):
        same = sorted(
            (row for row in rows if (row["engine"], row["name"]) == (engine, name)),
            key=lambda row: row["proposals"],
        )
        if len(same) < 2:
            continue
        small, large = same[0], same[-1]
        where = f"{engine}, {name}: {large['proposals']} against {small['proposals']} proposals"
        yield Verdict(f"{where}: cost", round(ratio(large, small), 2), GROWTH)
        yield Verdict(f"{where}: more queries", large["queries"] - small["queries"], 0)


def ratio(large: Row, small: Row) -> float:
    """The median over the rounds: both were asked in turns, so that noise meets both."""
    pairs = zip(large["round_medians_ms"], small["round_medians_ms"], strict=True)
    found = sorted(ours / theirs for ours, theirs in pairs)
    return float(found[len(found) // 2])

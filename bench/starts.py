"""How long until somebody answers: a whole server from nothing, and a worker that takes the place of a dead one.

The promise is about both. Hello's server, the same Flask and gunicorn with one route, is started in turns with ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.houses import house, prepared
from bench.limits import COLD_START_S, Verdict
from bench.servers import one_worker, replaced

ROUNDS, SIZE, READY = 5, 200, "/healthz"


@dataclass(frozen=True)
class Starts:
    """Seconds to the first answer, round by round."""

    engine: str
    worker_s: list[float]
    server_s: list[float]
    hello_s: list[float]

    @property
    def times_hello(self) -> float:
        return median(ours / hello for ours, hello in zip(self.server_s, self.hello_s, strict=True))

    @property
    def verdicts(self) -> list[Verdict]:
        seen = {"a server from nothing": self.server_s, "a worker in the place of a dead one": self.worker_s}
        return [
            Verdict(f"{self.engine}: cold start of {what}, s", round(median(each), 2), COLD_START_S)
            for what, each in seen.items()
        ]

    def as_row(self) -> dict[str, Any]:
        return {**asdict(self), "times_hello": self.times_hello}

    def __str__(self) -> str:
        worker, server = (" ".join(f"{each:.2f}" for each in row) for row in (self.worker_s, self.server_s))
        return f"{self.engine}: a worker {worker} s; a server {server} s, {self.times_hello:.1f} x hello"


def measure(engine: str, work: Path, rounds: int) -> Iterator[Starts]:
    """A server and hello in turns; each server's only worker is killed once."""
    worker, server, hello = list[float](), list[float](), list[float]()
    pattern = prepared(work / str(SIZE), SIZE)
    with house(engine, pattern, work / f"{engine}-starts") as (environment, _cast):
        for _ in range(rounds):
            with one_worker("bench.hello:app", {}) as other:
                hello.append(other.started_in)
            with one_worker("bench.watched:app", environment, ready=READY) as ours:
                server.append(ours.started_in)
                worker.append(replaced(ours, READY))
    yield Starts(engine, worker, server, hello)

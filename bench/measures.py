"""How long, how many bytes, how much processor: pages and the yardstick in turns, in one run."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median, mode, quantiles
from typing import Any, Protocol

from bench.servers import Server

ROUNDS, REQUESTS, WARM_UP = 5, 200, 60
STATEMENTS = "X-Statements"


@dataclass(frozen=True)
class Ask:
    """One request and the status that answers it rightly."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    expected: int = 200


class Asker(Protocol):
    """Knows what to ask next; hears every answer, because the next question may depend on it."""

    def ask(self) -> Ask: ...

    def heard(self, answer: bytes) -> None: ...


@dataclass(frozen=True)
class Always:
    """The same page again and again."""

    page: Ask

    def ask(self) -> Ask:
        return self.page

    def heard(self, answer: bytes) -> None:
        """Nothing follows from it."""


HELLO = Always(Ask("/"))


@dataclass(frozen=True)
class Measure:
    """Milliseconds of one request over one kept connection, and what it cost the worker.

    `queries` is what a request usually takes, `most_queries` the most that one took, the first
    included. `times_hello` is the median of the rounds' ratios.
    """

    name: str
    proposals: int
    median_ms: float
    p95_ms: float
    per_second: float
    queries: int
    most_queries: int
    bytes: int
    cpu_ms: float
    megabytes: float
    times_hello: float
    round_medians_ms: Sequence[float]

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Turn:
    """Some requests in a row: seconds and statements of each, bytes of the last, processor seconds of all."""

    seconds: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    size: int = 0
    cpu: float = 0.0


@dataclass(frozen=True)
class Effort:
    """How often: rounds, requests in a round, requests before the first."""

    rounds: int = ROUNDS
    requests: int = REQUESTS
    warm_up: int = WARM_UP

    @property
    def total(self) -> int:
        return self.rounds * self.requests + self.warm_up


def compare(
    name: str, houses: Mapping[int, tuple[Server, Asker]], hello: Server, effort: Effort
) -> list[Measure]:
    """Ask hello and every house in turns, each round in the other order; houses by number of proposals."""
    turn(hello, HELLO, effort.warm_up)
    first = {size: turn(server, asker, effort.warm_up) for size, (server, asker) in houses.items()}
    base: list[float] = []
    seen: dict[int, list[Turn]] = {size: [] for size in houses}
    for number in range(effort.rounds):
        base.append(median(turn(hello, HELLO, effort.requests).seconds))
        for size in sorted(houses, reverse=bool(number % 2)):
            seen[size].append(turn(*houses[size], effort.requests))
    return [
        _measure(name, size, [first[size], *seen[size]], base, houses[size][0].megabytes()) for size in houses
    ]


def _measure(name: str, size: int, turns: Sequence[Turn], base: Sequence[float], megabytes: float) -> Measure:
    counted = turns[1:]
    times = [second for each in counted for second in each.seconds]
    medians = [median(each.seconds) for each in counted]
    statements = [number for each in turns for number in each.statements]
    return Measure(
        name=name,
        proposals=size,
        median_ms=median(times) * 1000,
        p95_ms=quantiles(times, n=20)[-1] * 1000,
        per_second=len(times) / sum(times),
        queries=mode(number for each in counted for number in each.statements),
        most_queries=max(statements),
        bytes=counted[-1].size,
        cpu_ms=1000 * sum(each.cpu for each in counted) / len(times),
        megabytes=megabytes,
        times_hello=median(ours / yardstick for ours, yardstick in zip(medians, base, strict=True)),
        round_medians_ms=[round(each * 1000, 2) for each in medians],
    )


def turn(server: Server, asker: Asker, times: int) -> Turn:
    """`times` requests over one connection. Raises RuntimeError for another status than expected."""
    connection = server.connection()
    before, done = server.cpu_seconds(), Turn()
    for _ in range(times):
        ask = asker.ask()
        began = time.perf_counter()
        connection.request(ask.method, ask.path, body=ask.body, headers=dict(ask.headers))
        answer = connection.getresponse()
        read = answer.read()
        done.seconds.append(time.perf_counter() - began)
        _must_be_right(ask, answer, read)
        done.statements.append(int(answer.headers.get(STATEMENTS, 0)))
        done.size = len(read)
        asker.heard(read)
    connection.close()
    done.cpu = server.cpu_seconds() - before
    return done


def _must_be_right(ask: Ask, answer: http.client.HTTPResponse, read: bytes) -> None:
    if answer.status != ask.expected:
        said = read.decode(errors="replace")[:600]
        raise RuntimeError(f"{ask.method} {ask.path} answered {answer.status}: {said}")

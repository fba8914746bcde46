"""How long, how many bytes, how much processor: pages and the yardstick in turns, in one run."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles

from bench.servers import Server

ROUNDS, REQUESTS, WARM_UP = 5, 200, 60


@dataclass(frozen=True)
class Request:
    """What is asked; `body` makes a fresh body from the number of the time and the last answer."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] | None = None
    body: Callable[[int, bytes], str] | None = None
    expected: int = 200


@dataclass(frozen=True)
class Measure:
    """Milliseconds of one request over one kept connection, and what it cost the worker."""

    name: str
    median_ms: float
    p95_ms: float
    per_second: float
    bytes: int
    cpu_ms: float
    megabytes: float
    times_hello: float
    round_ratios: Sequence[float]

    def as_row(self) -> dict[str, object]:
        return asdict(self)


@dataclass
class Round:
    """One turn: seconds of each request, bytes of one answer, processor seconds of all."""

    seconds: list[float]
    size: int
    cpu: float


def compare(name: str, page: Server, request: Request, hello: Server, *, rounds: int = ROUNDS) -> Measure:
    """Ask for the page and for hello in turns; `times_hello` is the median of the rounds' ratios."""
    turn(page, request, WARM_UP)
    turn(hello, Request("/"), WARM_UP)
    turns: list[Round] = []
    ratios: list[float] = []
    for _ in range(rounds):
        base = turn(hello, Request("/"), REQUESTS)
        seen = turn(page, request, REQUESTS)
        turns.append(seen)
        ratios.append(median(seen.seconds) / median(base.seconds))
    times = sorted(second for seen in turns for second in seen.seconds)
    return Measure(
        name=name,
        median_ms=median(times) * 1000,
        p95_ms=quantiles(times, n=20)[-1] * 1000,
        per_second=len(times) / sum(times),
        bytes=turns[-1].size,
        cpu_ms=1000 * sum(seen.cpu for seen in turns) / len(times),
        megabytes=page.megabytes(),
        times_hello=median(ratios),
        round_ratios=[round(ratio, 2) for ratio in ratios],
    )


def turn(server: Server, request: Request, times: int) -> Round:
    """`times` requests over one connection. Raises RuntimeError for another status than expected."""
    connection = server.connection()
    before = server.cpu_seconds()
    seconds: list[float] = []
    last = b""
    for number in range(times):
        body = request.body(number, last) if request.body else None
        began = time.perf_counter()
        connection.request(request.method, request.path, body=body, headers=dict(request.headers or {}))
        last = _finish(connection, request)
        seconds.append(time.perf_counter() - began)
    connection.close()
    return Round(seconds, len(last), server.cpu_seconds() - before)


def _finish(connection: http.client.HTTPConnection, request: Request) -> bytes:
    answer = connection.getresponse()
    read = answer.read()
    if answer.status != request.expected:
        raise RuntimeError(f"{request.method} {request.path} answered {answer.status}: {read[:300]!r}")
    return read

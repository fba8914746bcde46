"""Whether slow work of others slows a save: a trickling upload of 30 MB and ten people signing in.

The house runs as `grants serve` runs it. Every round times saves alone and saves beside slow work, in
turns; the promise is about the median of the rounds' ratios. A crowd, as many slow uploads at once as
the house has seats and two more, is measured as well: it must not stop the saves of others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from bench.houses import house, prepared
from bench.limits import Verdict
from bench.pages import Cast, SectionSave, seated, section_of
from bench.servers import Server, free_port, running
from bench.slow import MEGABYTE, a_pdf, meanwhile, sign_in, upload
from grants.core.reception import SEATS
from grants.operation.serving import cores

ROUNDS, SECONDS, PAUSE = 5, 20.0, 0.025
LIMIT, CROWD_LIMIT = 1.2, 2.0
SIGN_INS = 10
PEOPLE = [f"reviewer{number}" for number in range(1, 9)] + ["board1", "board2"]


@dataclass(frozen=True)
class Beside:
    """95th percentiles of a save in milliseconds, round by round: alone, and beside slow work."""

    engine: str
    what: str
    limit: float
    alone_ms: list[float]
    beside_ms: list[float]

    @property
    def ratio(self) -> float:
        return median(b / a for a, b in zip(self.alone_ms, self.beside_ms, strict=True))

    @property
    def verdict(self) -> Verdict:
        return Verdict(
            f"{self.engine}: a save beside {self.what}, against alone", round(self.ratio, 2), self.limit
        )

    def as_row(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}

    def __str__(self) -> str:
        alone, beside = (" ".join(f"{each:.1f}" for each in row) for row in (self.alone_ms, self.beside_ms))
        return f"{self.engine}, {self.what}: 95 % of saves alone {alone} ms; beside {beside} ms"


def measure(engine: str, work: Path, rounds: int = ROUNDS, seconds: float = SECONDS) -> list[Beside]:
    """Prepare a house of 200 proposals, serve it, and time both scenes."""
    crowd = cores() * SEATS + 2
    needed = rounds + crowd
    pattern = prepared(work / "beside", 200, drafts=needed)
    with (
        house(engine, pattern, work / f"beside-{engine}") as (environment, cast),
        _served(environment) as server,
    ):
        drafts = iter(cast.drafts)
        one = partial(_slow_work, server, drafts, uploads=1, sign_ins=SIGN_INS, seconds=seconds)
        many = partial(_slow_work, server, drafts, uploads=crowd, sign_ins=0, seconds=seconds)
        return [
            _scene(engine, "a slow upload and ten sign-ins", LIMIT, server, cast, one, rounds, seconds),
            _scene(engine, f"{crowd} slow uploads", CROWD_LIMIT, server, cast, many, 1, seconds),
        ]


def _served(environment: Mapping[str, str]) -> Any:
    port = free_port()
    return running(["grants", "serve", "--port", str(port)], environment, port, "/healthz")


def _scene(
    engine: str, what: str, limit: float, server: Server, cast: Cast,
    works: Callable[[], list[Callable[[], int]]], rounds: int, seconds: float,
) -> Beside:  # fmt: skip
    save = SectionSave(server, cast.group, cast.draft)
    _saves(server, save, 3)
    alone: list[float] = []
    beside: list[float] = []
    for _ in range(rounds):
        alone.append(_p95(server, save, seconds, []))
        beside.append(_p95(server, save, seconds, works()))
    return Beside(engine, what, limit, alone, beside)


def _p95(server: Server, save: SectionSave, seconds: float, works: list[Callable[[], int]]) -> float:
    """Milliseconds. Raises RuntimeError when the slow work itself did not go well."""
    with meanwhile(*works) if works else nullcontext() as seen:
        times = _saves(server, save, seconds)
    if seen is not None and (seen.faults or any(status != 303 for status in seen.statuses)):
        raise RuntimeError(f"the slow work failed: {seen.statuses} {seen.faults}")
    return sorted(times)[int(len(times) * 0.95)] * 1000


def _saves(server: Server, save: SectionSave, seconds: float) -> list[float]:
    """Save, rest a moment, save again, as people do; seconds of each."""
    connection = server.connection(timeout=120)
    times: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ask = save.ask()
        began = time.perf_counter()
        connection.request(ask.method, ask.path, body=ask.body, headers=dict(ask.headers))
        answer = connection.getresponse()
        read = answer.read()
        times.append(time.perf_counter() - began)
        if answer.status != ask.expected:
            raise RuntimeError(f"a save answered {answer.status}: {read[:300]!r}")
        save.heard(read)
        time.sleep(PAUSE)
    connection.close()
    return times


def _slow_work(
    server: Server, drafts: Iterator[dict[str, str]], *, uploads: int, sign_ins: int, seconds: float
) -> list[Callable[[], int]]:
    """Things to do side by side, spread over the time of the saves."""
    content = a_pdf(30 * MEGABYTE - 4096 if uploads == 1 else 3 * MEGABYTE)
    works: list[Callable[[], int]] = []
    for draft in islice(drafts, uploads):
        seat, _page = seated(server, draft["owner"], section_of(draft["proposal"]))
        works.append(partial(upload, server, seat, draft["proposal"], content, seconds=seconds))
    for number, name in enumerate(PEOPLE[:sign_ins]):
        works.append(partial(_after, seconds * number / sign_ins, partial(sign_in, server, name)))
    return works


def _after(seconds: float, work: Callable[[], int]) -> int:
    time.sleep(seconds)
    return work()

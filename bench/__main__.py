"""`make bench`: every claim about speed, as figures of one run, in bench/results/.

python -m bench [--sqlite] [--quick] [--sizes 200,10000] [--only pages,beside] [--into FOLDER]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from bench import beside, report
from bench.houses import ENGINES, house, prepared
from bench.limits import Verdict, verdicts
from bench.measures import Asker, Effort, Measure, compare
from bench.pages import Cast, SectionSave, Submission, reading
from bench.servers import Server, one_worker

STARTS = 3


def main() -> int:
    options = _options()
    engines = ENGINES[:1] if options.sqlite else ENGINES
    with tempfile.TemporaryDirectory(prefix="greenshoots-bench-") as work:
        kept = [
            run(Path(work), engines, options)
            for name, run in (("pages", _pages), ("beside", _beside))
            if name in options.only.split(",")
        ]
    return 0 if all(kept) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="not on PostgreSQL")
    parser.add_argument("--quick", action="store_true", help="few rounds: to try the bench itself")
    parser.add_argument("--sizes", default="200,10000", help="numbers of proposals")
    parser.add_argument("--only", default="pages,beside")
    parser.add_argument("--into", type=Path, default=report.RESULTS, help="where results are written")
    return parser.parse_args()


def _pages(work: Path, engines: tuple[str, ...], options: argparse.Namespace) -> bool:
    """Pages, saves and submissions against hello; answers whether every promise was kept."""
    effort = Effort(2, 40, 20) if options.quick else Effort()
    sizes = [int(size) for size in options.sizes.split(",")]
    rows: list[Mapping[str, Any]] = []
    starts: dict[str, float] = {}
    for engine in engines:
        found, starts[engine] = _engine(engine, work, sizes, effort)
        rows += [{"engine": engine, **measure.as_row()} for measure in found]
    judged = list(verdicts(rows, starts))
    text = report.said("Pages beside hello", report.table(rows), judged)
    report.keep("bench", {"rows": rows, "cold_start_s": starts}, text, options.into)
    return _told(text, judged)


def _beside(work: Path, engines: tuple[str, ...], options: argparse.Namespace) -> bool:
    """Saves while slow work is under way; answers whether the promise was kept."""
    rounds = 1 if options.quick else beside.ROUNDS
    seconds = 6.0 if options.quick else beside.SECONDS
    found = [each for engine in engines for each in beside.measure(engine, work, rounds, seconds)]
    judged = [each.verdict for each in found]
    text = report.said("Slow work beside saves", "\n".join(str(each) for each in found), judged)
    report.keep("beside", {"rows": [each.as_row() for each in found]}, text, options.into)
    return _told(text, judged)


def _told(text: str, judged: list[Verdict]) -> bool:
    print(text, flush=True)
    return all(verdict.kept for verdict in judged)


def _engine(engine: str, work: Path, sizes: list[int], effort: Effort) -> tuple[list[Measure], float]:
    """Houses of all sizes on one engine, asked in turns; then how long one of them takes to start."""
    sent_in = Effort(effort.rounds, max(effort.requests // 5, 4), max(effort.warm_up // 5, 4))
    rows: list[Measure] = []
    environment: Mapping[str, str] = {}
    with ExitStack() as stack:
        hello = stack.enter_context(one_worker("bench.hello:app", {}))
        houses: dict[int, tuple[Server, Cast]] = {}
        for size in sizes:
            pattern = prepared(work / str(size), size, drafts=sent_in.total)
            environment, cast = stack.enter_context(house(engine, pattern, work / f"{engine}-{size}"))
            server = stack.enter_context(one_worker("bench.watched:app", environment, ready="/healthz"))
            houses[size] = (server, cast)
        askers = {size: _askers(server, cast) for size, (server, cast) in houses.items()}
        for name in askers[sizes[0]]:
            asked = {size: (houses[size][0], askers[size][name]) for size in sizes}
            found = compare(name, asked, hello, sent_in if name == "submission" else effort)
            for each in found:
                print(
                    f"{engine} {each.proposals} {name}: {each.median_ms:.1f} ms, {each.times_hello:.1f} x",
                    flush=True,
                )
            rows += found
        return rows, _cold_start(environment)


def _askers(server: Server, cast: Cast) -> Mapping[str, Asker]:
    return {
        **reading(cast),
        "save of a section": SectionSave(server, cast.group, cast.draft),
        "submission": Submission(server, cast),
    }


def _cold_start(environment: Mapping[str, str]) -> float:
    """Seconds from the start of the server to the first answer of its worker."""
    seen = []
    for _ in range(STARTS):
        with one_worker("bench.watched:app", environment, ready="/healthz") as server:
            seen.append(server.started_in)
    return median(seen)


if __name__ == "__main__":
    sys.exit(main())

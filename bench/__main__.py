"""`make bench`: every claim about speed, as figures of one run, in bench/results/.

python -m bench [--sqlite] [--quick] [--sizes 200,10000] [--only pages,starts,beside] [--into FOLDER]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import beside, report, starts
from bench.houses import ENGINES, house, prepared
from bench.limits import Verdict, verdicts
from bench.measures import Asker, Effort, Measure, compare
from bench.pages import Cast, SectionSave, Submission, reading
from bench.servers import Server, one_worker


def main() -> int:
    options = _options()
    engines = ENGINES[:1] if options.sqlite else ENGINES
    with tempfile.TemporaryDirectory(prefix="greenshoots-bench-") as work:
        kept = [
            run(Path(work), engines, options)
            for name, run in BENCHES.items()
            if name in options.only.split(",")
        ]
    return 0 if all(kept) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="not on PostgreSQL")
    parser.add_argument("--quick", action="store_true", help="few rounds: to try the bench itself")
    parser.add_argument("--sizes", default="200,10000", help="numbers of proposals")
    parser.add_argument("--only", default=",".join(BENCHES))
    parser.add_argument("--into", type=Path, default=report.RESULTS, help="where results are written")
    return parser.parse_args()


def _pages(work: Path, engines: tuple[str, ...], options: argparse.Namespace) -> bool:
    """Pages, saves and submissions against hello; answers whether every promise was kept."""
    effort = Effort(2, 40, 20) if options.quick else Effort()
    sizes = [int(size) for size in options.sizes.split(",")]
    rows: list[Mapping[str, Any]] = []
    for engine in engines:
        rows += [{"engine": engine, **each.as_row()} for each in _engine(engine, work, sizes, effort)]
    judged = list(verdicts(rows))
    text = report.said("Pages beside hello", report.table(rows), judged)
    report.keep("bench", {"rows": rows}, text, options.into)
    return _told(text, judged)


def _starts(work: Path, engines: tuple[str, ...], options: argparse.Namespace) -> bool:
    """How long a new worker takes, and a new server; answers whether the promise was kept."""
    rounds = 2 if options.quick else starts.ROUNDS
    found = [each for engine in engines for each in starts.measure(engine, work, rounds)]
    judged = [verdict for each in found for verdict in each.verdicts]
    text = report.said("Starts", "\n".join(str(each) for each in found), judged)
    report.keep("starts", {"rows": [each.as_row() for each in found]}, text, options.into)
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


def _engine(engine: str, work: Path, sizes: list[int], effort: Effort) -> list[Measure]:
    """Houses of all sizes on one engine, asked in turns."""
    sent_in = Effort(effort.rounds, max(effort.requests // 5, 4), max(effort.warm_up // 5, 4))
    rows: list[Measure] = []
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
        return rows


def _askers(server: Server, cast: Cast) -> Mapping[str, Asker]:
    return {
        **reading(cast),
        "save of a section": SectionSave(server, cast.group, cast.draft),
        "submission": Submission(server, cast),
    }


BENCHES = {"pages": _pages, "starts": _starts, "beside": _beside}


if __name__ == "__main__":
    sys.exit(main())

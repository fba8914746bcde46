"""`make chaos`: faults under load; afterwards nothing acknowledged is lost. Figures in bench/results/chaos.json and .md.

python -m bench.chaos [--quick] [--sqlite] [--seed N] [--into FOLDER]

Two workers and two job runners on each database, people who save, hand in and read, mails to a real mail server; meanwhile
workers, runners, connections and the mail server die. A mail may come again with the same Message-ID where its runner,
its connection to the database or its line died between sending and putting it down; every other mail comes once.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import report
from bench.faults import after
from bench.faults.household import household
from bench.faults.people import crowd
from bench.faults.post import post_office
from bench.faults.troubles import make_trouble
from bench.houses import ENGINES, house, prepared

SECONDS, QUICK = 100.0, 8.0
DRAFTS_PER_SECOND = 4
PROPOSALS = 1  # none beyond those of the demo year


def main() -> int:
    options = _options()
    seconds = QUICK if options.quick else SECONDS
    seed = options.seed if options.seed is not None else random.SystemRandom().getrandbits(32)
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="greenshoots-chaos-") as work:
        for engine in ENGINES[:1] if options.sqlite else ENGINES:
            rows.append(_shaken(engine, Path(work), seconds, seed))
            print(_row(rows[-1]), flush=True)
    text = "\n".join(["# Faults under load", f"Seed {seed}.", "", *map(_row, rows)])
    report.keep("chaos", {"seed": seed, "seconds": seconds, "rows": rows}, text, options.into)
    return 1 if any(row["faults"] for row in rows) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few seconds of each: to try the chaos itself")
    parser.add_argument("--sqlite", action="store_true", help="not on PostgreSQL")
    parser.add_argument("--seed", type=int, help="the same faults in the same order")
    parser.add_argument("--into", type=Path, default=report.RESULTS, help="where results are written")
    return parser.parse_args()


def _shaken(engine: str, work: Path, seconds: float, seed: int) -> dict[str, Any]:
    """One house on one engine, through all of it; figures and everything that was not as promised."""
    pattern = prepared(work / "pattern", PROPOSALS, drafts=round(seconds * DRAFTS_PER_SECOND) + 2)
    folder = work / engine
    with (
        house(engine, pattern, folder) as (environment, cast),
        post_office() as office,
        household(environment, office, folder) as shaken,
    ):
        print(f"{engine}: {seconds:.0f} seconds of faults, seed {seed}", flush=True)
        began, before = time.monotonic(), after.as_it_was(shaken)
        people = crowd(shaken.server, cast)
        people.begin()
        make_trouble(shaken, engine, seconds, seed, people.heard)
        people.end()
        wrong = after.settle(shaken)
        wrong += after.faults(shaken, people, before)
        return {
            "engine": engine,
            "seconds": round(time.monotonic() - began),
            "figures": after.figures(shaken, people),
            "faults": wrong,
        }


def _row(row: dict[str, Any]) -> str:
    figures = ", ".join(f"{name} {value}" for name, value in row["figures"].items())
    wrong = "".join(f"\n  - {fault}" for fault in row["faults"]) or " nothing."
    return f"- {row['engine']}, {row['seconds']} s: {figures}. Not as promised:{wrong}"


if __name__ == "__main__":
    sys.exit(main())

"""`make prove`: the long proofs at full size, in bench/results/prove.json and prove.md; they can be resumed.

python -m bench.prove [--only lost-work,arrival] [--size 0.1] [--seed N] [--again] [--into FOLDER]

A part that came to a good end with this code, size and seed is not run again. Without a seed every part takes one
that never changes and one that nobody tried before; both are written down.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench import report
from bench.proofs.parts import MISSING, PARTS, Order, Part
from bench.servers import ROOT
from tools.postgres import postgres
from tools.provisions import provide_chromium, provide_npm_tools

CODE = ("grants", "templates", "static", "migrations", "tests", "bench", "tools")
Told = Mapping[str, Any]


def main() -> int:
    options = _options()
    missing = list(filter(None, [provide_chromium(), provide_npm_tools()]))
    for each in missing:
        print(f"without a browser, so not whole: {each}", flush=True)
    revision, fresh = code(), random.SystemRandom().getrandbits(32)
    kept = _kept(options.into)
    with postgres():
        for part in PARTS:
            if part.name not in options.only.split(","):
                continue
            if not options.again and is_done(kept.get(part.name), revision, options.size, options.seed):
                print(f"{part.name}: done with this code", flush=True)
                continue
            order = Order(options.size, options.seed, fresh, lambda text: print(f"  {text}", flush=True))
            kept[part.name] = _run(part, order, revision)
            _keep(kept, options.into)
    wrong = [name for name in options.only.split(",") if kept.get(name, {}).get("faults", ["it was not run"])]
    print(_page(kept), flush=True)
    return 1 if wrong or missing else 0


def _options() -> argparse.Namespace:
    names = ",".join(part.name for part in PARTS)
    parser = argparse.ArgumentParser(prog="prove", description=__doc__)
    parser.add_argument("--only", default=names, help=f"some of {names}")
    parser.add_argument("--size", type=float, default=1.0, help="part of everything, above 0 to 1")
    parser.add_argument("--seed", type=int, help="this seed alone")
    parser.add_argument("--again", action="store_true", help="also what is done")
    parser.add_argument("--into", type=Path, default=report.RESULTS, help="where results are written")
    options = parser.parse_args()
    unknown = set(options.only.split(",")) - set(names.split(","))
    if unknown or not 0 < options.size <= 1:
        parser.error(f"there is no part {sorted(unknown)}" if unknown else "a size lies above 0, up to 1")
    return options


def code() -> str:
    """A hash of everything that is run: the same while nobody changes the code."""
    told = hashlib.sha256()
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*")):
            is_made = "__pycache__" in path.parts or path.suffix == ".mo" or report.RESULTS in path.parents
            if path.is_file() and not is_made:
                told.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return told.hexdigest()[:16]


def is_done(before: Told | None, revision: str, size: float, seed: int | None) -> bool:
    """Whether this part came to a good end with this code, at least so large, from the seed that is asked for."""
    if before is None or before["faults"] or before["code"] != revision or before["size"] < size:
        return False
    return seed is None or before["seed"] == seed


def _run(part: Part, order: Order, revision: str) -> dict[str, Any]:
    print(f"{part.name}: {part.meaning}", flush=True)
    began = time.monotonic()
    found = part.run(order)
    return {
        "code": revision,
        "size": order.size,
        "seed": order.seed,
        "fresh_seed": order.seed or order.fresh,
        "seconds": round(time.monotonic() - began),
        "tried": found.tried,
        "faults": found.faults,
        "figures": found.figures,
    }


def _kept(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / "prove.json"
    return dict(json.loads(path.read_text("utf-8"))["parts"]) if path.exists() else {}


def _keep(kept: Mapping[str, Told], folder: Path) -> None:
    report.keep("prove", {"parts": kept}, _page(kept), folder)


def _page(kept: Mapping[str, Told]) -> str:
    rows = [
        "# The long proofs",
        "",
        "| Part | Size | Fresh seed | Seconds | Tried | Figures | Not as promised |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for part in PARTS:
        if found := kept.get(part.name):
            wrong = "; ".join(found["faults"]) or "nothing"
            cells = (
                part.name,
                f"{found['size']:g}",
                found["fresh_seed"],
                found["seconds"],
                found["tried"],
                _sums(found["figures"]),
                wrong,
            )
            rows.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(rows)


def _sums(figures: Mapping[str, Any]) -> str:
    """What the tests noted, added up; for the cuts how many tests went red; what was not there to be run."""
    sums: dict[str, int] = {}
    for noted in figures.values():
        told = noted.items() if isinstance(noted, dict) else [("red", len(noted))] if noted != MISSING else []
        for name, value in told:
            if str(value).isdigit():
                sums[name] = sums.get(name, 0) + int(value)
    absent = [name for name, noted in figures.items() if noted == MISSING]
    return ", ".join(
        [*(f"{name} {value}" for name, value in sums.items()), *(f"{each} {MISSING}" for each in absent)]
    )


if __name__ == "__main__":
    sys.exit(main())

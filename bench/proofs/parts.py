"""The parts of the proof: tests of the house at full size, and the cuts of the hard rules."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from xml.etree import ElementTree as ET

from bench.proofs import hard_rules
from bench.proofs.cut import Cut
from bench.servers import ROOT

PATIENCE = 3600
MISSING = "is not there"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What was asked for: how much of everything, from which seed (none: a fixed one and `fresh`)."""

    size: float
    seed: int | None
    fresh: int
    say: Say


@dataclass
class Found:
    """What a part saw: how many were tried, their figures, and what was not as promised."""

    tried: int = 0
    figures: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """`tests` are run whole; a part without tests has work of its own."""

    name: str
    meaning: str
    tests: Sequence[str] = ()
    side_by_side: int = 0
    work: Callable[[Order], Found] | None = None

    def run(self, order: Order) -> Found:
        return self.work(order) if self.work else _tested(self, order)


def _tested(part: Part, order: Order) -> Found:
    """Let pytest run the tests at full size; what they note comes back as figures."""
    there = [test for test in part.tests if (ROOT / test.partition("::")[0]).exists()]
    found = Found(figures={test: MISSING for test in part.tests if test not in there})
    if not there:
        return found
    with tempfile.TemporaryDirectory(prefix="greenshoots-prove-") as folder:
        report = Path(folder) / "seen.xml"
        fresh = order.seed or order.fresh
        subprocess.run(
            [
                sys.executable, "-m", "pytest", "-q", f"-n{part.side_by_side}", "-p", "no:cacheprovider",
                f"--randomly-seed={fresh}", f"--hypothesis-seed={fresh}", *hard_rules.NOTED, f"--junitxml={report}", *there,
            ],
            cwd=ROOT, env=_environment(order), timeout=PATIENCE, check=False,
        )  # fmt: skip
        if not report.exists():
            found.faults.append("pytest did not come to its end")
            return found
        _read(report, found)
    return found


def _environment(order: Order) -> Mapping[str, str]:
    seed = {} if order.seed is None else {"GRANTS_PROVE_SEED": str(order.seed)}
    return {**os.environ, "GRANTS_PROVE": "1", "GRANTS_PROVE_SIZE": str(order.size), **seed}


def _read(report: Path, found: Found) -> None:
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest of our own wrote it
        name = f"{case.get('classname', '').rpartition('.')[2]}::{case.get('name')}"
        found.tried += case.find("skipped") is None
        if case.find("failure") is not None or case.find("error") is not None:
            found.faults.append(name)
        noted = {each.get("name", ""): each.get("value") for each in case.iter("property")}
        if noted:
            found.figures[name] = noted
    if not found.tried:
        found.faults.append("not one test was run")


def _cuts(order: Order) -> Found:
    """First every test of the rules whole, then each cut alone, two side by side in a copy each."""
    found = Found()
    known = hard_rules.every_cut()
    chosen = known[: max(1, round(len(known) * order.size))]
    with hard_rules.a_copy() as copy, hard_rules.a_copy() as another:
        found.faults += _red_uncut(copy, chosen, order.say)
        free: SimpleQueue[Path] = SimpleQueue()
        for each in (copy, another):
            free.put(each)

        def seen_of(cut: Cut) -> hard_rules.Run:
            at = free.get()
            try:
                with hard_rules.made(cut, at):
                    return hard_rules.run_tests(at, hard_rules.tests_of(cut), engine=cut.engine)
            finally:
                free.put(at)

        # The tests have one PostgreSQL database; with SQLite each run has a file of its own.
        for engine, at_once in (("postgres", 1), ("sqlite", 2)):
            ours = [cut for cut in chosen if cut.engine == engine]
            with ThreadPoolExecutor(at_once) as pool:
                for cut, seen in zip(ours, pool.map(seen_of, ours), strict=True):
                    _note(cut, seen, found, order.say)
    return found


def _red_uncut(copy: Path, chosen: Sequence[Cut], say: Say) -> list[str]:
    """A test that is red anyway shows nothing."""
    red: list[str] = []
    for engine in ("sqlite", "postgres"):
        tests = sorted({test for cut in chosen if cut.engine == engine for test in hard_rules.tests_of(cut)})
        whole = hard_rules.run_tests(copy, tests, engine=engine) if tests else hard_rules.Run()
        say(f"uncut, {engine}: {whole.ran} tests")
        red += [f"red without a cut: {name}" for name in [*whole.red, *whole.errors]]
    return red


def _note(cut: Cut, seen: hard_rules.Run, found: Found, say: Say) -> None:
    name = f"{cut.rule} {cut.name}"
    say(f"{name}: {f'{len(seen.red)} red' if seen.red else 'NOBODY NOTICED'}")
    found.tried += 1
    found.figures[name] = seen.red
    if not seen.red:
        found.faults.append(f"nobody noticed: {name} {seen.errors}")


PARTS = (
    Part("hard-rules", "each hard rule taken out of a copy, and who noticed", work=_cuts),
    Part(
        "lost-work", "a writer while workers are killed, on both databases", ("tests/proposals/test_killed.py",)
    ),
    Part("browser", "a page that is killed, cut off and signed out", ("tests/proposals/test_autosave.py",)),
    Part(
        "arrival", "handing in around the closing, at a busy server", ("tests/proofs/test_arrival.py",)
    ),
    Part(
        "histories", "random histories of money, payments, notices, hours and states",
        (
            "tests/payments/test_histories.py",
            "tests/notices/test_histories.py",
            "tests/projects/test_hours.py",
            "tests/funds/test_actions.py::test_no_sequence_breaks_the_balance_or_the_limits",
            "tests/core/test_states.py",
            "tests/guards/test_invariants.py",
        ),
        side_by_side=2,
    ),
    Part("hostile", "every address with hostile input", ("tests/guards/test_hostile_input.py",), side_by_side=2),
    Part(
        "journeys", "the year of a call, phone and desk, and every page on a phone, in both languages",
        ("tests/journeys/test_year.py", "tests/journeys/test_every_page.py"),
        side_by_side=2,
    ),
)  # fmt: skip

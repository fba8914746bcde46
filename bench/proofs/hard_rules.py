"""Takes each hard rule out of a copy of the house and runs the tests named for it: at least one goes red."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from bench.proofs.cut import Cut
from bench.proofs.cuts import CUTS
from bench.servers import ROOT

TABLE = ROOT / "docs" / "requirements.md"
LEFT_OUT = (
    ".git",
    ".venv",
    ".venv-tools",
    "node_modules",
    "instance",
    "dist",
    ".hypothesis",
    ".pytest_cache",
)
PATIENCE = 900
LATER = 10
# The form of report in which tests may note figures.
NOTED = ("-o", "junit_family=xunit1")
_ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py::test_\w+)`")


@dataclass(frozen=True)
class Rule:
    number: int
    sentence: str
    tests: tuple[str, ...]


@dataclass
class Run:
    """What one run of pytest said. `red` are tests that failed themselves; an error in a fixture is none of them."""

    ran: int = 0
    red: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    output: str = ""


def rules() -> Mapping[int, Rule]:
    """The hard rules with their tests, as docs/requirements.md names them."""
    found = _ROW.findall(TABLE.read_text("utf-8"))
    return {
        int(number): Rule(int(number), sentence.strip(), tuple(_TEST.findall(shown)))
        for number, sentence, shown in found
    }


def tests_of(cut: Cut) -> tuple[str, ...]:
    return tuple(cut.tests) or rules()[cut.rule].tests


def fits(cut: Cut, root: Path = ROOT) -> bool:
    """Whether each place the cut changes is still there, once."""
    return all((root / edit.file).read_text("utf-8").count(edit.old) == 1 for edit in cut.edits)


@contextmanager
def a_copy() -> Iterator[Path]:
    """The repository once more, to be cut."""
    with tempfile.TemporaryDirectory(prefix="greenshoots-cut-") as folder:
        copy = Path(folder) / "house"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        (copy / ".venv").symlink_to(sys.prefix)  # or whatever a test starts there would make one first
        yield copy


@contextmanager
def made(cut: Cut, copy: Path) -> Iterator[None]:
    """The cut is in the copy while this is open. Times of files move, or Python would take what it compiled before."""
    before = {edit.file: (copy / edit.file).read_text("utf-8") for edit in cut.edits}
    try:
        for edit in cut.edits:
            path = copy / edit.file
            text, stamp = path.read_text("utf-8"), path.stat().st_mtime
            if text.count(edit.old) != 1:
                raise RuntimeError(
                    f"“{cut.name}” no longer fits {edit.file}; mend it in bench/proofs/cuts.py"
                )
            path.write_text(text.replace(edit.old, edit.new), "utf-8")
            os.utime(path, (stamp + LATER, stamp + LATER))
        yield
    finally:
        for file, text in before.items():
            path = copy / file
            stamp = path.stat().st_mtime
            path.write_text(text, "utf-8")
            os.utime(path, (stamp + LATER, stamp + LATER))


def run_tests(copy: Path, tests: Sequence[str], *, engine: str = "sqlite") -> Run:
    """Only the databases that are needed: `engine` postgres asks for GRANTS_TEST_POSTGRES_URL."""
    kept = {"GRANTS_TEST_POSTGRES_URL"} if engine == "postgres" else set()
    outer = {
        name: value for name, value in os.environ.items() if not name.startswith("GRANTS_") or name in kept
    }
    report = copy / "seen.xml"
    report.unlink(missing_ok=True)
    only = ["-k", "postgres"] if engine == "postgres" else []
    plain = ["-q", "-n0", "-p", "no:cacheprovider", "-p", "no:randomly", "--hypothesis-profile=cut", *NOTED]
    plain += [f"--junitxml={report}", *only]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plain, *tests],
        cwd=copy,
        env={**outer, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return _read(report, done.stdout)


def _read(report: Path, output: str) -> Run:
    seen = Run(output=output)
    if not report.exists():
        seen.errors.append(output[-2000:] or "pytest did not run")
        return seen
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest of our own wrote it
        name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
        seen.ran += case.find("skipped") is None
        if case.find("failure") is not None:
            seen.red.append(name)
        elif case.find("error") is not None:
            seen.errors.append(name)
    return seen


def every_cut(rule: int = 0) -> list[Cut]:
    return [cut for cut in CUTS if rule in {0, cut.rule}]

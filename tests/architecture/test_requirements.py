"""The page of requirements is whole, and every test it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "requirements.md").read_text("utf-8")
NUMBERS = {"S000": 27, "S001": 36, "S002": 35, "S003": 52, "S004": 54}
ROW = re.compile(r"^\| (S\d{3}-\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
RULE = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@cache
def found_in(path: str) -> frozenset[str]:
    file = ROOT / path
    tree = ast.parse(file.read_text("utf-8")) if file.exists() else ast.Module([], [])
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_requirement_has_one_row() -> None:
    wanted = [f"{seed}-{number}" for seed, last in NUMBERS.items() for number in range(1, last + 1)]
    assert [row[0] for row in ROW.findall(PAGE)] == wanted


def test_every_row_says_what_shows_it_or_who_owns_it() -> None:
    said = re.compile(r"`tests/|Part [2-7]|X: context")
    assert [row[0] for row in ROW.findall(PAGE) if not said.search(row[2])] == []


def test_every_test_named_exists() -> None:
    gone = [f"{path}::{name}" for path, name in TEST.findall(PAGE) if name not in found_in(path)]
    assert gone == [], f"{gone}: docs/requirements.md names tests that are no more; name what shows it now."


def test_every_hard_rule_has_a_test() -> None:
    rules = RULE.findall(PAGE)
    assert [number for number, _, _ in rules] == [str(number) for number in range(1, 15)]
    assert [number for number, _, shown in rules if not TEST.search(shown)] == []

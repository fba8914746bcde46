"""The cuts of the hard rules fit the code, each rule has some, and two of them are made here and seen; `make prove` makes all."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bench.proofs import hard_rules
from bench.proofs.cut import Cut
from bench.proofs.cuts import CUTS
from bench.proofs.page import LIVES, PAGE, page
from bench.servers import ROOT
from tests.scale import Note, note, seeds

__all__ = ["note", "seeds"]
# Rules whose tests are pure or need few rows; the others are for `make prove`.
QUICK = (1, 4, 5, 6, 9, 10, 12)


def test_every_rule_is_cut_somewhere() -> None:
    assert {cut.rule for cut in CUTS} == set(range(1, 15)) == set(hard_rules.rules()) == set(LIVES)
    assert len({(cut.rule, cut.name) for cut in CUTS}) == len(CUTS)


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: f"{cut.rule} {cut.name}")
def test_every_cut_fits_the_code(cut: Cut) -> None:
    assert hard_rules.fits(cut), f"{[edit.file for edit in cut.edits]} changed: mend “{cut.name}” in cuts.py"
    named = hard_rules.rules()[cut.rule].tests
    assert set(cut.tests) <= set(named), "name the test in docs/requirements.md, section Hard rules"


def test_the_page_is_what_the_cuts_say_and_names_what_is_there() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m bench.proofs.page"
    places = [place.partition("::") for named in LIVES.values() for place in named]
    assert [f"{file}::{name}" for file, _, name in places if name not in names_in(file)] == []


@cache
def names_in(file: str) -> frozenset[str]:
    return frozenset(_names(ast.parse((ROOT / Path(file)).read_text("utf-8")).body))


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@pytest.mark.slow
def test_a_rule_taken_out_is_noticed(seeds: list[int], note: Note) -> None:
    quick = [cut for cut in CUTS if cut.rule in QUICK and cut.engine == "sqlite"]
    chosen = list(dict.fromkeys(random.Random(seed).randrange(len(quick)) for seed in seeds))
    note("cuts", [quick[place].name for place in chosen])
    with hard_rules.a_copy() as copy:
        for place in chosen:
            with hard_rules.made(quick[place], copy):
                seen = hard_rules.run_tests(copy, hard_rules.tests_of(quick[place]))
            assert seen.red, f"nobody noticed “{quick[place].name}”: {seen.errors}\n{seen.output[-2000:]}"

"""Scores by hand, grades at their edges, and the sheet that shows each part."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.calls.models import GradeBand
from grants.closeouts import rules
from grants.closeouts.actions.closing import staff_mark
from grants.closeouts.fields import Dimension, Source
from grants.closeouts.rules import Mark

D = Decimal

BANDS = [
    GradeBand(key=key, name={}, minimum=D(low))
    for key, low in (("good", 80), ("excellent", 90), ("fail", 0), ("pass", 60))
]
WEIGHTS = rules.source_weights({})


def test_the_usual_weights_sum_to_a_hundred() -> None:
    assert sum(WEIGHTS.values()) == 100
    assert sum(rules.dimension_weights({}).values()) == 100


def test_a_call_may_weigh_otherwise() -> None:
    settings = {"evaluation": {"sources": {"staff": 70, "volunteers": "30"}}}
    assert rules.source_weights(settings) == {Source.STAFF: D(70), Source.VOLUNTEERS: D(30)}


def test_the_score_of_staff_as_in_the_handbook() -> None:
    """95×40 + 94×25 + 88×20 + 92×15 = 92.90."""
    marks = dict(zip(Dimension, (D(95), D(94), D(88), D(92)), strict=True))
    mark = staff_mark(marks, {}, "")
    assert mark is not None
    assert mark.score == D("92.90")


def test_staff_mark_all_four_points_or_none() -> None:
    assert staff_mark({Dimension.COMPLETION: D(90)}, {}, "") is None


def test_four_sources_weighted() -> None:
    """90×40 + 80×30 + 70×20 + 60×10 = 80."""
    marks = dict(zip(Source, (D(90), D(80), D(70), D(60)), strict=True))
    assert rules.weighted(marks, WEIGHTS) == D("80.00")


def test_a_source_that_said_nothing_leaves_its_weight_to_the_others() -> None:
    """(90×40 + 60×20) ÷ 60 = 80."""
    assert rules.weighted({Source.STAFF: D(90), Source.BENEFICIARIES: D(60)}, WEIGHTS) == D("80.00")


def test_half_a_hundredth_goes_up() -> None:
    assert rules.weighted({"a": D("0.01"), "b": D("0.02")}, {"a": D(1), "b": D(1)}) == D("0.02")


def test_nothing_marked_is_no_score() -> None:
    assert rules.weighted({}, WEIGHTS) is None


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        ("90", "excellent"),
        ("89.99", "good"),
        ("80", "good"),
        ("79.99", "pass"),
        ("59.99", "fail"),
        ("0", "fail"),
    ],
)
def test_grades_begin_at_their_edge(score: str, grade: str) -> None:
    band = rules.grade_of(D(score), BANDS)
    assert band is not None
    assert band.key == grade


def test_a_call_without_a_band_for_it_gives_no_grade() -> None:
    assert rules.grade_of(D(50), BANDS[:2]) is None


def test_the_sheet_shows_every_source_and_what_it_adds() -> None:
    sheet = rules.sheet({Source.STAFF: Mark(D(90)), Source.BENEFICIARIES: Mark(D(60), "32人")}, WEIGHTS)
    assert [(row.source, row.score, row.part) for row in sheet] == [
        (Source.STAFF, D(90), D("60.00")),
        (Source.THIRD_PARTY, None, None),
        (Source.BENEFICIARIES, D(60), D("20.00")),
        (Source.VOLUNTEERS, None, None),
    ]


@given(st.dictionaries(st.sampled_from(list(Source)), st.decimals(0, 100, places=2), min_size=1))
def test_the_score_lies_among_the_marks_and_the_parts_make_it(marks: dict[Source, D]) -> None:
    score = rules.weighted(marks, WEIGHTS)
    assert score is not None
    assert min(marks.values()) <= score <= max(marks.values())
    parts = sum(row.part or D(0) for row in rules.sheet({s: Mark(m) for s, m in marks.items()}, WEIGHTS))
    assert abs(parts - score) <= D("0.02")


def test_marks_are_kept_and_read_back() -> None:
    marks = {
        Source.STAFF: Mark(D("92.90"), "", {"completion": D(95)}),
        Source.VOLUNTEERS: Mark(D(88), "40人"),
    }
    assert rules.read_marks(rules.kept(marks)) == marks


@pytest.mark.parametrize("score", [D("-0.01"), D("100.01")])
def test_a_mark_outside_its_range_is_refused(score: D) -> None:
    found = list(rules.mark_faults({Source.STAFF: Mark(score)}))
    assert [violation.code for violation in found] == ["out_of_range"]

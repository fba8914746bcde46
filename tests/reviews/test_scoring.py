"""Scores, aggregates and order against the reference cases, and what may never change them."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.reviews.scoring import (
    Aggregate,
    Better,
    Criterion,
    Method,
    Missing,
    Opinion,
    Placed,
    Stage,
    Standing,
    Struck,
    aggregate,
    combine,
    ranking,
    rounded,
    sample_sd,
    score_of_review,
    ticket,
)

CASES: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "scores.json").read_text("utf-8"))
STAGES = {"submitted": Stage.SUBMITTED, "abstained": Stage.ABSTAINED}
TOLERANCE = CASES["tolerance"]

RUBRIC = [
    Criterion(
        row["id"], row["weight"], row["min"], row["max"], better=Better(row["better"]), floor=row["floor"]
    )
    for row in CASES["criteria"]
]

marks = st.fixed_dictionaries(
    {
        criterion.id: st.none() | st.integers(int(criterion.minimum), int(criterion.maximum))
        for criterion in RUBRIC
    }
)
scores = st.fractions(0, 100, max_denominator=10_000)
standings = st.lists(
    st.builds(
        Standing,
        entry_id=st.text(min_size=1, max_size=4),
        score=st.none() | st.integers(0, 3).map(Fraction),
        top=st.none() | st.integers(0, 2).map(Fraction),
        sd=st.none() | st.integers(0, 2).map(Decimal),
        n=st.integers(0, 3),
    ),
    unique_by=lambda row: row.entry_id,
    max_size=12,
)


def close(value: Fraction | Decimal | None, expected: float | None) -> bool:
    if value is None or expected is None:
        return value is expected
    return abs(float(value) - expected) <= TOLERANCE


def opinions_of(case: dict[str, Any]) -> list[Opinion]:
    return [
        Opinion(
            reviewer=row.get("reviewer", f"r{place}"),
            score=None if row["total"] is None else Fraction(row["total"]),
            stage=STAGES.get(row.get("state", "submitted"), Stage.PENDING),
            struck=Struck.CONFLICT if row.get("conflict") else None,
            weight=row.get("weight", 1),
        )
        for place, row in enumerate(case["reviews"])
    ]


def aggregated(name: str, method: Method = Method.MEAN, min_reviews: int = 1) -> Aggregate:
    case = next(case for case in CASES["aggregation"] if case["id"] == name)
    return aggregate(opinions_of(case), method=method, min_reviews=min_reviews)


@pytest.mark.parametrize("case", CASES["review_totals"], ids=lambda case: case["id"])
@pytest.mark.parametrize("missing", Missing)
def test_a_review_scores_as_the_reference_says(case: dict[str, Any], missing: Missing) -> None:
    result = score_of_review(RUBRIC, case["scores"], missing=missing)
    assert close(result.value, case["expected"][missing])
    assert list(result.below_floor) == case["fails_floor"]


def test_only_standing_opinions_count() -> None:
    result = aggregated("states")
    expected = next(case for case in CASES["aggregation"] if case["id"] == "states")["expected"]
    assert list(result.counted) == expected["counted"]
    assert close(result.score, expected["mean_weighted"])
    assert close(aggregated("states", Method.MEDIAN).score, expected["median"])
    assert (result.n, result.abstained, result.pending) == (expected["count"], expected["abstained"], 2)
    assert close(result.sd, expected["sd"])
    assert result.range == expected["range"]
    assert result.struck == (("r5", Struck.CONFLICT),)


def test_the_trimmed_mean_drops_one_on_each_side_from_five() -> None:
    expected = next(case for case in CASES["aggregation"] if case["id"] == "trimmed-5")["expected"]
    assert close(aggregated("trimmed-5").score, expected["mean_plain"])
    assert close(aggregated("trimmed-5", Method.MEDIAN).score, expected["median"])
    trimmed = aggregated("trimmed-5", Method.TRIMMED_MEAN).score
    assert close(trimmed, expected["trimmed_mean_drop_1_each_side"])
    four = [(Fraction(value), 1) for value in (10, 60, 62, 66)]
    assert combine(four, method=Method.TRIMMED_MEAN) == combine(four, method=Method.MEAN)
    assert combine(four, method=Method.MINIMUM) == 10


def test_too_few_reviews_are_provisional_and_none_is_unscored() -> None:
    one = aggregated("one-review", min_reviews=2)
    assert (one.score, one.sd, one.provisional, one.unscored) == (70, None, True, False)
    assert not aggregated("one-review", min_reviews=1).provisional
    none = aggregated("no-review")
    assert (none.score, none.range, none.provisional, none.unscored) == (None, None, True, True)


def test_order_and_rank_follow_the_reference() -> None:
    case = CASES["tie_breaking"]
    rows = [
        Standing(
            row["id"],
            *(None if row[name] is None else Fraction(row[name]) for name in ("score", "top")),
            sd=None if row["sd"] is None else Decimal(row["sd"]),
            n=row["n"],
        )
        for row in case["proposals"]
    ]
    result = ranking(rows, call_id="c")
    assert [placed.entry_id for placed in result] == case["expected_order"]
    assert {placed.entry_id: placed.rank for placed in result} == case["expected_rank_competition"]


def test_a_national_scale_with_one_as_best_is_shown_as_published() -> None:
    case = CASES["nih_example"]
    mean = combine([(Fraction(score), 1) for score in case["scores"]], method=Method.MEAN)
    assert mean is not None
    assert close(mean * 10, case["expected_exact"])
    assert rounded(mean * 10, 0) == case["expected_shown"]


def test_not_applicable_leaves_the_criterion_out_of_every_sum() -> None:
    answers = {"merit": 8, "team": 4, "risk": None}
    for missing in Missing:
        result = score_of_review(RUBRIC, answers, missing=missing, not_applicable=frozenset({"risk"}))
        assert result.value == Fraction(625, 8)
        assert result.unanswered == ()


def test_a_criterion_that_does_not_count_or_is_not_required_keeps_nothing_out() -> None:
    rubric = [
        *RUBRIC[:2],
        Criterion("risk", 20, 1, 9, required=False),
        Criterion("overall", 9, 1, 9, counts=False),
    ]
    answers = {"merit": 8, "team": 4, "overall": 1}
    assert score_of_review(rubric, answers, missing=Missing.INCOMPLETE).value == Fraction(625, 8)
    assert score_of_review(rubric, {"overall": 9}).value is None


@pytest.mark.parametrize("mark", [-1, 11, Decimal("10.01")])
def test_a_mark_outside_its_scale_is_refused(mark: int | Decimal) -> None:
    with pytest.raises(ValueError, match="outside 0 to 10"):
        score_of_review(RUBRIC, {"merit": mark})


def test_a_floor_is_told_and_changes_nothing() -> None:
    opinions = [
        Opinion("a", Fraction(60), marks={"merit": 2, "team": 4}),
        Opinion("b", Fraction(80), marks={"merit": 4, "team": 5}),
        Opinion("c", Fraction(1), marks={"merit": 9}, struck=Struck.CONFLICT),
    ]
    result = aggregate(opinions, criteria=RUBRIC)
    assert [(floor.criterion, floor.value, floor.floor) for floor in result.below_floor] == [("merit", 3, 4)]
    assert result.score == 70
    assert result.top == 30


def test_where_low_is_better_the_floor_is_a_ceiling() -> None:
    rubric = [Criterion("risk", 1, 1, 9, better=Better.LOW, floor=5)]
    opinions = [Opinion("a", Fraction(1), marks={"risk": 4}), Opinion("b", Fraction(1), marks={"risk": 7})]
    assert [floor.value for floor in aggregate(opinions, criteria=rubric).below_floor] == [Fraction(11, 2)]
    worst = aggregate(opinions, criteria=rubric, method=Method.MINIMUM)
    assert [floor.value for floor in worst.below_floor] == [7]


@given(marks, st.sampled_from(Missing), st.integers(1, 1000))
def test_scores_stay_on_the_scale_and_weights_are_relative(
    answers: dict[str, int | None], missing: Missing, factor: int
) -> None:
    heavier = [Criterion(c.id, c.weight * factor, c.minimum, c.maximum, better=c.better) for c in RUBRIC]
    result = score_of_review(RUBRIC, answers, missing=missing).value
    assert result == score_of_review(list(reversed(heavier)), answers, missing=missing).value
    assert result is None or 0 <= result <= 100


@given(st.lists(scores, min_size=1, max_size=8), st.sampled_from(Method), st.randoms(use_true_random=False))
def test_abstained_pending_struck_and_unanswered_reviews_never_move_an_aggregate(
    values: list[Fraction], method: Method, random: Any
) -> None:
    opinions = [Opinion(f"r{place}", value) for place, value in enumerate(values)]
    noise = [
        Opinion("x1", None, stage=Stage.ABSTAINED),
        Opinion("x2", Fraction(0), stage=Stage.PENDING),
        Opinion("x3", Fraction(0), struck=Struck.WITHDRAWN),
        Opinion("x4", score_of_review(RUBRIC, {}).value),
    ]
    mixed = [*opinions, *noise]
    random.shuffle(mixed)
    quiet, loud = aggregate(opinions, method=method), aggregate(mixed, method=method)
    assert (quiet.score, quiet.sd, quiet.n, quiet.counted) == (loud.score, loud.sd, loud.n, loud.counted)
    assert (loud.abstained, loud.pending, loud.incomplete, len(loud.struck)) == (1, 1, 1, 1)
    assert quiet.score is not None
    assert min(values) <= quiet.score <= max(values)


@given(standings, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_rows(rows: list[Standing], random: Any) -> None:
    shuffled = rows.copy()
    random.shuffle(shuffled)
    assert ranking(shuffled, call_id="c") == ranking(rows, call_id="c")


@given(standings)
def test_ranks_are_competition_ranks_on_the_score(rows: list[Standing]) -> None:
    by_id = {row.entry_id: row for row in rows}
    for placed in ranking(rows, call_id="c"):
        own = by_id[placed.entry_id].score
        better = sum(1 for row in rows if own is not None and row.score is not None and row.score > own)
        assert placed.rank == (None if own is None else better + 1)


def test_equal_entries_are_ordered_by_a_ticket_anyone_can_recompute() -> None:
    rows = [Standing(name, Fraction(80)) for name in ("a", "b", "c", "d")]
    expected = sorted("abcd", key=lambda name: ticket("call-1", name))
    assert [placed.entry_id for placed in ranking(rows, call_id="call-1")] == expected
    assert ticket("call-1", "a") == "d9b5775a316e9f89f04cac6ab324cf49ffdbda882d1bae2d93ee801770999c97"


def test_scores_equal_at_four_places_share_their_rank() -> None:
    rows = [Standing("a", Fraction("80.00004")), Standing("b", Fraction("80.00001"), top=Fraction(9))]
    assert ranking(rows, call_id="c") == (Placed("b", 1), Placed("a", 1))


@pytest.mark.parametrize(
    ("value", "shown"), [("0.00005", "0.0000"), ("0.00015", "0.0002"), ("70", "70.0000"), ("2/3", "0.6667")]
)
def test_shown_half_even(value: str, shown: str) -> None:
    assert str(rounded(Fraction(value))) == shown


@given(st.lists(scores, min_size=2, max_size=6))
def test_the_spread_is_zero_only_for_equal_scores(values: list[Fraction]) -> None:
    spread = sample_sd(values)
    assert spread is not None
    assert (len(set(values)) == 1) == (spread == 0)


@pytest.mark.parametrize("make", [lambda: Criterion("a", 0, 0, 1), lambda: Criterion("a", 1, 1, 1)])
def test_a_criterion_that_measures_nothing_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="needs a positive weight"):
        make()
    with pytest.raises(ValueError, match="must be positive"):
        combine([(Fraction(1), 0)], method=Method.MEAN)

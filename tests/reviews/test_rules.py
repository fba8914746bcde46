"""What a mark may be, what a review needs, who may be asked, and what makes a standard whole: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from grants.core.errors import Violation
from grants.reviews import rules
from grants.reviews.fields import AssignmentState
from grants.reviews.rules import Candidate, CriterionDraft, Line

NAME = {"zh-Hans": "需求", "en": "Need"}
LINE = Line("need", NAME, Decimal(1), Decimal(5), Decimal(1), required=True)
HALVES = Line("style", NAME, Decimal(0), Decimal(2), Decimal("0.5"), required=False)
DRAFT = CriterionDraft("need", NAME, Decimal(100), anchors={"1": {"en": "poor"}, "5": {"en": "rich"}})
DEE = Candidate(1, "Dee", is_external=True, is_conflicted=False, in_term=True)
NOON = datetime(2026, 3, 30, 4, tzinfo=UTC)
LONG_ENOUGH = "有数据，有走访，建议支持。"


def codes(violations: object) -> list[str]:
    return [violation.code for violation in violations]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("line", "mark", "fits"),
    [
        (LINE, "1", True),
        (LINE, "5", True),
        (LINE, "0", False),
        (LINE, "6", False),
        (LINE, "3.5", False),
        (LINE, "3.0", True),
        (LINE, "NaN", False),
        (LINE, "Infinity", False),
        (LINE, "-1", False),
        (HALVES, "1.5", True),
        (HALVES, "0", True),
        (HALVES, "1.25", False),
    ],
)
def test_a_mark_is_on_its_scale_and_on_a_step(line: Line, mark: str, fits: bool) -> None:
    """Hard rule 1: a score outside its range is refused."""
    broken = list(rules.bad_marks([line], {line.key: Decimal(mark)}))
    assert broken == [] if fits else codes(broken) == ["mark_off_scale"]
    assert all(violation.field == f"mark-{line.key}" for violation in broken)


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_whatever_is_kept_as_a_mark_is_one_of_the_scale(mark: Decimal) -> None:
    kept = not list(rules.bad_marks([LINE], {"need": mark}))
    assert kept == (mark.is_finite() and mark in {Decimal(number) for number in range(1, 6)})


def test_a_mark_for_nothing_is_refused_and_none_is_no_mark() -> None:
    assert codes(rules.bad_marks([LINE], {"charm": Decimal(3)})) == ["unknown_criterion"]
    assert list(rules.bad_marks([LINE], {"need": None})) == []


def unfinished(mark: str | None, comment: str = LONG_ENOUGH, *, skipped: bool = False) -> list[Violation]:
    marks = {"need": None if mark is None else Decimal(mark)}
    away = frozenset({"need"} if skipped else ())
    return list(rules.unfinished([LINE, HALVES], marks, away, comment))


def test_a_review_is_whole_with_every_required_mark_and_a_comment() -> None:
    assert unfinished("3") == []
    assert codes(unfinished(None)) == ["unmarked"]
    assert unfinished(None, skipped=True) == []
    assert codes(unfinished("3", " 好  \n")) == ["comment_missing"]
    assert codes(unfinished("3", "字" * (rules.LONGEST_COMMENT + 1))) == ["comment_too_long"]
    assert codes(unfinished(None, "")) == ["unmarked", "comment_missing"]


@pytest.mark.parametrize(
    ("at", "found"),
    [(-1, ["too_early"]), (0, []), (10, []), (11, ["too_late"])],
)
def test_marks_are_given_while_the_round_is_open_both_ends_included(at: int, found: list[str]) -> None:
    window = (NOON, NOON + timedelta(hours=10))
    assert codes(rules.outside_window(*window, NOON + timedelta(hours=at))) == found
    assert list(rules.outside_window(None, None, NOON)) == []


@pytest.mark.parametrize(
    ("candidate", "found"),
    [
        (DEE, []),
        (replace(DEE, is_conflicted=True), ["conflicted"]),
        (replace(DEE, in_term=False), ["term_over"]),
        (replace(DEE, known=AssignmentState.RECUSED), ["stepped_back"]),
        (replace(DEE, is_struck=True), ["stepped_back"]),
        (replace(DEE, is_struck=True, is_conflicted=True, in_term=False), ["conflicted", "term_over"]),
        (replace(DEE, known=AssignmentState.DECLINED), []),
    ],
)
def test_who_is_not_to_be_asked_is_named_with_the_reason(candidate: Candidate, found: list[str]) -> None:
    """Hard rule 3."""
    assert codes(rules.not_to_be_asked(candidate)) == found
    assert candidate.may_be_asked == (found == [])


@given(st.booleans(), st.booleans(), st.booleans(), st.none() | st.sampled_from(AssignmentState))
def test_nobody_stays_at_work_who_is_tied_or_struck(
    is_tied: bool, in_term: bool, is_struck: bool, known: AssignmentState | None
) -> None:
    one = replace(DEE, is_conflicted=is_tied, in_term=in_term, is_struck=is_struck, known=known)
    assert one.has_begun == (known is AssignmentState.ACCEPTED and not is_tied and not is_struck)
    assert not (one.may_be_asked and is_tied)


@pytest.mark.parametrize(
    ("outside", "inside", "found"),
    [
        (2, 1, []),
        (1, 1, ["too_few_reviewers", "too_few_outsiders"]),
        (1, 2, ["too_few_outsiders"]),
        (3, 0, []),
        (0, 0, ["too_few_reviewers", "too_few_outsiders"]),
    ],
)
def test_enough_people_and_enough_from_outside(outside: int, inside: int, found: list[str]) -> None:
    chosen = [DEE] * outside + [replace(DEE, is_external=False)] * inside
    assert codes(rules.too_few(chosen, needed=3, external_needed=2)) == found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"weight": Decimal("99.9")}, ["weights"]),
        ({"weight": Decimal("100.0")}, []),
        ({"weight": Decimal(0)}, ["weight", "weights"]),
        ({"weight": Decimal(-100)}, ["weight", "weights"]),
        ({"name": {"en": "  "}}, ["criterion_name"]),
        ({"maximum": Decimal(1)}, ["scale"]),
        ({"step": Decimal(0)}, ["scale"]),
        ({"step": Decimal(3)}, ["scale"]),
        ({"anchors": {"1": {"en": "poor"}}}, ["anchor"]),
        ({"anchors": {}}, ["anchor", "anchor"]),
    ],
)
def test_a_standard_is_whole_or_says_what_is_missing(change: dict[str, object], found: list[str]) -> None:
    assert codes(rules.standard_faults([replace(DRAFT, **change)])) == found  # type: ignore[arg-type]


def test_no_criterion_and_the_same_one_twice_are_no_standard() -> None:
    assert codes(rules.standard_faults([])) == ["no_criteria"]
    halves = [replace(DRAFT, weight=Decimal(50)), replace(DRAFT, weight=Decimal(50))]
    assert codes(rules.standard_faults(halves)) == ["criterion_twice"]


@given(st.lists(st.decimals("0.1", "99.9", places=1), min_size=1, max_size=8))
def test_weights_sum_to_a_hundred_or_the_standard_is_refused(weights: list[Decimal]) -> None:
    """Hard rule 1, for any weights: exactly, never nearly."""
    drafts = [replace(DRAFT, key=f"k{place}", weight=weight) for place, weight in enumerate(weights)]
    assert ("weights" in codes(rules.standard_faults(drafts))) == (sum(weights) != 100)
    last = 100 - sum(weights[:-1], Decimal())
    if last > 0:
        assert codes(rules.standard_faults([*drafts[:-1], replace(drafts[-1], weight=last)])) == []

"""Who may apply, when a call is open, and what is wrong with a standard: all pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from grants.calls.fields import CallState, CheckKind, Gate
from grants.calls.rules import drafts, eligibility, templates, timetable
from grants.calls.rules.eligibility import GroupFacts, Rule, Verdict
from grants.core.money import Money
from grants.reviews.rules import CriterionDraft, standard_faults

CLOSING = date(2026, 2, 27)
OPENS = datetime(2026, 1, 12, 1, 0, tzinfo=UTC)
CLOSES = datetime(2026, 2, 27, 10, 0, tzinfo=UTC)
GROUP = GroupFacts(
    on=CLOSING,
    legal_status="registered_ssa",
    founded_on=date(2013, 5, 18),
    region_path="440100/440103",
    is_blocked=False,
    earlier_project_is_closed=True,
    annual_check_passed=True,
    other_proposals=0,
    members=20,
    declared={"nodouble": True},
)


def rules_of(template: str) -> list[Rule]:
    data = templates.shipped()[template].data["rules"]
    return [Rule(row["key"], row["text"], row["reason"], row["check"]) for row in data]


def said(facts: GroupFacts, template: str = "annual") -> dict[str, str]:
    return {answer.rule.key: answer.verdict for answer in eligibility.assess(rules_of(template), facts)}


def test_a_group_that_meets_everything_may_apply() -> None:
    answers = eligibility.assess(rules_of("annual"), GROUP)
    assert eligibility.may_apply(answers) is Verdict.YES
    assert [answer.reason for answer in answers] == [""] * 6


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (replace(GROUP, legal_status="unregistered", has_host=False), "legal"),
        (replace(GROUP, founded_on=date(2025, 8, 28)), "age6m"),
        (replace(GROUP, region_path="440600"), "area"),
        (replace(GROUP, region_path="4401001"), "area"),
        (replace(GROUP, is_blocked=True, blocked_until=date(2027, 1, 1)), "noblack"),
        (replace(GROUP, earlier_project_is_closed=False), "report"),
        (replace(GROUP, annual_check_passed=False), "report"),
        (replace(GROUP, declared={"nodouble": False}), "nodouble"),
    ],
)
def test_each_no_has_its_reason(facts: GroupFacts, rule: str) -> None:
    answers = eligibility.assess(rules_of("annual"), facts)
    refused = [answer for answer in answers if answer.verdict is Verdict.NO]
    assert [answer.rule.key for answer in refused] == [rule]
    assert refused[0].reason
    assert eligibility.may_apply(answers) is Verdict.NO


def test_six_months_are_counted_to_the_day_of_closing() -> None:
    assert said(replace(GROUP, founded_on=date(2025, 8, 27)))["age6m"] == "yes"
    assert said(replace(GROUP, founded_on=date(2025, 8, 28)))["age6m"] == "no"
    assert eligibility.months_before(date(2026, 8, 31), 6) == date(2026, 2, 28)
    assert eligibility.months_before(date(2026, 1, 31), 1) == date(2025, 12, 31)


def test_an_unregistered_team_of_three_with_a_host_may_apply_for_a_micro_grant() -> None:
    facts = GroupFacts(
        on=CLOSING, legal_status="unregistered", has_host=True, members=3, region_path="440100"
    )
    assert said(facts, "micro") == {"host": "yes", "area": "yes"}
    assert said(replace(facts, members=2), "micro")["host"] == "no"


def test_what_nobody_knows_is_neither_yes_nor_no() -> None:
    answers = eligibility.assess(rules_of("annual"), GroupFacts(on=CLOSING))
    assert {answer.verdict for answer in answers} == {Verdict.UNKNOWN}
    assert eligibility.may_apply(answers) is Verdict.UNKNOWN


def test_every_check_is_known() -> None:
    assert set(eligibility._CHECKS) == set(CheckKind)


def test_arrival_at_the_closing_instant_counts_and_a_moment_later_does_not() -> None:
    moment = timedelta(microseconds=1)
    for state in (CallState.SCHEDULED, CallState.OPEN, CallState.CLOSED):
        assert timetable.arrival_counts(state, OPENS, CLOSES, CLOSES)
        assert timetable.arrival_counts(state, OPENS, CLOSES, OPENS)
        assert not timetable.arrival_counts(state, OPENS, CLOSES, CLOSES + moment)
        assert not timetable.arrival_counts(state, OPENS, CLOSES, OPENS - moment)
    assert not timetable.arrival_counts(CallState.CANCELLED, OPENS, CLOSES, OPENS)
    assert not timetable.arrival_counts(CallState.IN_REVIEW, OPENS, CLOSES, OPENS)
    assert not timetable.arrival_counts(CallState.DRAFT, None, None, OPENS)


def test_the_state_shown_follows_the_clock_however_late_the_job() -> None:
    for at, state in (
        (OPENS - timedelta(seconds=1), CallState.SCHEDULED),
        (OPENS, CallState.OPEN),
        (CLOSES, CallState.OPEN),
        (CLOSES + timedelta(seconds=1), CallState.CLOSED),
    ):
        assert timetable.derived_state(CallState.SCHEDULED, OPENS, CLOSES, at) is state


def step(key: str, begins: date | None, ends: date | None) -> timetable.StepDraft:
    return timetable.StepDraft(key, {"en": key}, begins, ends, {"en": "the officer"})


def codes(*steps: timetable.StepDraft) -> list[str]:
    return [fault.code for fault in timetable.faults(timetable.Timetable(OPENS, CLOSES, steps))]


def test_dates_in_order_have_no_fault() -> None:
    assert codes(step("eligibility", None, date(2026, 3, 13)), step("board", None, date(2026, 4, 17))) == []


def test_dates_out_of_order_are_named() -> None:
    assert codes(step("board", None, date(2026, 4, 17)), step("eligibility", None, date(2026, 3, 13))) == [
        "out_of_order"
    ]
    assert codes(step("eligibility", None, date(2026, 2, 26))) == ["step_before_closing"]
    assert codes(step("review", date(2026, 4, 10), date(2026, 3, 23))) == ["step_backwards"]
    assert codes(step("board", None, None)) == ["step_date"]
    nobody = timetable.StepDraft("board", {"en": "Board"}, None, date(2026, 4, 17))
    assert codes(nobody) == ["step_owner"]
    swapped = timetable.Timetable(CLOSES, OPENS, [])
    assert [fault.code for fault in timetable.faults(swapped)] == ["opens_after_closing"]


def test_a_step_past_its_date_is_overdue_until_the_call_goes_on() -> None:
    late = step("eligibility", None, date(2026, 3, 13))
    assert timetable.standing(late, CallState.CLOSED, date(2026, 3, 14)) is timetable.Standing.OVERDUE
    assert timetable.standing(late, CallState.CLOSED, date(2026, 3, 13)) is timetable.Standing.NOW
    assert timetable.standing(late, CallState.IN_REVIEW, date(2026, 3, 14)) is timetable.Standing.PAST
    assert timetable.standing(late, CallState.OPEN, date(2026, 2, 14)) is timetable.Standing.NEXT


def criteria(*weights: int) -> list[CriterionDraft]:
    anchors = {"1": {"en": "poor"}, "5": {"en": "excellent"}}
    return [
        CriterionDraft(f"c{place}", {"en": f"Criterion {place}"}, Decimal(weight), anchors=anchors)
        for place, weight in enumerate(weights)
    ]


def test_weights_sum_to_exactly_one_hundred() -> None:
    assert list(standard_faults(criteria(15, 20, 10, 20, 10, 15, 10))) == []
    for wrong in ((15, 20, 10, 20, 10, 15, 5), (60, 41)):
        found = list(standard_faults(criteria(*wrong)))
        assert [fault.code for fault in found] == ["weights"]
        assert str(sum(wrong)) in str(found[0].message)


def test_each_criterion_says_what_its_best_and_its_worst_look_like() -> None:
    bare = replace(criteria(100)[0], anchors={"5": {"en": "excellent"}})
    assert [fault.code for fault in standard_faults([bare])] == ["anchor"]


def test_parts_of_the_money_sum_to_the_whole() -> None:
    halves = [drafts.TrancheDraft(Decimal(50), Gate.AGREEMENT_SIGNED)]
    assert [fault.code for fault in drafts.tranches_faults(halves)] == ["tranches"]
    whole = [*halves, drafts.TrancheDraft(Decimal(50), Gate.FINAL_ACCEPTED)]
    assert list(drafts.tranches_faults(whole)) == []
    assert [fault.code for fault in drafts.tranches_faults(whole[::-1])] == ["gates"]


def test_every_score_has_a_grade() -> None:
    bands = [("excellent", Decimal(90)), ("good", Decimal(80)), ("pass", Decimal(60)), ("fail", Decimal(0))]
    assert [drafts.grade_of(bands, Decimal(score)) for score in ("90", "89.99", "60", "59.99", "0")] == [
        "excellent",
        "good",
        "pass",
        "fail",
        "fail",
    ]


def test_amounts_that_contradict_each_other_are_named() -> None:
    wrong = drafts.Amounts(
        None, 2026, Money.yuan(100), Money.yuan(90), Money.yuan(80), Decimal(101), 0, None, None
    )
    assert [fault.code for fault in drafts.amounts_faults(wrong)] == ["fund", "floor", "cofunding", "months"]


@pytest.mark.parametrize("key", ["annual", "micro"])
def test_shipped_templates_are_complete(key: str) -> None:
    template = templates.shipped()[key]
    opening = template.opening_day(date(2027, 1, 5))
    assert opening.weekday() == 0
    assert opening >= date(2027, 1, 12)
    for words in (template.name, template.about, template.data["lead"], template.data["purpose"]):
        assert set(words) == {"zh-Hans", "en"}
    assert "2027" in template.title(2027)["en"]

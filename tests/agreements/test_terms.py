"""What a draft begins with: the parties, the duties of each, the reports and steps, the standard clauses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from grants.agreements import rules, terms
from grants.agreements.terms import Basis, Body, Planned, Tranche, Work
from grants.core.money import Money

WORK = Work(
    title="暖巷敲门",
    purpose="每周探访",
    place="广州市 · 荔湾区",
    beneficiaries="独居长者120人",
    starts_on=date(2026, 5, 11),
    ends_on=date(2027, 4, 30),
    budget={"insurance": Money.yuan(1800), "materials": Money.yuan(38200)},
    category_names={},
)
BASIS = Basis(
    grant_number="穗志资-2026-0001",
    call_title={"zh-Hans": "木棉计划"},
    amount=Money.yuan(40_000),
    work=WORK,
    plan=[Tranche(2, Decimal(50), "final_accepted"), Tranche(1, Decimal(50), "agreement_signed")],
    foundation=Body({"zh-Hans": "穗城基金会"}, representative="姚承愿"),
    group=Body({"zh-Hans": "木棉队"}, representative="陈慕兰"),
)
HOST = Body({"zh-Hans": "逢源街道社会组织服务中心"}, representative="何秉公")


def texts(draft: dict[str, object]) -> str:
    return "".join(
        text for clause in terms.clauses(draft) for text in (clause["title"], *clause["paragraphs"])
    )


def test_a_first_draft_can_be_offered_as_it_is() -> None:
    assert list(rules.faults(terms.first_terms(BASIS))) == []
    assert list(rules.faults(terms.first_terms(replace(BASIS, host=HOST)))) == []


def test_every_blank_of_the_standard_text_is_filled() -> None:
    for draft in (terms.first_terms(BASIS), terms.first_terms(replace(BASIS, host=HOST))):
        said = texts(draft) + "".join(str(value) for duty in draft["duties"] for value in duty.values())
        assert "{" not in said
        assert "志愿者保险与安全" in said


def test_two_parties_owe_nothing_to_a_third() -> None:
    draft = terms.first_terms(BASIS)
    assert [party["label"] for party in draft["parties"]] == ["甲方", "乙方"]
    assert {duty["owner"] for duty in draft["duties"]} == {"甲方", "乙方"}
    assert "丙方" not in texts(draft)


def test_a_host_takes_the_money_and_its_own_duties() -> None:
    draft = terms.first_terms(replace(BASIS, host=HOST))
    assert draft["payee"]["name"] == "逢源街道社会组织服务中心"
    assert {duty["owner"] for duty in draft["duties"]} == {"甲方", "乙方", "丙方"}
    assert "乙方、丙方应保存活动记录" in texts(draft)


def test_a_long_project_reports_at_half_time_and_a_short_one_at_the_end() -> None:
    long = terms.first_terms(BASIS)["reports"]
    assert long == [
        {"kind": "midterm", "due_on": "2026-11-04"},
        {"kind": "final", "due_on": "2027-05-30"},
    ]
    short = replace(BASIS, work=replace(WORK, ends_on=date(2026, 7, 1)))
    assert [report["kind"] for report in terms.first_terms(short)["reports"]] == ["final"]


def test_without_a_timetable_the_usual_steps_are_planned() -> None:
    steps = terms.first_terms(BASIS)["milestones"]
    assert [step["name"]["en"] for step in steps] == [
        "Start and training", "First half of service", "Second half of service", "Close-out and archive",
    ]  # fmt: skip
    assert (steps[0]["from_on"], steps[-1]["due_on"]) == ("2026-05-11", "2027-04-30")
    own = replace(WORK, steps=(Planned({"zh-Hans": "培训"}, date(2026, 5, 11), date(2026, 6, 1)),))
    assert [row["name"] for row in terms.first_terms(replace(BASIS, work=own))["milestones"]] == [
        {"zh-Hans": "培训"}
    ]


def test_nothing_is_made_of_a_proposal_without_dates() -> None:
    draft = terms.first_terms(replace(BASIS, work=replace(WORK, starts_on=None, ends_on=None)))
    assert {fault.code for fault in rules.faults(draft)} == {"no_dates"}


def test_the_law_on_forced_and_paid_service_stands_in_every_agreement() -> None:
    """S004-26."""
    assert "不得强制或变相强制任何人提供志愿服务，不得以志愿服务名义进行营利活动" in texts(
        terms.first_terms(BASIS)
    )


def test_the_foundations_word_for_a_volunteer_stands_in_duties_and_clauses() -> None:
    draft = terms.first_terms(replace(BASIS, volunteer="义工"))
    words = texts(draft) + "".join(duty["duty"] for duty in draft["duties"])
    assert "义工" in words
    assert "志愿者" not in words
    assert "志愿者" in texts(terms.first_terms(BASIS))

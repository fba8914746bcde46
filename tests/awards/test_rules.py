"""Pure rules of awards: dates, money, windows, conditions, scores, names, papers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from grants.awards.fields import Publicity, Recipient
from grants.awards.rules import conditions, cycles, nominations, paper, scores
from grants.awards.rules.conditions import Agreed, Figures
from grants.awards.rules.cycles import Cost, CycleDraft, Window
from grants.core.money import Money

DRAFT = CycleDraft(
    {"zh-Hans": "2026年度评优"},
    None,
    Money.yuan(60_000),
    date(2025, 11, 1),
    date(2026, 10, 31),
    date(2026, 10, 19),
    date(2026, 11, 13),
    date(2026, 11, 16),
    date(2026, 11, 20),
    date(2026, 11, 23),
    5,
    date(2026, 12, 5),
)
ON = date(2026, 11, 1)
GOOD = Agreed(consent=True, guardian_file=False)


def test_the_year_of_the_demo_is_in_order() -> None:
    assert list(cycles.draft_faults(DRAFT)) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"period_to": date(2025, 11, 1)}, "period_to"),
        ({"nominate_to": date(2026, 10, 18)}, "nominate_to"),
        ({"score_from": date(2026, 11, 13)}, "score_from"),
        ({"score_to": date(2026, 11, 15)}, "score_to"),
        ({"notice_from": date(2026, 11, 20)}, "notice_from"),
        ({"ceremony_on": date(2026, 11, 23)}, "ceremony_on"),
        ({"notice_days": 0}, "notice_days"),
        ({"title": {"zh-Hans": " "}}, "title_zh"),
        ({"amount": Money(-1)}, "amount"),
    ],
)
def test_steps_out_of_order_are_named(change: dict[str, object], field: str) -> None:
    assert [fault.field for fault in cycles.draft_faults(replace(DRAFT, **change))] == [field]  # type: ignore[arg-type]


def test_the_ceremony_is_on_volunteer_day_unless_chosen() -> None:
    assert cycles.ceremony_day(2026) == date(2026, 12, 5)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 500)), max_size=6), st.integers(0, 10**12))
def test_prizes_fit_exactly_when_their_sum_does(costs: list[tuple[int, int]], amount: int) -> None:
    refused = list(cycles.prizes_too_high([Cost(Money(p), q) for p, q in costs], Money(amount), field=None))
    assert bool(refused) == (sum(p * q for p, q in costs) > amount)


@pytest.mark.parametrize(
    ("years", "expected"), [(1, date(2025, 11, 1)), (2, date(2024, 11, 1)), (4, date(2022, 11, 1))]
)
def test_a_window_of_several_years_looks_back_from_the_end(years: int, expected: date) -> None:
    assert cycles.window_from(DRAFT.period_from, DRAFT.period_to, years) == expected


@pytest.mark.parametrize(
    ("mine", "other", "key", "meets"),
    [
        (2, 2, "loving", True),
        (2, 1, "loving", True),
        (1, 1, "loving", False),
        (2, 2, "volunteer", False),
    ],
)
def test_only_windows_of_several_years_of_one_key_may_not_meet(
    mine: int, other: int, key: str, meets: bool
) -> None:
    window = Window("loving", mine, date(2024, 11, 1), date(2026, 10, 31))
    known = Window(key, other, date(2026, 10, 31), date(2028, 10, 30), "AW2028")
    assert bool(list(cycles.windows_meeting(window, [known]))) is meets
    after = replace(known, from_on=date(2026, 11, 1))
    assert list(cycles.windows_meeting(window, [after])) == []


@pytest.mark.parametrize(
    ("condition", "figures", "found"),
    [
        ({"check": "hours", "value": "20"}, Figures(minutes=1200), None),
        ({"check": "hours", "value": "20"}, Figures(minutes=1199), "19.98"),
        ({"check": "stars", "value": "4"}, Figures(stars=4), None),
        ({"check": "stars", "value": "4"}, Figures(stars=3), "3"),
        ({"check": "grade", "value": "good"}, Figures(grade="excellent"), None),
        ({"check": "grade", "value": "good"}, Figures(grade="pass"), "pass"),
        ({"check": "grade", "value": "good"}, Figures(grade=""), ""),
        ({"check": "annual_check"}, Figures(annual_check="passed"), None),
        ({"check": "annual_check"}, Figures(annual_check="failed"), "failed"),
        ({"check": "no_open_finding"}, Figures(open_findings=0), None),
        ({"check": "no_open_finding"}, Figures(open_findings=2), "2"),
        ({"check": "running"}, Figures(project_state="closed"), None),
        ({"check": "running"}, Figures(project_state="terminated"), "terminated"),
    ],
)
def test_each_condition_is_measured(condition: dict[str, str], figures: Figures, found: str | None) -> None:
    flags = conditions.unmet([condition], figures, GOOD, on=ON)
    assert [flag["is"] for flag in flags] == ([] if found is None else [found])


@pytest.mark.parametrize(("born", "young"), [(2009, True), (2008, True), (2007, False), (None, False)])
def test_whoever_may_still_be_seventeen_counts_as_young(born: int | None, young: bool) -> None:
    assert conditions.may_be_minor(born, ON) is young


def test_consent_and_a_guardians_are_always_asked() -> None:
    agreed = Agreed(consent=False, guardian_file=False)
    flags = conditions.unmet([], Figures(birth_year=2012), agreed, on=ON)
    assert [flag["check"] for flag in flags] == ["consent", "guardian"]


@pytest.mark.parametrize(
    ("recipient", "condition"),
    [
        (Recipient.PERSON, {"check": "grade", "value": "good"}),
        (Recipient.PERSON, {"check": "hours", "value": "-1"}),
        (Recipient.PERSON, {"check": "hours", "value": "viele"}),
        (Recipient.PERSON, {"check": "hours", "value": "NaN"}),
        (Recipient.PERSON, {"check": "stars", "value": "6"}),
        (Recipient.TEAM, {"check": "grade", "value": "A+"}),
    ],
)
def test_a_condition_that_cannot_be_measured_is_refused(
    recipient: Recipient, condition: dict[str, str]
) -> None:
    assert [fault.code for fault in conditions.condition_faults(recipient, [condition])] == ["condition"]


# The score (S002-18).


@pytest.mark.parametrize(
    ("deed", "hours", "code"),
    [("60", "40", None), ("60", "41", "weights"), ("0", "100", "weights"), ("-1", "101", "weights")],
)
def test_weights_sum_to_a_hundred_and_the_deed_counts(deed: str, hours: str, code: str | None) -> None:
    faults = list(scores.weight_faults(scores.Weights(Decimal(deed), Decimal(hours), Decimal(50))))
    assert [fault.code for fault in faults] == ([] if code is None else [code])


def test_both_parts_make_the_score_and_hours_never_pass_their_full_mark() -> None:
    weights = scores.Weights(Decimal(60), Decimal(40), Decimal(40))
    parts = scores.Parts(weights, Fraction(92), 1290)
    assert (parts.deed_points, parts.hours_points) == (Fraction("55.2"), Fraction("21.5"))
    assert parts.kept == Decimal("76.7000")
    assert scores.Parts(weights, Fraction(92), 60 * 4000).hours_points == 40
    assert scores.Parts(weights, None, 1290).final is None


# Names and papers.


@pytest.mark.parametrize(
    ("name", "shown"), [("陈慕兰", "陈**"), ("李雷", "李*"), ("丁", "丁*"), ("Chen Mulan", "C***")]
)
def test_a_masked_name_keeps_its_first_character(name: str, shown: str) -> None:
    assert nominations.masked({"zh-Hans": name}) == {"zh-Hans": shown}
    kept = nominations.shown_name({"zh-Hans": name}, is_person=False, publicity=Publicity.MASKED)
    assert kept == {"zh-Hans": name}


@pytest.mark.parametrize(
    ("count", "codes"), [(299, ["deed_short"]), (300, []), (2000, []), (2001, ["deed_long"])]
)
def test_a_deed_is_counted_as_people_count(count: int, codes: list[str]) -> None:
    deed = "，".join("好" * count) + "。 \n"
    assert [fault.code for fault in nominations.deed_faults(deed)] == codes


def test_a_citation_is_whole_sentences_that_fit() -> None:
    deed = "她每周来。" * 60
    told = paper.citation(deed)
    assert len(told) <= paper.LONGEST_CITATION
    assert told.endswith("。")
    assert paper.citation("没" * 500)[-1] == "…"
    assert paper.citation("") == ""
    assert paper.citation("\n她来了。\n\n队里都记得。") == "她来了。"


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2026, 12, 5), "二〇二六年十二月五日"), (date(2030, 1, 20), "二〇三〇年一月二十日"),
     (date(2027, 10, 31), "二〇二七年十月三十一日")],
)  # fmt: skip
def test_a_date_in_characters(day: date, said: str) -> None:
    assert paper.date_in_characters(day) == said

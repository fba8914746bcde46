"""The way of a year of recognition: what each step keeps, refuses and leaves behind."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from msgspec.structs import replace

from grants.awards.actions import categories, cycles, judging, nominating
from grants.awards.actions.nominating import StaleNomination, Words
from grants.awards.fields import NominationState, Publicity
from grants.awards.queries import nominations
from grants.core import clock
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken
from grants.core.money import Money
from grants.organisations.actions import conflicts
from grants.organisations.fields import ConflictKind
from grants.projects.fields import HourState
from grants.reviews.queries.text import text_of
from tests.awards.scene import DEED, PLAN, TEAM, VOLUNTEER, Year, day, noon


def codes(refused: pytest.ExceptionInfo[RulesBroken]) -> list[str]:
    return [violation.code for violation in refused.value.violations]


# Hard rule 10: money and windows.


def test_prizes_beyond_the_amount_of_the_year_are_refused(year: Year) -> None:
    with year.inside():
        public_id = year.plan(VOLUNTEER, TEAM, plan=replace(PLAN, amount=Money.yuan(11_000)))
    with year.inside(), pytest.raises(RulesBroken) as refused:
        year.cycle_id = public_id
        one_more = replace(VOLUNTEER, key="more", prize=Money.yuan(1))
        categories.add_category(year.cycle, one_more, by=year.actor("gus"), at=noon(-8))
    assert codes(refused) == ["beyond_amount"]


def test_an_amount_below_what_the_categories_need_is_refused(year: Year) -> None:
    with year.inside():
        year.cycle_id = year.plan(TEAM)
    with year.inside(), pytest.raises(RulesBroken) as refused:
        draft = replace(PLAN, amount=Money.yuan(9_999))
        cycles.edit_cycle(year.cycle, draft, version=year.cycle.version, by=year.actor("gus"), at=noon(-7))
    assert codes(refused) == ["beyond_amount"]


def test_nominations_do_not_open_on_money_the_fund_has_not(year: Year) -> None:
    with year.inside():
        rich = replace(PLAN, amount=Money.yuan(100_000))
        year.cycle_id = year.plan(replace(TEAM, quota=1, prize=Money.yuan(60_001)), plan=rich)
    with year.inside(), pytest.raises(RulesBroken) as refused:
        cycles.open_nominations(year.cycle, by=year.actor("gus"), at=noon(-6))
    assert codes(refused) == ["beyond_fund"]


def test_a_second_biennial_category_in_the_same_window_is_refused(year: Year) -> None:
    biennial = replace(VOLUNTEER, key="loving", period_years=2)
    with year.inside():
        year.plan(biennial)
    with year.inside():
        year.cycle_id = year.plan(plan=replace(PLAN, period_from=day(-5), period_to=day(0)))
    with year.inside(), pytest.raises(RulesBroken) as refused:
        categories.add_category(year.cycle, biennial, by=year.actor("gus"), at=noon(-8))
    assert codes(refused) == ["window_meets"]


def test_yearly_categories_of_one_key_may_look_at_the_same_days(year: Year) -> None:
    with year.inside():
        assert year.plan(VOLUNTEER)


# Nominating.


def test_figures_are_counted_by_the_system_and_frozen(year: Year) -> None:
    who = year.volunteers["陈慕兰"]
    with year.inside():
        year.hours(who, 600, state=HourState.UNVERIFIED)
        year.hours(who, 600, on=-400)
        public_id = year.nominate("volunteer", who)
    with year.inside():
        year.hours(who, 300)
    with year.inside():
        row = year.nomination(public_id)
        assert (row.state, row.facts["minutes"], row.flags) == (NominationState.SUBMITTED, 1800, [])
        assert row.facts["all_minutes"] == 2400
        assert row.facts["snapshot"]["told"][0]["text"] == DEED
        assert len(row.content_hash or "") == 64


def test_a_condition_not_met_is_flagged_with_the_reason_and_keeps_from_winning(year: Year) -> None:
    with year.inside():
        public_id = year.nominate("volunteer", year.volunteers["简俊言"])
        assert year.nomination(public_id).flags == [{"check": "hours", "asked": "20", "is": "10"}]
    with year.inside():
        year.to_jury()
    with year.inside(), pytest.raises(RulesBroken) as refused:
        year.choose(public_id)
    assert codes(refused) == ["condition"]


@pytest.mark.parametrize(
    ("deed", "consent", "expected"),
    [
        ("短。", True, ["deed_short"]),
        ("长" * 2001, True, ["deed_long"]),
        (DEED, False, ["consent"]),
        ("", False, ["deed_short", "consent"]),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_sent_in(
    year: Year, deed: str, consent: bool, expected: list[str]
) -> None:
    who = year.volunteers["陈慕兰"]
    with year.inside():
        public_id = year.nominate("volunteer", who, deed=deed, consent=consent, send=False)
    with year.inside(), pytest.raises(RulesBroken) as refused:
        nominating.submit(year.nomination(public_id), by=year.actor("ada"), at=noon(0))
    assert codes(refused) == expected
    with year.inside():
        assert year.nomination(public_id).state is NominationState.DRAFT


def test_the_young_need_a_guardians_signed_consent(year: Year) -> None:
    with year.inside(), pytest.raises(RulesBroken) as refused:
        year.nominate("volunteer", year.volunteers["小树苗"])
    assert codes(refused) == ["guardian"]


def test_the_last_millisecond_is_in_and_the_next_is_out(year: Year) -> None:
    closes = clock.end_of(day(5))
    with year.inside():
        first = year.nominate("volunteer", year.volunteers["陈慕兰"], send=False)
        second = year.nominate("volunteer", year.volunteers["简俊言"], send=False)
    with year.inside():
        at = closes - timedelta(milliseconds=1)
        nominating.submit(year.nomination(first), by=year.actor("ada"), at=at)
    with year.inside(), pytest.raises(RulesBroken) as refused:
        nominating.submit(year.nomination(second), by=year.actor("ada"), at=closes)
    assert codes(refused) == ["too_late"]


def test_nobody_is_nominated_twice_or_by_another_group(year: Year) -> None:
    with year.inside():
        year.nominate("volunteer", year.volunteers["陈慕兰"])
    with year.inside(), pytest.raises(RulesBroken) as refused:
        year.nominate("volunteer", year.volunteers["陈慕兰"])
    assert codes(refused) == ["twice"]
    with year.inside(), pytest.raises(RulesBroken) as refused:
        year.nominate("volunteer", year.volunteers["简俊言"], by="bo", group=0)
    assert codes(refused) == ["nominee"]
    with year.inside(), pytest.raises(Forbidden):
        year.nominate("volunteer", year.volunteers["简俊言"], by="cy")


def test_a_stale_save_is_refused_and_what_was_sent_in_stays(year: Year) -> None:
    with year.inside():
        public_id = year.nominate("volunteer", year.volunteers["陈慕兰"], send=False)
    words = Words("另一个版本", True, Publicity.FULL)
    with year.inside(), pytest.raises(StaleNomination):
        nominating.save(year.nomination(public_id), words, version=1, by=year.actor("ada"), at=noon(0))
    with year.inside():
        nominating.submit(year.nomination(public_id), by=year.actor("ada"), at=noon(0))
    with year.inside(), pytest.raises(IllegalTransition):
        row = year.nomination(public_id)
        nominating.save(row, words, version=row.version, by=year.actor("ada"), at=noon(0))
    with year.inside(), pytest.raises(IllegalTransition):
        nominating.submit(year.nomination(public_id), by=year.actor("ada"), at=noon(0))


def test_consent_leaves_a_record_of_when_and_to_which_words(year: Year) -> None:
    with year.inside():
        public_id = year.nominate("volunteer", year.volunteers["陈慕兰"], send=False)
    with year.inside():
        row = year.nomination(public_id)
        assert (row.consented_at, row.consent_version) == (noon(0), "2026-1")
        words = Words(DEED, False, Publicity.MASKED)
        nominating.save(row, words, version=row.version, by=year.actor("ada"), at=noon(1))
        assert (row.consent, row.consented_at, row.consent_version) == (False, None, "")


# The jury.


def test_the_score_explains_the_deed_and_the_hours(year: Year, marked: tuple[str, str]) -> None:
    with year.inside():
        (row,) = nominations.standings(year.category("volunteer"), seen_by=year.actor("gus"))
        assert row.parts is not None
        assert (row.place, row.parts.deed_points, row.parts.hours_points) == (1, Fraction(48), Fraction(24))
        assert row.parts.final == 72
        (team,) = nominations.standings(year.category("team"), seen_by=year.actor("gus"))
        assert team.parts is not None
        assert team.parts.final == 82


def test_the_jury_reads_the_deed_and_the_figures(year: Year, marked: tuple[str, str]) -> None:
    with year.inside():
        shown = text_of(year.entry(year.nomination(marked[0]).id))
        assert [section.key for section in shown.sections] == ["deed", "known"]
        assert shown.sections[0].answers[0].text == DEED
        assert [answer.text for answer in shown.sections[1].answers] == ["木棉暖巷", "30", "2", "30"]


def test_scoring_waits_for_the_end_of_nominations(year: Year) -> None:
    with year.inside(), pytest.raises(RulesBroken) as refused:
        cycles.begin_scoring(year.cycle, by=year.actor("gus"), at=noon(5))
    assert codes(refused) == ["too_early"]


def test_somebody_with_a_tie_to_the_group_sees_no_nomination_of_it(
    year: Year, marked: tuple[str, str]
) -> None:
    first, _ = marked
    with year.inside():
        conflicts.declare_conflict(
            year.groups[0], kind=ConflictKind.ADVISER, evidence="顾问", by=year.actor("olu"), at=noon(7)
        )
    with year.inside():
        olu, aud = year.actor("olu"), year.actor("aud")
        category = year.category("volunteer")
        assert nominations.standings(category, seen_by=olu) == []
        assert [row.nomination.public_id for row in nominations.standings(category, seen_by=aud)] == [first]


def test_no_more_are_chosen_than_there_are_places(year: Year) -> None:
    with year.inside():
        year.hours(year.volunteers["简俊言"], 1200)
        first = year.nominate("volunteer", year.volunteers["陈慕兰"])
        second = year.nominate("volunteer", year.volunteers["简俊言"])
    with year.inside():
        year.to_jury()
    with year.inside():
        year.choose(first)
    with year.inside(), pytest.raises(RulesBroken) as refused:
        year.choose(second)
    assert codes(refused) == ["quota"]
    with year.inside():
        judging.put_back(year.nomination(first), by=year.actor("gus"), at=noon(11))
    with year.inside():
        year.choose(second)
        assert year.nomination(second).state is NominationState.SHORTLISTED


def test_published_standards_cannot_be_changed(year: Year) -> None:
    with year.inside(), pytest.raises(IllegalTransition):
        cycles.edit_cycle(year.cycle, PLAN, version=year.cycle.version, by=year.actor("gus"), at=noon(0))
    with year.inside(), pytest.raises(IllegalTransition):
        category = year.category("team")
        categories.edit_category(category, TEAM, version=category.version, by=year.actor("gus"), at=noon(0))

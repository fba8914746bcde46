"""The way of a year of recognition: what each step keeps, refuses and leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from grants.awards.actions import categories, certificates, cycles, judging, nominating
from grants.awards.actions.nominating import StaleNomination, Words
from grants.awards.fields import CycleState, NominationState, Publicity
from grants.awards.models import Certificate
from grants.awards.queries import honours, nominations
from grants.core import clock
from grants.core.audit import AuditEntry
from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken
from grants.core.jobs import run_due
from grants.core.money import Money
from grants.core.policy import VISITOR
from grants.funds import queries as funds
from grants.funds.fields import BudgetLine
from grants.notices import actions as notices
from grants.notices import queries as shown
from grants.notices.models import Notice
from grants.notices.queries import by_public_id as notice_at
from grants.obligations.models import Obligation
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


@pytest.fixture
def marked(year: Year) -> tuple[str, str]:
    """A volunteer with 30 hours marked 80, and a group marked 90 and 70."""
    with year.inside():
        first = year.nominate("volunteer", year.volunteers["陈慕兰"])
        second = year.nominate("team", year.groups[0], publicity=Publicity.FULL)
    with year.inside():
        year.to_jury()
    year.mark(first, 80)
    year.mark(second, 90, 70)
    return first, second


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


# Notice and award.


@pytest.fixture
def in_notice(year: Year, marked: tuple[str, str]) -> tuple[str, str]:
    with year.inside():
        year.choose(*marked)
    with year.inside():
        year.publish()
    return marked


def the_notice(year: Year) -> Notice:
    return notice_at(db.session.scalars(select(Notice.public_id)).one())


def test_the_list_is_shown_with_names_as_each_agreed(year: Year, in_notice: tuple[str, str]) -> None:
    with year.inside():
        notice = the_notice(year)
        assert [item["title"] for item in notice.items] == ["陈**", "木棉暖巷"]
        assert [item["amount"] for item in notice.items] == ["1000.00", "5000.00"]
        assert [row.score for row in map(year.nomination, in_notice)] == [Decimal(72), Decimal(82)]


def test_no_award_before_the_notice_has_ended(year: Year, in_notice: tuple[str, str]) -> None:
    with year.inside(), pytest.raises(RulesBroken) as refused:
        year.give(12)
    assert codes(refused) == ["in_notice"]
    with year.inside():
        assert db.session.scalars(select(Certificate)).all() == []


def test_awards_come_with_numbers_codes_money_and_trail(year: Year, in_notice: tuple[str, str]) -> None:
    with year.inside():
        assert year.give() == 2
    with year.inside():
        found = db.session.scalars(select(Certificate).order_by(Certificate.number)).all()
        numbers = [row.number for row in found]
        assert numbers == [f"ZS{PLAN.ceremony_on.year}-0001", f"ZS{PLAN.ceremony_on.year}-0002"]
        assert honours.by_check_code(found[0].check_code) == found[0]
        figures = funds.figures_of_line(year.house.fund_id, PLAN.ceremony_on.year, BudgetLine.AWARDS)
        assert (figures.payable, figures.committed) == (Money.yuan(6_000), Money(0))
        assert year.cycle.state is CycleState.AWARDED
        verbs = db.session.scalars(
            select(AuditEntry.verb).where(AuditEntry.subject_type == "nomination").order_by(AuditEntry.number)
        ).all()
        assert verbs.count("award") == 2
        assert db.session.scalars(select(Obligation).where(Obligation.kind.like("award%"))).all()
        assert all(
            row.closed_at
            for row in db.session.scalars(select(Obligation).where(Obligation.kind.like("award%")))
        )


def test_an_objection_holds_back_only_its_own(year: Year, in_notice: tuple[str, str]) -> None:
    first, _ = in_notice
    with year.inside():
        key = year.nomination(first).case
        objection = notices.raise_objection(
            the_notice(year),
            item_key=key,
            by_name="路人",
            contact="020-00000000",
            content="时长有疑问",
            by=VISITOR,
            at=noon(12),
        )
        number = objection.public_id
    with year.inside():
        assert year.give() == 1
        states = [year.nomination(public_id).state for public_id in in_notice]
        assert states == [NominationState.SHORTLISTED, NominationState.WON]
    with year.inside(), pytest.raises(RulesBroken) as refused:
        judging.give_late(year.nomination(first), by=year.actor("gus"), at=noon(41))
    assert codes(refused) == ["objection"]
    with year.inside():
        notices.dismiss(
            shown.objection_by_public_id(number), reason="核对无误。", by=year.actor("olu"), at=noon(41)
        )
    with year.inside():
        judging.give_late(year.nomination(first), by=year.actor("gus"), at=noon(42))
        assert year.nomination(first).state is NominationState.WON


def test_an_upheld_objection_drops_its_own(year: Year, in_notice: tuple[str, str]) -> None:
    first, _ = in_notice
    with year.inside():
        objection = notices.raise_objection(
            the_notice(year),
            item_key=year.nomination(first).case,
            by_name="路人",
            contact="",
            content="不实",
            by=VISITOR,
            at=noon(12),
        )
        notices.uphold(objection, reason="属实。", by=year.actor("olu"), at=noon(13))
    with year.inside():
        states = [year.nomination(public_id).state for public_id in in_notice]
        assert states == [NominationState.DROPPED, NominationState.SHORTLISTED]


def test_the_certificate_is_set_in_type_by_a_job(year: Year, in_notice: tuple[str, str]) -> None:
    with year.inside():
        year.give(11 + 20)
    with year.app.app_context():
        run_due(year.app)
    with year.inside():
        for row in db.session.scalars(select(Certificate)):
            document = honours.by_public_id(row.public_id).document
            assert document is not None
            assert (document.name, document.content_type) == (f"{row.number}.pdf", "application/pdf")


def test_a_revoked_award_says_so_and_gives_the_prize_back(year: Year, in_notice: tuple[str, str]) -> None:
    with year.inside():
        year.give()
        public_id = year.nomination(in_notice[0]).certificate.public_id  # type: ignore[union-attr]
    with year.inside():
        row = honours.by_public_id(public_id)
        certificates.withdraw(row, reason="事迹不实", by=year.actor("gus"), at=noon(50))
    with year.inside():
        row = honours.by_public_id(public_id)
        assert (row.state.value, row.withdrawn_reason) == ("withdrawn", "事迹不实")
        assert year.nomination(in_notice[0]).state is NominationState.REVOKED
        figures = funds.figures_of_line(year.house.fund_id, PLAN.ceremony_on.year, BudgetLine.AWARDS)
        assert (figures.payable, figures.committed) == (Money.yuan(5_000), Money(0))


def test_published_standards_cannot_be_changed(year: Year) -> None:
    with year.inside(), pytest.raises(IllegalTransition):
        cycles.edit_cycle(year.cycle, PLAN, version=year.cycle.version, by=year.actor("gus"), at=noon(0))
    with year.inside(), pytest.raises(IllegalTransition):
        category = year.category("team")
        categories.edit_category(category, TEAM, version=category.version, by=year.actor("gus"), at=noon(0))


def test_a_past_certificate_keeps_its_number(year: Year) -> None:
    past = certificates.PastCertificate(
        number="ZS2025-0003",
        cycle_title={"zh-Hans": "2025年度评优"},
        category_key="volunteer",
        category_name={"zh-Hans": "优秀志愿者"},
        winner_name={"zh-Hans": "简俊言"},
        is_person=True,
        shows_full_name=False,
        issued_on=day(-352),
    )
    with year.inside():
        certificates.enter_past(past, by=year.actor("gus"), at=noon(0))
    with year.inside(), pytest.raises(RulesBroken) as refused:
        certificates.enter_past(past, by=year.actor("gus"), at=noon(0))
    assert codes(refused) == ["number"]
    with year.inside():
        hall = honours.hall(honours.Asked(name="简俊言"), page="")
        assert hall.rows == []
        assert [row.number for row in honours.hall(honours.Asked(name="简*"), page="").rows] == [
            "ZS2025-0003"
        ]

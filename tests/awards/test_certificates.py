"""From the public notice to the certificate: who is awarded, what is booked, and what is taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from grants.awards.actions import certificates, judging
from grants.awards.fields import CycleState, NominationState
from grants.awards.models import Certificate
from grants.awards.queries import honours
from grants.core.audit import AuditEntry
from grants.core.db import db
from grants.core.errors import RulesBroken
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
from tests.awards.scene import PLAN, Year, day, noon


def codes(refused: pytest.ExceptionInfo[RulesBroken]) -> list[str]:
    return [violation.code for violation in refused.value.violations]


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

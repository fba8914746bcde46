"""An upheld objection takes back what the board granted, and the reserve list may take the money (S000-20, S003-5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.calls.fields import CallState
from grants.calls.models import Call
from grants.core import audit, jobs
from grants.core.checkcodes import content_hash
from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken
from grants.core.i18n import speaking
from grants.core.money import Money
from grants.core.policy import SYSTEM, VISITOR
from grants.decisions import panels
from grants.decisions.actions import releasing, withdrawing
from grants.decisions.fields import DecisionState, MeetingState, Outcome, Vote
from grants.decisions.models import BoardMeeting, Decision
from grants.decisions.queries import meetings, minutes, table
from grants.funds import queries as books
from grants.funds.fields import BudgetLine, EntryKind
from grants.funds.models import LedgerTransaction
from grants.messaging.models import Notification
from grants.notices import actions as notices
from grants.notices import queries as shown
from grants.notices.models import Notice, NoticeCorrection, Objection
from grants.obligations.models import Obligation
from grants.organisations.fields import MemberRole
from grants.organisations.models import Membership
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal
from tests.cast import Browser
from tests.decisions.scene import NOW, TODAY, House
from tests.decisions.test_actions import codes
from tests.decisions.test_views import typed

SignIn = Callable[[str], Browser]
REASON = "受益人名单与另一项目重复，异议成立。"


def approved(house: House) -> None:
    house.ready()
    house.approve()


def objected(house: House, number: int) -> int:
    """Somebody objects to the item of a proposal; the objection's id."""
    with house.inside():
        notice = db.session.scalars(select(Notice).order_by(Notice.id.desc())).first()
        assert notice is not None
        return notices.raise_objection(
            notice,
            item_key=f"proposal/{house.proposals[number]}",
            by_name="何实名",
            contact="13800000000",
            content="名单重复",
            by=VISITOR,
            at=NOW,
        ).id


def uphold(house: House, objection_id: int) -> None:
    with house.inside():
        objection = db.session.get_one(Objection, objection_id)
        notices.uphold(objection, reason=REASON, by=house.actor("otis"), at=NOW + timedelta(hours=1))


def withdrawn(house: House, number: int = 0) -> None:
    approved(house)
    uphold(house, objected(house, number))


def committed(house: House, number: int) -> Money:
    with house.inside():
        case = f"proposal/{house.proposals[number]}"
        return books.figures_of_case(case, house.fund, TODAY.year, BudgetLine.GRANTS).committed


def states(rows: Session) -> list[ProposalState]:
    return list(rows.scalars(select(Proposal.state).order_by(Proposal.id)))


def test_the_decision_is_withdrawn_with_its_reason_and_the_proposal_declined(
    house: House, rows: Session
) -> None:
    withdrawn(house)
    decision = rows.scalars(select(Decision).where(Decision.proposal_id == house.proposals[0])).one()
    assert (decision.state, decision.withdrawn_reason, decision.withdrawn_at) == (
        DecisionState.WITHDRAWN,
        REASON,
        NOW + timedelta(hours=1),
    )
    assert (decision.outcome, str(decision.amount)) == (Outcome.FUND, "38000.00")
    assert states(rows) == [
        ProposalState.DECLINED,
        ProposalState.FUNDED,
        ProposalState.RESERVED,
        ProposalState.DECLINED,
    ]
    entry = rows.scalars(
        select(audit.AuditEntry).where(
            audit.AuditEntry.subject_type == "decision", audit.AuditEntry.verb == "withdraw"
        )
    ).one()
    assert (entry.before, entry.after) == ({"state": "approved"}, {"state": "withdrawn"})
    assert REASON in entry.note


def test_its_promise_is_released_and_no_other(house: House, rows: Session) -> None:
    withdrawn(house)
    assert (str(committed(house, 0)), str(committed(house, 1))) == ("0.00", "30000.00")
    released = rows.scalars(
        select(LedgerTransaction).where(LedgerTransaction.kind == EntryKind.RELEASE)
    ).one()
    number = rows.scalars(select(Objection.number)).one()
    assert (released.case, released.note) == (f"proposal/{house.proposals[0]}", number)
    with house.inside():
        assert str(books.free_money(house.fund)) == "70000.00"
        assert books.unbalanced() == []


def test_the_shown_list_stays_and_says_beside_itself_what_became_of_the_item(
    house: House, rows: Session
) -> None:
    withdrawn(house)
    notice = rows.scalars(select(Notice)).one()
    with house.inside():
        row = db.session.get_one(Notice, notice.id)
        assert content_hash(notices.hashed(row)) == notice.content_hash
    assert [item["title"] for item in notice.items] == ["暖巷敲门", "江岸拾光"]
    correction = rows.scalars(select(NoticeCorrection)).one()
    number = rows.scalars(select(Objection.number)).one()
    assert correction.at == NOW + timedelta(hours=1)
    assert (
        correction.text["en"] == f"MM-1 “暖巷敲门” is no longer to be funded: objection {number} was upheld."
    )
    assert sorted(correction.text) == ["en", "zh-Hans", "zh-Hant"]


def test_only_its_own_item_is_stopped(house: House) -> None:
    withdrawn(house)
    with house.inside():
        after = NOW + timedelta(days=60)
        allowed = shown.who_may_proceed(("call", house.call), after)
    assert allowed == {
        f"proposal/{house.proposals[0]}": False,
        f"proposal/{house.proposals[1]}": True,
    }


def test_a_second_objection_changes_nothing_more(house: House, rows: Session) -> None:
    approved(house)
    first, second = objected(house, 0), objected(house, 0)
    uphold(house, first)
    uphold(house, second)
    assert rows.scalar(select(func.count(NoticeCorrection.id))) == 1
    assert rows.scalar(select(func.count(Decision.id)).where(Decision.state == DecisionState.WITHDRAWN)) == 1


def test_a_dismissed_objection_takes_nothing_back(house: House, rows: Session) -> None:
    approved(house)
    objection = objected(house, 0)
    with house.inside():
        row = db.session.get_one(Objection, objection)
        notices.dismiss(row, reason="无事实依据", by=house.actor("otis"), at=NOW)
    assert states(rows)[0] is ProposalState.FUNDED
    assert rows.scalar(select(func.count(NoticeCorrection.id))) == 0
    assert str(committed(house, 0)) == "38000.00"


def test_people_cannot_withdraw_a_decision_by_themselves(house: House, rows: Session) -> None:
    approved(house)
    for name in ("fay", "olu", "bea", "ada"):
        with pytest.raises(Forbidden), house.inside():
            decision = db.session.scalars(select(Decision).order_by(Decision.id)).first()
            assert decision is not None
            notice = db.session.scalars(select(Notice)).one()
            withdrawing.withdraw(
                decision, notice, objection="YY", reason=REASON, by=house.actor(name), at=NOW
            )
    assert rows.scalar(select(func.count(Decision.id)).where(Decision.state == DecisionState.WITHDRAWN)) == 0


def test_the_group_is_told_and_so_are_those_with_the_money(house: House, rows: Session) -> None:
    leads(house, "ada", 0)
    withdrawn(house)
    jobs.run_due(house.app)
    found = rows.execute(
        select(Notification.user_id, Notification.kind).where(
            Notification.kind.in_(("decision_withdrawn", "money_freed"))
        )
    )
    told = {(user_id, kind) for user_id, kind in found}
    expected = {(house.cast.id(name), "money_freed") for name in ("olu", "otis", "eve", "fay")}
    assert told == expected | {(house.cast.id("ada"), "decision_withdrawn")}


def leads(house: House, name: str, number: int) -> None:
    with house.inside():
        db.session.add(
            Membership(
                organisation_id=house.organisations[number],
                user_id=house.cast.id(name),
                role=MemberRole.OWNER,
                from_on=TODAY,
            )
        )


def test_it_is_not_released_as_a_result_afterwards(house: House, rows: Session) -> None:
    withdrawn(house)
    with house.inside():
        assert releasing.release(house.found_call(), by=house.actor("olu"), at=NOW) == 3
    assert sorted(rows.scalars(select(Decision.state)).all()) == ["released"] * 3 + ["withdrawn"]


def take_up(house: House, yuan: int = 38_000, reason: str = "") -> None:
    house.propose(house.wish(2, Outcome.FUND, yuan, reason, version=2))


def decide_again(house: House) -> None:
    house.convene()
    house.put()
    house.vote(bea=Vote.FOR, gus=Vote.FOR)
    house.minutes()
    house.approve()


def test_the_reserve_list_takes_the_money_once_the_board_approved_it(house: House, rows: Session) -> None:
    withdrawn(house)
    take_up(house)
    assert states(rows)[2] is ProposalState.RESERVED
    decide_again(house)
    rows.rollback()
    assert states(rows)[2] is ProposalState.FUNDED
    assert str(committed(house, 2)) == "38000.00"
    decisions = rows.execute(
        select(Decision.number, Decision.outcome, Decision.state, Decision.place)
        .where(Decision.proposal_id == house.proposals[2])
        .order_by(Decision.number)
    ).all()
    assert [tuple(row) for row in decisions] == [
        (1, Outcome.RESERVE, DecisionState.APPROVED, 1),
        (2, Outcome.FUND, DecisionState.APPROVED, None),
    ]
    notice = rows.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert notice is not None
    assert [item["title"] for item in notice.items] == ["榕荫课堂"]
    assert rows.scalar(select(Call.state)) is CallState.IN_NOTICE
    assert rows.scalars(select(BoardMeeting.state)).all() == [MeetingState.APPROVED] * 2


def test_the_first_minutes_say_for_ever_what_was_approved_then(house: House) -> None:
    approved(house)

    def first() -> list[list[tuple[str, str]]]:
        with house.inside():
            meeting = db.session.scalars(select(BoardMeeting.id).order_by(BoardMeeting.id)).first()
            found = meetings.by_id(meeting or 0)
            assert found is not None
            paper = minutes.paper(found, table.before(found, seen_by=SYSTEM))
        return [
            [(row["title"], row.get("amount", "")) for row in paper[part]]
            for part in ("funded", "reserved", "declined")
        ] + [[(paper["totals"]["amount"], paper["totals"]["funded"])]]

    before = first()
    uphold(house, objected(house, 0))
    take_up(house)
    decide_again(house)
    assert first() == before


def test_all_that_is_free_now_may_be_given(house: House, rows: Session) -> None:
    withdrawn(house)
    take_up(house, yuan=50_000)
    decide_again(house)
    rows.rollback()
    assert str(committed(house, 2)) == "50000.00"


def test_beyond_the_envelope_it_does_not_go_before_the_board(house: House, rows: Session) -> None:
    approved(house)
    take_up(house, yuan=12_001)
    house.convene()
    with pytest.raises(RulesBroken) as broken:
        house.put()
    assert codes(broken) == ["beyond_envelope"]
    assert states(rows)[2] is ProposalState.RESERVED


def test_what_is_taken_up_can_be_left_on_the_list_again(house: House, rows: Session) -> None:
    withdrawn(house)
    take_up(house)
    house.propose(house.wish(2, Outcome.RESERVE, version=1_000_001))
    assert rows.scalar(select(func.count(Decision.id))) == 4
    with pytest.raises(IllegalTransition):
        house.convene()


def test_what_the_board_decided_stays_but_for_the_reserve_list(house: House, rows: Session) -> None:
    withdrawn(house)
    for number in (0, 1, 3):
        with pytest.raises(IllegalTransition):
            house.propose(house.wish(number, Outcome.FUND, 20_000, version=2))
    assert rows.scalar(select(func.count(Decision.id))) == 4


def test_whoever_is_passed_over_on_the_list_is_told_why(house: House) -> None:
    house.propose(
        house.wish(0, Outcome.FUND, 38_000),
        house.wish(1, Outcome.RESERVE, reason="候补"),
        house.wish(2, Outcome.RESERVE, reason="候补"),
        house.wish(3, Outcome.DECLINE, reason="指标缺少基线"),
    )
    house.convene()
    house.put()
    house.vote(bea=Vote.FOR, gus=Vote.FOR)
    house.minutes()
    house.approve()
    take_up(house, yuan=30_000)
    house.convene()
    with pytest.raises(RulesBroken) as broken:
        house.put()
    assert [(v.code, v.field) for v in broken.value.violations] == [
        ("reason_missing", f"reason-{house.keys[2]}")
    ]
    house.propose(house.wish(2, Outcome.FUND, 30_000, "前一名已退出", version=1_000_001))
    house.put()


def test_the_groups_wait_to_be_told_again(house: House, rows: Session) -> None:
    withdrawn(house)
    with house.inside():
        releasing.release(house.found_call(), by=house.actor("olu"), at=NOW)
    house.propose(house.wish(2, Outcome.FUND, 30_000, version=3))
    decide_again(house)
    waiting = rows.scalars(select(Obligation.kind).where(Obligation.closed_at.is_(None))).all()
    assert waiting == ["results.release"]
    with house.inside():
        assert releasing.release(house.found_call(), by=house.actor("olu"), at=NOW) == 1


def test_the_pages_tell_everybody_what_happened(house: House, sign_in: SignIn) -> None:
    leads(house, "ada", 0)
    withdrawn(house)
    with house.inside():
        notice = db.session.scalars(select(Notice.public_id)).one()
    said = sign_in("cy").page(f"/notices/{notice}")
    assert "is no longer to be funded" in said
    assert REASON in said
    desk = sign_in("olu").page(f"{house.address()}/decisions")
    assert "¥38,000 became free because a decision was withdrawn." in desk
    assert f"An objection was upheld: {REASON}" in desk
    assert REASON in panel(house, 0)
    assert panel(house, 1) == ""
    assert sign_in("olu").send(f"{house.address()}/decisions/release").status_code == 303
    assert "¥30,000.00" in panel(house, 1)


def panel(house: House, number: int) -> str:
    """What the page of a proposal says of its decision."""
    with house.app.test_request_context(), speaking("en"):
        made = panels.of_proposal(db.session.get_one(Proposal, house.proposals[number]))
        return render_template(made.template, **made.values) if made else ""


def test_an_officer_takes_somebody_up_through_the_page(house: House, sign_in: SignIn, rows: Session) -> None:
    withdrawn(house)
    olu = sign_in("olu")
    page = olu.page(f"{house.address()}/decisions")
    assert f'name="outcome-{house.keys[2]}"' in page
    assert f'name="outcome-{house.keys[1]}"' not in page
    sent = typed(house, r2=("fund", "38000", "")) | {f"version-{house.keys[2]}": "2"}
    assert olu.send(f"{house.address()}/decisions", sent).status_code == 303
    board_page = olu.page(f"{house.address()}/board")
    assert "Something was proposed since the board decided" in board_page
    plan = {"held_on": TODAY.isoformat(), "seats": "3", "quorum": "2", "chair": str(house.cast.id("bea"))}
    assert olu.send(f"{house.address()}/board", plan).status_code == 303
    again = olu.page(f"{house.address()}/board")
    assert "Earlier meetings" in again
    assert "榕荫课堂" in again
    assert "江岸拾光" not in again

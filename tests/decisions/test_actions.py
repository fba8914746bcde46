"""From the officers' table to the board's approval: effects on rows, money, notice and call; nothing kept by halves."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.calls.fields import CallState
from grants.calls.models import Call
from grants.core import audit
from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, NotFound, RulesBroken, StaleVersion
from grants.core.money import Money
from grants.core.policy import SYSTEM
from grants.decisions.actions import board, proposing, releasing
from grants.decisions.fields import DecisionState, MeetingState, Outcome, Vote
from grants.decisions.models import BoardMeeting, BoardVote, Decision
from grants.funds import actions as funds
from grants.funds.fields import BudgetLine
from grants.funds.models import Fund, LedgerTransaction
from grants.notices.models import Notice
from grants.obligations.models import Obligation
from grants.organisations.fields import ConflictKind, ConflictSource, ConflictState
from grants.organisations.models import Conflict
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal
from grants.reviews.models import Review
from tests.decisions.scene import NOW, TODAY, House


def codes(broken: pytest.ExceptionInfo[RulesBroken]) -> list[str]:
    return [violation.code for violation in broken.value.violations]


def outcomes(rows: Session) -> list[tuple[Outcome, str]]:
    found = rows.execute(select(Decision.outcome, Decision.amount).order_by(Decision.proposal_id))
    return [(outcome, str(amount)) for outcome, amount in found]


def test_a_table_is_put_down_row_by_row(house: House, rows: Session) -> None:
    assert house.propose() == 4
    assert outcomes(rows) == [
        (Outcome.FUND, "38000.00"),
        (Outcome.FUND, "30000.00"),
        (Outcome.RESERVE, "0.00"),
        (Outcome.DECLINE, "0.00"),
    ]
    verbs = rows.scalars(
        select(audit.AuditEntry.verb).where(audit.AuditEntry.subject_type == "decision")
    ).all()
    assert verbs == ["propose"] * 4


def test_what_is_the_same_is_not_written_again(house: House) -> None:
    house.propose()
    assert house.propose() == 0


@pytest.mark.parametrize(
    ("yuan", "code"), [(0, "no_amount"), (40_001, "beyond_request"), (9_999, "below_floor")]
)
def test_an_amount_beyond_its_limits_is_refused_and_nothing_kept(
    house: House, rows: Session, yuan: int, code: str
) -> None:
    with pytest.raises(RulesBroken) as broken:
        house.propose(house.wish(1, Outcome.FUND, 30_000), house.wish(0, Outcome.FUND, yuan))
    assert codes(broken) == [code]
    assert outcomes(rows) == []


def test_a_row_somebody_else_changed_is_not_overwritten(house: House, rows: Session) -> None:
    house.propose(house.wish(0, Outcome.FUND, 38_000))
    with pytest.raises(StaleVersion) as stale:
        house.propose(house.wish(0, Outcome.FUND, 20_000), by="otis")
    assert "暖巷敲门" in str(stale.value)
    house.propose(house.wish(0, Outcome.FUND, 20_000, version=1), by="otis")
    assert outcomes(rows) == [(Outcome.FUND, "20000.00")]


def test_a_row_can_be_left_open_again(house: House, rows: Session) -> None:
    house.propose(house.wish(0, Outcome.FUND, 38_000))
    house.propose(house.wish(0, None, version=1))
    assert outcomes(rows) == []


def test_only_officers_propose(house: House) -> None:
    for name in ("bea", "aud", "eve", "dee", "ada"):
        with pytest.raises(Forbidden):
            house.propose(by=name)


def test_a_proposal_of_another_call_or_none_is_not_there(house: House) -> None:
    with pytest.raises(NotFound):
        house.propose(replace(house.wish(0, Outcome.FUND, 20_000), proposal_id=9_999))


def test_nobody_decides_about_a_group_they_are_tied_to(house: House, rows: Session) -> None:
    tie(house, "olu", 0)
    with pytest.raises(Forbidden):
        house.propose(house.wish(0, Outcome.FUND, 20_000))
    assert outcomes(rows) == []


def tie(house: House, name: str, number: int) -> None:
    with house.inside():
        db.session.add(
            Conflict(
                user_id=house.cast.id(name),
                organisation_id=house.organisations[number],
                kind=ConflictKind.BOARD,
                source=ConflictSource.STAFF,
                state=ConflictState.CONFIRMED,
                declared_on=date(2026, 3, 23),
            )
        )


def test_provisional_rows_are_not_decided_in_bulk(house: House, rows: Session) -> None:
    with house.inside():
        db.session.scalars(select(Review).order_by(Review.id)).first().struck_at = None  # type: ignore[union-attr]
        first = db.session.scalars(select(Review).order_by(Review.id)).first()
        assert first is not None
        first.struck_at, first.struck_reason = NOW, "withdrawn"
    wishes = [house.wish(number, None) for number in range(4)]
    with pytest.raises(RulesBroken) as broken, house.inside():
        proposing.decide_in_bulk(
            house.found_call(), wishes, house.keys, Outcome.FUND, by=house.actor("olu"), at=NOW
        )
    assert codes(broken) == ["provisional"]
    with house.inside():
        proposing.decide_in_bulk(
            house.found_call(), wishes, house.keys[1:2], Outcome.FUND, by=house.actor("olu"), at=NOW
        )
    assert outcomes(rows) == [(Outcome.FUND, "30000.00")]


def test_a_table_that_is_not_ready_stays_with_the_officers(house: House, rows: Session) -> None:
    house.convene()
    house.propose(
        house.wish(0, Outcome.RESERVE),
        house.wish(1, Outcome.FUND, 30_000),
        house.wish(2, Outcome.DECLINE),
    )
    with pytest.raises(RulesBroken) as broken:
        house.put()
    assert codes(broken) == ["undecided", "reason_missing", "reason_missing"]
    assert rows.scalar(select(BoardMeeting.state)) is MeetingState.DRAFT


def test_more_than_the_envelope_never_goes_before_the_board(house: House) -> None:
    house.convene()
    house.propose(
        house.wish(0, Outcome.FUND, 40_000),
        house.wish(1, Outcome.FUND, 30_000),
        house.wish(2, Outcome.FUND, 50_000),
        house.wish(3, Outcome.DECLINE, reason="不足"),
    )
    with pytest.raises(RulesBroken) as broken:
        house.put()
    assert codes(broken) == ["beyond_envelope", "beyond_fund"]


def test_before_the_board_nothing_can_be_changed_until_it_is_taken_back(house: House) -> None:
    house.before_the_board()
    with pytest.raises(IllegalTransition):
        house.propose(house.wish(0, Outcome.FUND, 20_000, version=1))
    with house.inside():
        board.take_back(house.meeting(), note="改金额", by=house.actor("olu"), at=NOW)
    assert house.propose(house.wish(0, Outcome.FUND, 20_000, version=1)) == 1


def test_votes_on_an_earlier_table_do_not_count(house: House) -> None:
    house.before_the_board()
    house.vote(bea=Vote.FOR, gus=Vote.FOR)
    house.minutes()
    with house.inside():
        board.take_back(house.meeting(), note="", by=house.actor("olu"), at=NOW)
    house.propose(house.wish(0, Outcome.FUND, 20_000, version=1))
    house.put()
    with pytest.raises(RulesBroken) as broken:
        house.approve()
    assert "no_quorum" in codes(broken)


def test_the_board_votes_and_nobody_else(house: House, rows: Session) -> None:
    house.before_the_board()
    for name in ("olu", "fay", "aud", "dee"):
        with pytest.raises(Forbidden):
            house.vote(**{name: Vote.FOR})
    house.vote(bea=Vote.AGAINST)
    house.vote(bea=Vote.FOR)
    assert rows.execute(select(BoardVote.user_id, BoardVote.vote)).all() == [(house.cast.id("bea"), Vote.FOR)]


@pytest.mark.parametrize(
    ("votes", "missing"),
    [
        ({"bea": Vote.FOR}, ["no_quorum"]),
        ({"bea": Vote.FOR, "gus": Vote.AGAINST}, ["no_majority"]),
        ({"bea": Vote.FOR, "gus": Vote.ABSTAIN}, ["no_majority"]),
        ({"bea": Vote.FOR, "gus": Vote.FOR, "otis": Vote.AGAINST}, []),
    ],
)
def test_approval_needs_quorum_and_majority(house: House, votes: dict[str, Vote], missing: list[str]) -> None:
    house.before_the_board()
    house.vote(**votes)
    house.minutes()
    if not missing:
        house.approve()
        return
    with pytest.raises(RulesBroken) as broken:
        house.approve()
    assert codes(broken) == missing


def test_without_minutes_nothing_is_approved(house: House, rows: Session) -> None:
    house.before_the_board()
    house.vote(bea=Vote.FOR, gus=Vote.FOR)
    with pytest.raises(RulesBroken) as broken:
        house.approve()
    assert codes(broken) == ["no_minutes"]
    assert rows.scalar(select(func.count(Notice.id))) == 0


def test_only_the_chair_approves(house: House) -> None:
    house.ready()
    for name in ("gus", "olu", "fay"):
        with pytest.raises(Forbidden):
            house.approve(by=name)


def test_one_approval_settles_everything(house: House, rows: Session) -> None:
    house.ready()
    house.approve()
    assert rows.scalars(select(Decision.state).distinct()).all() == [DecisionState.APPROVED]
    states = rows.scalars(select(Proposal.state).order_by(Proposal.id)).all()
    assert states == [
        ProposalState.FUNDED,
        ProposalState.FUNDED,
        ProposalState.RESERVED,
        ProposalState.DECLINED,
    ]
    promised = rows.execute(
        select(LedgerTransaction.case, LedgerTransaction.kind)
        .where(LedgerTransaction.kind == "commitment")
        .order_by(LedgerTransaction.id)
    ).all()
    assert [case for case, _ in promised] == [
        f"proposal/{house.proposals[0]}",
        f"proposal/{house.proposals[1]}",
    ]
    notice = rows.scalars(select(Notice)).one()
    assert [(item["key"], item["amount"]) for item in notice.items] == [
        (f"proposal/{house.proposals[0]}", "38000.00"),
        (f"proposal/{house.proposals[1]}", "30000.00"),
    ]
    assert (notice.state, notice.working_days, notice.starts_on) == ("published", 5, TODAY)
    assert rows.scalar(select(Call.state)) is CallState.IN_NOTICE
    assert rows.scalar(select(Decision.place).where(Decision.outcome == Outcome.RESERVE)) == 1
    meeting = rows.scalars(select(BoardMeeting)).one()
    assert (meeting.state, meeting.approved_at, meeting.minutes_number) == (
        MeetingState.APPROVED,
        NOW,
        "理会纪4号",
    )
    assert rows.scalars(select(Obligation.kind).where(Obligation.closed_at.is_(None))).all() == [
        "results.release"
    ]


def test_money_that_is_gone_meanwhile_stops_the_whole_approval(house: House, rows: Session) -> None:
    house.ready()
    with house.inside():
        fund = db.session.get_one(Fund, house.fund)
        funds.commit_money(
            fund,
            year=TODAY.year,
            amount=Money.yuan(30_000),
            case="call/99",
            line=BudgetLine.GRANTS,
            by=SYSTEM,
            at=NOW,
        )
    with pytest.raises(RulesBroken) as broken:
        house.approve()
    assert codes(broken) == ["beyond_fund"]
    assert rows.scalars(select(Decision.state).distinct()).all() == [DecisionState.PROPOSED]
    assert rows.scalars(select(Proposal.state).distinct()).all() == [ProposalState.IN_REVIEW]
    assert rows.scalar(select(func.count(Notice.id))) == 0
    assert rows.scalar(select(Call.state)) is CallState.IN_REVIEW


def test_it_is_approved_once(house: House) -> None:
    house.ready()
    house.approve()
    with pytest.raises(IllegalTransition):
        house.approve()


def test_results_are_told_in_a_step_of_their_own_and_once(house: House, rows: Session) -> None:
    house.ready()
    with pytest.raises(IllegalTransition), house.inside():
        releasing.release(house.found_call(), by=house.actor("olu"), at=NOW)
    house.approve()
    with house.inside():
        assert releasing.release(house.found_call(), by=house.actor("olu"), at=NOW) == 4
    assert rows.scalars(select(Decision.state).distinct()).all() == [DecisionState.RELEASED]
    with pytest.raises(IllegalTransition), house.inside():
        releasing.release(house.found_call(), by=house.actor("olu"), at=NOW)


@pytest.mark.parametrize(("seats", "quorum"), [(3, 0), (3, 4), (4, 2)])
def test_a_quorum_is_more_than_half_of_the_board(house: House, seats: int, quorum: int) -> None:
    with pytest.raises(RulesBroken) as broken:
        house.convene(seats=seats, quorum=quorum)
    assert codes(broken) == ["quorum"]


def test_the_chair_is_of_the_board(house: House) -> None:
    with pytest.raises(RulesBroken) as broken:
        house.convene(chair="olu")
    assert codes(broken) == ["chair"]

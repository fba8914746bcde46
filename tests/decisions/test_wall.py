"""Hard rule 3 on the board's side: whoever has a tie to a group neither decides on it nor reads of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.accounts import queries as accounts
from grants.accounts.actions import roles
from grants.accounts.fields import RoleName
from grants.calls.models import Call
from grants.core.db import db
from grants.core.errors import Forbidden, RulesBroken
from grants.core.policy import SYSTEM
from grants.decisions.actions import board, releasing
from grants.decisions.fields import DecisionState, Outcome, Vote
from grants.decisions.models import BoardMeeting, Decision
from grants.decisions.queries import minutes, table
from grants.documents.models import Document
from grants.notices import actions as notices
from grants.notices.models import Notice, Objection
from grants.organisations.actions import conflicts
from grants.organisations.fields import ConflictKind
from grants.organisations.models import CaseParty, Organisation
from grants.proposals.actions import going_on
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal
from tests.cast import Browser
from tests.decisions.scene import NOW, House
from tests.decisions.test_actions import codes, tie
from tests.decisions.test_withdrawal import objected
from tests.reviews.scene import organisation

SignIn = Callable[[str], Browser]


def test_the_vote_of_a_tied_member_does_not_count_for_that_row(house: House, rows: Session) -> None:
    tie(house, "gus", 0)
    house.before_the_board()
    house.vote(bea=Vote.FOR, gus=Vote.FOR)
    house.minutes()
    with pytest.raises(RulesBroken) as broken:
        house.approve()
    assert codes(broken) == ["not_carried"]
    assert "暖巷敲门" in str(broken.value.violations[0].message)
    assert rows.scalars(select(Decision.state).distinct()).all() == [DecisionState.PROPOSED]
    rows.rollback()
    house.vote(otis=Vote.FOR)
    house.approve()
    assert rows.scalars(select(Decision.state).distinct()).all() == [DecisionState.APPROVED]


def test_the_minutes_say_who_stood_aside_from_what(house: House) -> None:
    tie(house, "gus", 0)
    house.before_the_board()
    with house.inside():
        paper = minutes.paper(house.meeting(), table.before(house.meeting(), seen_by=SYSTEM))
    assert [(row["title"], row["names"]) for row in paper["recused"]] == [("暖巷敲门", "Gus")]


def test_a_member_with_a_tie_does_not_chair(house: House, rows: Session) -> None:
    tie(house, "bea", 1)
    house.propose()
    with pytest.raises(RulesBroken) as broken:
        house.convene()
    assert codes(broken) == ["chair"]
    house.convene(chair="gus")


def test_a_tie_of_the_chair_that_comes_to_light_later_stops_the_approval(house: House, rows: Session) -> None:
    house.ready()
    tie(house, "bea", 1)
    with pytest.raises(RulesBroken) as broken:
        house.approve()
    assert "chair" in codes(broken)
    assert rows.scalars(select(Proposal.state).distinct()).all() == [ProposalState.IN_REVIEW]


def test_an_officer_with_a_tie_learns_nothing_from_what_is_missing(house: House) -> None:
    house.propose(*(wish for wish in house.decided() if wish.proposal_id != house.proposals[3]))
    house.propose(house.wish(3, Outcome.DECLINE))
    house.convene()
    tie(house, "olu", 3)
    with pytest.raises(RulesBroken) as broken:
        house.put()
    assert codes(broken) == ["incomplete"]


def test_the_filed_minutes_do_not_open_for_whoever_is_tied_to_one_of_their_groups(
    house: House, sign_in: SignIn, rows: Session
) -> None:
    house.ready()
    house.approve()
    file = rows.scalars(select(Document.public_id)).one()
    assert sign_in("otis").get(f"/files/{file}").status_code == 200
    tie(house, "otis", 3)
    otis = sign_in("otis")
    hidden, absent = otis.get(f"/files/{file}"), otis.get("/files/0000000000000000")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.text.replace(file, "") == absent.text.replace("0000000000000000", "")
    assert file not in otis.page(f"{house.address()}/board")


def test_a_co_applicant_of_the_proposal_walls_off_its_row(house: House, sign_in: SignIn) -> None:
    house.propose()
    with house.inside():
        body = organisation("partner")
        db.session.add(body)
        db.session.flush()
        db.session.add(CaseParty(case=f"proposal/{house.proposals[0]}", organisation_id=body.id))
        conflicts.note_conflict(
            house.cast.id("otis"), body.id, kind=ConflictKind.BOARD, by=house.actor("fay"), at=NOW
        )
    otis = sign_in("otis")
    assert "暖巷敲门" not in otis.page(f"{house.address()}/decisions")
    otis.page(f"/proposals/{house.keys[0]}", status=404)
    with pytest.raises(Forbidden):
        house.propose(house.wish(0, Outcome.FUND, 20_000, version=1), by="otis")


def test_a_tie_to_the_host_walls_off_the_row(house: House, sign_in: SignIn) -> None:
    house.propose()
    with house.inside():
        body = organisation("host")
        db.session.add(body)
        db.session.flush()
        db.session.get_one(Organisation, house.organisations[0]).host_id = body.id
        conflicts.note_conflict(
            house.cast.id("otis"), body.id, kind=ConflictKind.BOARD, by=house.actor("fay"), at=NOW
        )
    assert "暖巷敲门" not in sign_in("otis").page(f"{house.address()}/decisions")


def test_telling_the_groups_counts_only_those_one_may_know_of(house: House) -> None:
    house.ready()
    house.approve()
    tie(house, "olu", 0)
    with house.inside():
        assert releasing.release(house.found_call(), by=house.actor("olu"), at=NOW) == 3
    with house.inside():
        assert {row.state for row in db.session.scalars(select(Decision))} == {DecisionState.RELEASED}


def test_an_officer_with_a_tie_neither_reads_nor_decides_the_objection(
    house: House, sign_in: SignIn, rows: Session
) -> None:
    house.ready()
    house.approve()
    objection = objected(house, 0)
    tie(house, "otis", 0)
    with house.inside():
        key = db.session.get_one(Objection, objection).public_id
        notice = db.session.scalars(select(Notice.public_id)).one()
    otis = sign_in("otis")
    assert otis.send(f"/objections/{key}", {"decision": "uphold", "reason": "x"}).status_code == 404
    page = otis.page(f"/notices/{notice}/objections")
    assert ("何实名" in page, "名单重复" in page) == (False, False)
    with pytest.raises(Forbidden), house.inside():
        row = db.session.get_one(Objection, objection)
        notices.uphold(row, reason="x", by=house.actor("otis"), at=NOW)
    assert "何实名" in sign_in("olu").page(f"/notices/{notice}/objections")


def test_a_director_with_a_tie_does_not_settle_the_proposal(house: House) -> None:
    with house.inside():
        roles.grant_role(
            accounts.user_by_id(house.cast.id("olu")), roles.Terms(RoleName.DIRECTOR), by=SYSTEM, at=NOW
        )
    tie(house, "olu", 0)
    with pytest.raises(Forbidden), house.inside():
        proposal = db.session.get_one(Proposal, house.proposals[0])
        going_on.settle(proposal, "fund", by=house.actor("olu"), at=NOW)


def test_the_call_goes_on_for_everybody_else(house: House, rows: Session) -> None:
    """One tied colleague stops nothing but their own hand in it."""
    tie(house, "otis", 0)
    house.ready()
    house.approve()
    assert rows.scalar(select(BoardMeeting.approved_at)) == NOW
    assert rows.scalar(select(Call.state)).value == "in_notice"
    assert board.DECIDED

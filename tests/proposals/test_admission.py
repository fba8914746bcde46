"""From the eligibility check to the reviewers: all that may go on at once, nothing while proposals are taken in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grants.calls.fields import CallState
from grants.calls.models import Call
from grants.core.db import db
from grants.core.errors import Forbidden, RulesBroken
from grants.proposals import queries
from grants.proposals.actions import going_on
from grants.proposals.fields import Opinion, ProposalState
from grants.proposals.models import Proposal, Recommendation
from grants.reviews.models import Entry, EntryOrganisation, ReviewStage
from tests.cast import Browser
from tests.proposals.conftest import CLOSES, NOW, Room

SignIn = Callable[[str], Browser]
AFTER = CLOSES + timedelta(days=1)


@pytest.fixture
def eligible(room: Room) -> str:
    """One proposal that passed, in a call that has closed and has its round of judging."""
    public_id = room.handed_in()
    with room.inside():
        call = db.session.get_one(Call, room.call_id)
        db.session.add(ReviewStage(holder_kind="call", holder_id=call.id, title={"en": "Review"}))
        call.state = CallState.CLOSED
        db.session.scalars(select(Proposal)).one().state = ProposalState.ELIGIBLE
    return public_id


def recommend(room: Room, opinion: Opinion | None) -> None:
    with room.inside():
        owed = db.session.scalars(select(Recommendation)).one()
        owed.opinion, owed.given_at = opinion, NOW if opinion else None


def admit(room: Room, name: str = "olu", at: object = AFTER) -> int:
    by = room.cast.actor(name)
    with room.inside():
        return going_on.admit_all(queries.call_by_id(room.call_id), by=by, at=at)  # type: ignore[arg-type]


def test_a_recommended_proposal_goes_as_it_was_handed_in_and_the_call_with_it(
    room: Room, eligible: str, rows: Session
) -> None:
    recommend(room, Opinion.RECOMMEND)
    assert admit(room) == 1
    entry = rows.scalars(select(Entry)).one()
    proposal = rows.scalars(select(Proposal)).one()
    assert (entry.subject_id, entry.content_hash, entry.topics) == (
        proposal.id,
        proposal.content_hash,
        ["elderly"],
    )
    assert rows.scalars(select(EntryOrganisation.organisation_id)).all() == [proposal.organisation_id]
    assert proposal.state is ProposalState.IN_REVIEW
    assert rows.scalar(select(Call.state)) is CallState.IN_REVIEW
    assert admit(room) == 0


@pytest.mark.parametrize("opinion", [None, Opinion.NOT])
def test_without_the_districts_recommendation_it_stays(
    room: Room, eligible: str, rows: Session, opinion: Opinion | None
) -> None:
    recommend(room, opinion)
    assert admit(room) == 0
    assert rows.scalar(select(Proposal.state)) is ProposalState.ELIGIBLE


def test_nothing_goes_while_proposals_are_taken_in(room: Room, eligible: str, rows: Session) -> None:
    recommend(room, Opinion.RECOMMEND)
    with pytest.raises(RulesBroken) as broken:
        admit(room, at=CLOSES)
    assert [violation.code for violation in broken.value.violations] == ["still_open"]
    assert rows.scalar(select(Proposal.state)) is ProposalState.ELIGIBLE


def test_only_the_officers_of_the_call_do_it(room: Room, eligible: str) -> None:
    for name in ("ada", "di", "aud", "dee"):
        with pytest.raises(Forbidden):
            admit(room, name)


def test_the_page_names_who_waits_for_what(room: Room, eligible: str, sign_in: SignIn, rows: Session) -> None:
    address = f"/calls/{rows.scalar(select(Call.public_id))}/to-review"
    olu = sign_in("olu")
    page = olu.page(address)
    assert ("暖巷敲门" in page, "no word yet" in page) == (True, True)
    answer = olu.send(address)
    assert (answer.status_code, "Proposals are still taken in." in answer.text) == (422, True)
    for name in ("ada", "dee", "aud"):
        sign_in(name).page(address, status=404)


def test_opinions_that_are_overdue_are_listed_with_their_district(
    room: Room, eligible: str, sign_in: SignIn, rows: Session
) -> None:
    address = f"/calls/{rows.scalar(select(Call.public_id))}/to-review"
    rows.rollback()
    olu = sign_in("olu")
    assert "Opinions that are overdue" not in olu.page(address)
    with room.inside():
        db.session.execute(update(Recommendation).values(due_at=NOW - timedelta(days=1)))
    page = olu.page(address)
    assert "Opinions that are overdue" in page
    assert "Liwan" in page.partition("Opinions that are overdue")[2]

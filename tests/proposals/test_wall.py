"""Hard rule 3 before the reviewers come in: whoever has a tie neither checks, admits nor hears of a proposal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.accounts import queries as accounts
from grants.core import clock, jobs
from grants.core.db import db
from grants.core.errors import Forbidden, NotFound, RulesBroken
from grants.core.policy import SYSTEM
from grants.messaging.models import Notification
from grants.organisations import walls
from grants.organisations.actions import conflicts
from grants.organisations.fields import ConflictKind, ConflictState, MemberRole
from grants.organisations.models import CaseParty, Conflict, Membership, Organisation
from grants.proposals import queries
from grants.proposals.actions import going_on, handing_in, parties, screening
from grants.proposals.models import Proposal
from grants.threads import actions as threads
from grants.threads.models import Message, Thread
from grants.threads.queries import holder_for, unread
from tests.cast import Browser
from tests.proposals.conftest import NOW, Room
from tests.reviews.scene import organisation

SignIn = Callable[[str], Browser]
Inside = Callable[..., AbstractContextManager[None]]
WORDS = {"title": "补材料", "body": "请补交名单。"}


def tie(room: Room, name: str, body: int = 0) -> None:
    by, person = room.cast.actor("fay"), room.cast.id(name)
    with room.inside():
        conflicts.note_conflict(person, body or room.group_id, kind=ConflictKind.FAMILY, by=by, at=NOW)


def test_a_colleague_of_the_group_is_found_out_when_it_hands_in(room: Room, rows: Session) -> None:
    otis = room.cast.id("otis")
    with room.inside():
        member = {"organisation_id": room.group_id, "user_id": otis, "role": MemberRole.VIEWER}
        db.session.add(Membership(from_on=clock.today(), **member))
    public_id = room.handed_in()
    tie_found = rows.scalars(select(Conflict)).one()
    assert (tie_found.user_id, tie_found.state) == (otis, ConflictState.SUSPECTED)
    with pytest.raises(Forbidden), room.proposal(public_id, by="otis") as (proposal, by):
        screening.pass_screening(proposal, by=by, at=NOW)


def test_who_stands_behind_a_case_is_known_from_the_first_draft(room: Room, rows: Session) -> None:
    public_id = room.start()
    proposal_id = rows.scalars(select(Proposal.id).where(Proposal.public_id == public_id)).one()
    found = rows.execute(select(CaseParty.case, CaseParty.organisation_id)).all()
    assert found == [(f"proposal/{proposal_id}", room.group_id)]


def test_an_officer_with_a_tie_finds_no_page_of_it(room: Room, sign_in: SignIn) -> None:
    public_id = room.handed_in()
    tie(room, "otis")
    otis = sign_in("otis")
    for page in ("", "/screening", "/print", "/receipt", "/versions"):
        otis.page(f"/proposals/{public_id}{page}", status=404)
    otis.page(f"/cases/{public_id}", status=404)
    assert "暖巷敲门" not in otis.page("/desk/proposals")
    assert "暖巷敲门" not in otis.page("/home")
    assert "暖巷敲门" in sign_in("olu").page("/desk/proposals")


def test_taking_all_to_the_reviewers_leaves_out_whom_one_is_tied_to(room: Room) -> None:
    public_id = room.handed_in()
    tie(room, "otis")
    with pytest.raises(Forbidden), room.proposal(public_id, by="otis") as (proposal, by):
        going_on.admit(proposal, None, by=by, at=NOW)  # type: ignore[arg-type]


def test_nobody_with_a_tie_is_put_in_charge(room: Room, rows: Session) -> None:
    public_id = room.handed_in()
    tie(room, "otis")
    otis = room.cast.id("otis")
    with pytest.raises(RulesBroken) as broken, room.proposal(public_id, by="olu") as (proposal, by):
        screening.assign_officer(proposal, accounts.user_by_id(otis), by=by, at=NOW)
    assert [violation.code for violation in broken.value.violations] == ["tied"]
    assert rows.scalar(select(Proposal.officer_id)) is None


@pytest.mark.parametrize("by_a_party", [False, True])
def test_who_looks_after_a_proposal_lets_go_when_a_tie_comes_to_light(
    room: Room, rows: Session, by_a_party: bool
) -> None:
    """Whether the tie is new, or whom one is tied to comes to stand behind the proposal."""
    public_id, otis = room.handed_in(), room.cast.id("otis")
    with room.proposal(public_id, by="olu") as (proposal, by):
        screening.assign_officer(proposal, accounts.user_by_id(otis), by=by, at=NOW)
    body = room.other_id if by_a_party else room.group_id
    with room.inside():
        conflicts.note_conflict(otis, body, kind=ConflictKind.FAMILY, by=SYSTEM, at=NOW)
    if by_a_party:
        assert rows.scalar(select(Proposal.officer_id)) == otis
        rows.rollback()
        with room.proposal(public_id, by="olu") as (proposal, by):
            parties.add_party(proposal, db.session.get_one(Organisation, body), by=by, at=NOW)
    assert rows.scalar(select(Proposal.officer_id)) is None
    with room.proposal(public_id, by="olu") as (proposal, _by):
        assert otis not in queries.who_looks_after(proposal)
        assert room.cast.id("olu") in queries.who_looks_after(proposal)


def test_more_time_for_a_group_one_is_tied_to_is_refused_as_if_it_had_no_draft(room: Room) -> None:
    room.start()
    tie(room, "otis")
    by = room.cast.actor("otis")
    with pytest.raises(RulesBroken) as broken, room.inside():
        call = queries.call_by_id(room.call_id)
        group = db.session.get_one(Organisation, room.group_id)
        handing_in.extend(call, group, NOW + timedelta(days=30), "停电", by=by, at=NOW)
    assert [violation.code for violation in broken.value.violations] == ["no_draft"]


def test_a_co_applicant_is_entered_on_the_page_and_walls_off_its_people(
    room: Room, sign_in: SignIn, rows: Session
) -> None:
    public_id = room.handed_in()
    with room.inside():
        body = organisation("木棉社工站")
        db.session.add(body)
        db.session.flush()
        partner = body.id
    tie(room, "otis", partner)
    olu = sign_in("olu")
    page = f"/proposals/{public_id}"
    assert sign_in("otis").get(f"{page}/screening").status_code == 200
    assert olu.send(f"{page}/parties", {"name": "没有这个单位"}).status_code == 422
    assert olu.send(f"{page}/parties", {"name": "木棉社工站"}).status_code == 303
    assert olu.send(f"{page}/parties", {"name": "木棉社工站"}).status_code == 422
    assert "木棉社工站" in olu.page(f"{page}/screening")
    assert rows.scalar(select(func.count(CaseParty.id))) == 2
    otis = sign_in("otis")
    otis.page(f"{page}/screening", status=404)
    otis.page(page, status=404)
    assert "暖巷敲门" not in otis.page("/desk/proposals")
    for name in ("ada", "aud", "dee"):
        assert sign_in(name).send(f"{page}/parties", {"name": "x"}).status_code == 404


def test_group_and_staff_talk_and_who_judges_or_decides_does_not_listen(
    room: Room, sign_in: SignIn, rows: Session
) -> None:
    public_id = room.handed_in()
    begin = f"/threads/about/proposal/{public_id}"
    assert begin in sign_in("olu").page(f"/proposals/{public_id}")
    assert sign_in("olu").send(begin, WORDS).status_code == 303
    rows.rollback()
    thread = rows.scalars(select(Thread)).one()
    talk = f"/threads/{thread.public_id}"
    assert sign_in("bo").send(talk, {"body": "明天补。"}).status_code == 303
    assert "明天补。" in sign_in("aud").page(talk)
    tie(room, "otis")
    for name in ("dee", "bea", "di", "cy", "otis"):
        browser = sign_in(name)
        for path in (talk, begin):
            browser.page(path, status=404)
            assert browser.send(path, WORDS).status_code == 404
    assert begin not in sign_in("bea").page(f"/proposals/{public_id}")
    rows.rollback()
    assert rows.scalar(select(func.count(Message.id))) == 2


def test_who_has_a_tie_since_hears_no_more_of_the_conversation(room: Room, rows: Session) -> None:
    public_id = room.handed_in()
    actors = {name: room.cast.actor(name) for name in ("ada", "olu", "otis")}
    with room.inside():
        about = holder_for(actors["otis"], "proposal", queries.by_public_id(public_id).id)
        thread = threads.open_thread(about, **WORDS, by=actors["otis"], at=NOW)
        thread_id = thread.id
    tie(room, "otis")
    with room.inside():
        threads.post(db.session.get_one(Thread, thread_id), "已补。", by=actors["ada"], at=NOW)
        assert unread(room_actor("otis", room)) == []
        with pytest.raises(NotFound):
            holder_for(room_actor("otis", room), "proposal", queries.by_public_id(public_id).id)
    jobs.run_due(room.app)
    told = rows.scalars(select(Notification.user_id).where(Notification.kind == "message_posted")).all()
    assert room.cast.id("olu") in told
    assert told.count(room.cast.id("otis")) == 0
    with room.inside():
        assert walls.tied_to(room.group_id) == {room.cast.id("otis")}


def room_actor(name: str, room: Room) -> accounts.Actor:
    return accounts.actor_of(room.cast.id(name))

"""Hard rule 3, W16: wherever a tie can come about it is looked for, and a tie to the host counts by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.accounts import queries as accounts
from grants.accounts.actions import roles
from grants.accounts.fields import RoleName
from grants.core.db import db
from grants.core.errors import Forbidden
from grants.core.events import publish
from grants.core.policy import SYSTEM, permits
from grants.messaging.actions import tell_all
from grants.messaging.models import Notification
from grants.messaging.queries import inbox, message_count, unread_count
from grants.obligations import actions as obligations
from grants.obligations import fields as owners
from grants.obligations.queries import mine
from grants.organisations import walls as wall
from grants.organisations.actions import conflicts
from grants.organisations.events import ProfileEdited, StatusChanged
from grants.organisations.fields import ConflictKind, ConflictState, MemberRole
from grants.organisations.models import CaseParty, Conflict, Membership, Organisation
from grants.reviews.actions import assigning, walls
from grants.reviews.fields import AssignmentState, Struck
from grants.reviews.models import Assignment, Review
from grants.reviews.queries import assigning as pool
from grants.reviews.queries import loading
from tests.cast import Browser
from tests.granted import add_call
from tests.reviews.scene import NOW, Scene, organisation
from tests.reviews.test_wall import TITLES, note

SignIn = Callable[[str], Browser]
CASE = "proposal/100"


@pytest.fixture
def host(scene: Scene) -> int:
    """A body that takes the money for the first group."""
    with scene.inside():
        body = organisation("host")
        db.session.add(body)
        db.session.flush()
        db.session.get_one(Organisation, scene.organisations[0]).host_id = body.id
        return body.id


def tie_to(scene: Scene, name: str, body: int) -> None:
    with scene.inside():
        conflicts.note_conflict(
            scene.cast.id(name), body, kind=ConflictKind.FAMILY, by=scene.actor("fay"), at=NOW
        )


def joins(scene: Scene, name: str, body: int) -> None:
    """A membership that nobody told us of."""
    with scene.inside():
        member = {"organisation_id": body, "user_id": scene.cast.id(name), "role": MemberRole.VIEWER}
        db.session.add(Membership(from_on=NOW.date(), **member))


def test_a_tie_to_the_host_is_a_tie_to_the_group(scene: Scene, rows: Session, host: int) -> None:
    scene.review(0, "dee")
    scene.assign(1, "dee")
    tie_to(scene, "dee", host)
    states = rows.scalars(select(Assignment.state).order_by(Assignment.id)).all()
    assert states == [AssignmentState.RECUSED, AssignmentState.ACCEPTED]
    assert rows.scalar(select(Review.struck_reason)) is Struck.CONFLICT
    with scene.inside():
        dee, fay = scene.actor("dee"), scene.actor("fay")
        assert dee.holds_within("conflicted", organisation_id=scene.organisations[0])
        assert dee.holds_within("conflicted", case=CASE)
        assert not dee.holds_within("conflicted", organisation_id=scene.organisations[1])
        chosen = {one.name: one.is_conflicted for one in pool.candidates(scene.found_entry(0), on=NOW.date())}
        assert chosen["Dee"]
        assert scene.cast.id("dee") not in loading.readers_of("proposal", 100)
        assert not fay.holds("conflicted")


def test_what_staff_have_looked_into_lets_in_for_that_group_alone(scene: Scene, host: int) -> None:
    tie_to(scene, "dee", host)
    with scene.inside():
        db.session.get_one(Organisation, scene.organisations[1]).host_id = host
    with scene.inside():
        found = conflicts.detect_conflicts(
            [scene.cast.id("dee")], scene.organisations, by=scene.actor("fay"), at=NOW
        )
        assert [(row.kind, row.state) for row in found] == [(ConflictKind.HOST, ConflictState.SUSPECTED)] * 2
        conflicts.clear_conflict(found[0], by=scene.actor("fay"), at=NOW)
    with scene.inside():
        assert wall.tied_to(scene.organisations[0]) == frozenset()
        assert wall.tied_to(scene.organisations[1]) == {scene.cast.id("dee")}
        assert wall.tied_to(host) == {scene.cast.id("dee")}


def test_accepting_compares_once_more_and_the_entry_is_gone(
    scene: Scene, sign_in: SignIn, rows: Session
) -> None:
    public_id = scene.assign(0, "dee", state="invited")
    joins(scene, "dee", scene.organisations[0])
    dee = sign_in("dee")
    answer = dee.send(
        f"/reviews/{public_id}/answer", {"answer": "none", "kind": "other"}, follow_redirects=True
    )
    assert answer.status_code == 200
    assert "Something on file ties you" in answer.text
    assert TITLES[0] not in answer.text
    assert rows.scalar(select(Assignment.state)) is AssignmentState.RECUSED
    assert rows.scalar(select(Conflict.state)) is ConflictState.SUSPECTED
    dee.page(f"/reviews/{public_id}", status=404)


def test_inviting_leaves_out_who_became_tied_meanwhile(scene: Scene, rows: Session) -> None:
    scene.assign(0, "dee", state="proposed")
    scene.assign(1, "dee", state="proposed")
    joins(scene, "dee", scene.organisations[0])
    with scene.inside():
        assert assigning.invite(scene.found_stage(), by=scene.actor("fay"), at=NOW) == 1
    states = rows.scalars(select(Assignment.state).order_by(Assignment.id)).all()
    assert states == [AssignmentState.RECUSED, AssignmentState.INVITED]


def test_another_host_after_the_assignment_puts_up_the_wall(scene: Scene, rows: Session) -> None:
    scene.review(0, "dee")
    with scene.inside():
        body = organisation("newhost")
        db.session.add(body)
        db.session.flush()
        new = body.id
    tie_to(scene, "dee", new)
    assert rows.scalar(select(Review.struck_at)) is None
    rows.rollback()
    with scene.inside():
        db.session.get_one(Organisation, scene.organisations[0]).host_id = new
        said = {"organisation_id": scene.organisations[0], "what": "host"}
        publish(StatusChanged(occurred_at=NOW, actor_id=None, case="organisation/1", **said))
    assert rows.scalar(select(Review.struck_reason)) is Struck.CONFLICT
    assert rows.scalar(select(Assignment.state)) is AssignmentState.RECUSED


def test_another_contact_of_the_group_is_compared(scene: Scene, rows: Session) -> None:
    scene.assign(0, "dee")
    with scene.inside():
        group = db.session.get_one(Organisation, scene.organisations[0])
        group.contact_mail_domain = "kapok.example"
        accounts.user_by_id(scene.cast.id("dee")).email = "dee@kapok.example"
    with scene.inside():
        said = {"organisation_id": scene.organisations[0], "columns": ("contact_mail_domain",)}
        publish(ProfileEdited(occurred_at=NOW, actor_id=None, case="organisation/1", **said))
    assert rows.scalar(select(Conflict.kind)) is ConflictKind.MAIL_DOMAIN
    assert rows.scalar(select(Assignment.state)) is AssignmentState.RECUSED


def test_a_co_applicant_brings_its_ties_along(scene: Scene, rows: Session) -> None:
    scene.review(0, "dee")
    with scene.inside():
        body = organisation("partner")
        db.session.add(body)
        db.session.flush()
        partner = body.id
    tie_to(scene, "dee", partner)
    joins(scene, "otis", partner)
    with scene.inside():
        body = db.session.get_one(Organisation, partner)
        assert walls.add_party(scene.found_entry(0), body, by=scene.actor("fay"), at=NOW)
        assert not walls.add_party(scene.found_entry(0), body, by=scene.actor("fay"), at=NOW)
    assert rows.scalar(select(Review.struck_reason)) is Struck.CONFLICT
    with scene.inside():
        assert wall.tied_to_cases([CASE]) == {CASE: {scene.cast.id("dee"), scene.cast.id("otis")}}
        assert not permits(scene.actor("otis"), "entry.view", scene.found_entry(0))
        assert permits(scene.actor("otis"), "entry.view", scene.found_entry(1))


def test_who_may_not_run_the_stage_adds_nobody(scene: Scene, rows: Session) -> None:
    for name in ("dee", "ada", "aud", "bea"):
        with pytest.raises(Forbidden), scene.inside():
            body = db.session.get_one(Organisation, scene.organisations[1])
            walls.add_party(scene.found_entry(0), body, by=scene.actor(name), at=NOW)
    assert rows.scalar(select(func.count(CaseParty.id))) == 3


def test_a_colleague_of_the_board_is_compared_when_the_role_is_given(scene: Scene, rows: Session) -> None:
    joins(scene, "ada", scene.organisations[0])
    with scene.inside():
        user = accounts.user_by_id(scene.cast.id("ada"))
        roles.grant_role(user, roles.Terms(RoleName.BOARD), by=SYSTEM, at=NOW)
    found = rows.execute(select(Conflict.user_id, Conflict.organisation_id, Conflict.kind)).all()
    assert found == [(scene.cast.id("ada"), scene.organisations[0], ConflictKind.MEMBER)]


def test_a_tie_that_is_confirmed_again_strikes_what_was_written_meanwhile(
    scene: Scene, rows: Session
) -> None:
    note(scene, "dee", 0)
    with scene.inside():
        tie = db.session.scalars(select(Conflict)).one()
        conflicts.clear_conflict(tie, by=scene.actor("fay"), at=NOW)
    scene.review(0, "dee")
    with scene.inside():
        tie = db.session.scalars(select(Conflict)).one()
        conflicts.confirm_conflict(tie, by=scene.actor("fay"), at=NOW)
    assert rows.scalar(select(Review.struck_reason)) is Struck.CONFLICT


FACT = {"occurred_at": NOW.isoformat(), "actor_id": None, "case": CASE, "title": "暖巷敲门"}


@pytest.fixture
def board_fact(scene: Scene) -> dict[str, object]:
    """The board is asked to vote, on a page that is there."""
    with scene.inside():
        call = add_call()
        return FACT | {"meeting_id": 1, "call_id": call.id, "call": call.public_id}


def test_nobody_with_a_tie_is_told_anything_of_the_case(
    scene: Scene, rows: Session, host: int, board_fact: dict[str, object]
) -> None:
    tie_to(scene, "bea", host)
    with scene.inside():
        roles.grant_role(
            accounts.user_by_id(scene.cast.id("gus")), roles.Terms(RoleName.BOARD), by=SYSTEM, at=NOW
        )
    with scene.inside():
        tell_all("BoardConvened", board_fact)
    assert rows.scalars(select(Notification.user_id)).all() == [scene.cast.id("gus")]


def test_what_was_told_before_the_tie_is_hidden_and_not_counted(
    scene: Scene, board_fact: dict[str, object]
) -> None:
    with scene.inside():
        tell_all("BoardConvened", board_fact)
    with scene.inside():
        bea = scene.actor("bea")
        assert (len(inbox(bea)), message_count(bea), unread_count(bea)) == (1, 1, 1)
    note(scene, "bea", 0)
    with scene.inside():
        bea = scene.actor("bea")
        assert (inbox(bea), message_count(bea), unread_count(bea)) == ([], 0, 0)


def test_a_member_of_the_group_still_hears_of_its_own_case(
    scene: Scene, board_fact: dict[str, object]
) -> None:
    """Being kept from judging one's own group keeps nobody from leading it."""
    joins(scene, "bea", scene.organisations[0])
    note(scene, "bea", 0)
    with scene.inside():
        tell_all("BoardConvened", board_fact)
    with scene.inside():
        assert unread_count(scene.actor("bea")) == 1


def test_no_duty_of_a_role_shows_the_case(scene: Scene) -> None:
    with scene.inside():
        obligations.open_duty(
            "proposal.screen",
            subject=("proposal", 100),
            owner=owners.role("officer"),
            due_at=None,
            case=CASE,
            values={"number": "MM-1", "title": "暖巷敲门", "proposal": "x"},
            at=NOW,
        )
    note(scene, "otis", 0)
    with scene.inside():
        assert [duty.case for duty in mine(scene.actor("olu"))] == [CASE]
        assert mine(scene.actor("otis")) == []


def test_an_officer_with_a_tie_does_not_hear_who_stepped_back(scene: Scene, rows: Session) -> None:
    """Through the one gate of all that is told: `kept_out_of` the case."""
    scene.assign(0, "dee", state="invited")
    olu = scene.cast.id("olu")
    note(scene, "otis", 0)
    with scene.inside():
        tell_all(
            "ReviewerSteppedBack",
            {"case": CASE, "title": TITLES[0], "entry": scene.found_entry(0).public_id, "holder_kind": "call",
             "holder_id": 1, "reviewer": "Dee", "reason": "", "occurred_at": NOW.isoformat()},
        )  # fmt: skip
    assert rows.scalars(select(Notification.user_id)).all() == [olu]

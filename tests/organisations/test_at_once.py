"""Two people change who belongs to a group, and who leads it, at the same moment: somebody always leads."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.accounts.queries import user_by_id
from grants.core.db import db
from grants.organisations import queries
from grants.organisations.actions import members
from grants.organisations.fields import HandOverState, MemberRole
from grants.organisations.models import HandOver, Invitation, Membership
from tests.at_once import overlap
from tests.cast import Cast
from tests.organisations.test_actions import AT, Inside, group

__all__ = ["group"]


@pytest.fixture
def two_leaders(cast: Cast, inside: Inside, group: int) -> dict[str, str]:
    """Ada and Bo lead the group, Cy writes for it: their memberships."""
    ada = cast.actor("ada")
    joined = {"bo": MemberRole.OWNER, "cy": MemberRole.EDITOR}
    for name in joined:
        cast.id(name)
    with inside():
        body = queries.by_id(group)
        for name, role in joined.items():
            members.join(body, user_by_id(cast.id(name)), role, by=ada, at=AT)
        db.session.flush()
        people = {cast.id(name): name for name in ("ada", "bo", "cy")}
        return {people[row.user_id]: row.public_id for row in queries.members(group)}


def leaders(rows: Session) -> list[int]:
    rows.rollback()
    leads = select(Membership.user_id).where(
        Membership.role == MemberRole.OWNER, Membership.until_on.is_(None)
    )
    return list(rows.scalars(leads))


def test_two_leaders_who_leave_at_once_leave_one(
    app: Flask, cast: Cast, rows: Session, two_leaders: dict[str, str]
) -> None:
    ada, bo = cast.actor("ada"), cast.actor("bo")
    outcomes = overlap(
        app,
        lambda: members.end_membership(queries.membership(two_leaders["ada"]), by=ada, at=AT),
        lambda: members.change_role(queries.membership(two_leaders["bo"]), MemberRole.EDITOR, by=bo, at=AT),
    )
    assert outcomes == ("done", "RulesBroken")
    assert leaders(rows) == [cast.id("bo")]


def test_a_lead_that_was_taken_back_is_not_accepted(
    app: Flask, cast: Cast, inside: Inside, rows: Session, group: int, two_leaders: dict[str, str]
) -> None:
    ada, cy = cast.actor("ada"), cast.actor("cy")
    with inside():
        successor = queries.membership(two_leaders["cy"])
        asked = members.propose_hand_over(queries.by_id(group), successor, by=ada, at=AT)
        db.session.flush()
        address = asked.public_id
    outcomes = overlap(
        app,
        lambda: members.withdraw_hand_over(queries.hand_over(address), by=ada, at=AT),
        lambda: members.accept_hand_over(queries.hand_over(address), by=cy, at=AT),
    )
    assert outcomes == ("done", "IllegalTransition")
    assert cast.id("cy") not in leaders(rows)
    assert rows.scalars(select(HandOver.state)).all() == [HandOverState.WITHDRAWN]


def test_nobody_leads_who_was_let_go_meanwhile(
    app: Flask, cast: Cast, inside: Inside, rows: Session, group: int, two_leaders: dict[str, str]
) -> None:
    ada, bo, cy = cast.actor("ada"), cast.actor("bo"), cast.actor("cy")
    with inside():
        successor = queries.membership(two_leaders["cy"])
        asked = members.propose_hand_over(queries.by_id(group), successor, by=ada, at=AT)
        db.session.flush()
        address = asked.public_id
    outcomes = overlap(
        app,
        lambda: members.end_membership(queries.membership(two_leaders["cy"]), by=bo, at=AT),
        lambda: members.accept_hand_over(queries.hand_over(address), by=cy, at=AT),
    )
    assert outcomes == ("done", "NotFound")
    assert sorted(leaders(rows)) == sorted([cast.id("ada"), cast.id("bo")])


@pytest.fixture
def invited(cast: Cast, inside: Inside, group: int) -> str:
    ada, dee = cast.actor("ada"), cast.user("dee")
    with inside():
        asked = members.invite(queries.by_id(group), dee.email or "", MemberRole.VIEWER, by=ada, at=AT)
        db.session.flush()
        return asked.public_id


def places(rows: Session, user_id: int) -> int:
    rows.rollback()
    return len(rows.scalars(select(Membership).where(Membership.user_id == user_id)).all())


def test_an_invitation_is_accepted_once(app: Flask, cast: Cast, rows: Session, invited: str) -> None:
    dee = cast.actor("dee")
    outcomes = overlap(
        app,
        lambda: members.accept_invitation(queries.invitation(invited), by=dee, at=AT),
        lambda: members.accept_invitation(queries.invitation(invited), by=dee, at=AT),
    )
    assert outcomes == ("done", "IllegalTransition")
    assert places(rows, cast.id("dee")) == 1


def test_an_invitation_is_withdrawn_or_accepted_never_both(
    app: Flask, cast: Cast, rows: Session, invited: str
) -> None:
    ada, dee = cast.actor("ada"), cast.actor("dee")
    outcomes = overlap(
        app,
        lambda: members.withdraw_invitation(queries.invitation(invited), by=ada, at=AT),
        lambda: members.accept_invitation(queries.invitation(invited), by=dee, at=AT),
    )
    assert outcomes == ("done", "IllegalTransition")
    assert places(rows, cast.id("dee")) == 0
    assert rows.scalars(select(Invitation.accepted_at)).all() == [None]

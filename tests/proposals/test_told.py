"""Who hears of what becomes of a proposal, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.accounts.models import User
from grants.core import clock, jobs
from grants.core.db import db
from grants.core.policy import SYSTEM
from grants.messaging.models import Notification
from grants.organisations.actions.conflicts import note_conflict
from grants.organisations.fields import ConflictKind, ConflictSource, ConflictState
from grants.organisations.models import Conflict
from grants.proposals.actions import screening
from tests.cast import Browser
from tests.proposals.conftest import NOW, Inside, Room


@pytest.fixture
def told(app: Flask, room: Room, rows: Session) -> set[tuple[str, str]]:
    """(who, what) after a proposal was handed in and returned, with an officer and a district at their desks."""
    for name in ("olu", "di", "eve"):
        room.cast.id(name)
    public_id = room.handed_in()
    with room.proposal(public_id, by="olu") as (proposal, olu):
        screening.send_back(proposal, ["need"], "要有数字", NOW + timedelta(days=3), by=olu, at=NOW)
    jobs.run_due(app)
    found = rows.execute(select(User.name, Notification.kind).join(User, User.id == Notification.user_id))
    return {(name, kind) for name, kind in found if kind.startswith("proposal")}


def test_everybody_concerned_hears_of_it_and_nobody_else(told: set[tuple[str, str]]) -> None:
    assert told == {
        ("Ada", "proposal_in"),
        ("Bo", "proposal_in"),
        ("Olu", "proposal_to_check"),
        ("Di", "proposal_to_recommend"),
        ("Ada", "proposal_returned"),
        ("Bo", "proposal_returned"),
    }


def test_an_officer_with_a_tie_to_the_group_hears_nothing(
    app: Flask, room: Room, rows: Session, inside: Inside
) -> None:
    olu, otis = room.cast.id("olu"), room.cast.id("otis")
    with inside():
        db.session.add(
            Conflict(
                user_id=otis, organisation_id=room.group_id, kind=ConflictKind.ADVISER,
                source=ConflictSource.DECLARED, state=ConflictState.CONFIRMED, declared_on=clock.today(),
            )
        )  # fmt: skip
    room.handed_in()
    jobs.run_due(app)
    told = rows.scalars(select(Notification.user_id).where(Notification.kind == "proposal_to_check"))
    assert told.all() == [olu]


def test_no_page_of_a_tied_officer_speaks_of_the_case_any_more(
    app: Flask, room: Room, sign_in: Callable[[str], Browser], inside: Inside
) -> None:
    """Neither the duty of the role nor what was told before the tie was known."""
    olu = room.cast.id("olu")
    room.handed_in()
    jobs.run_due(app)
    before = [sign_in("olu").page(place) for place in ("/home", "/messages")]
    with inside():
        note_conflict(olu, room.group_id, kind=ConflictKind.ADVISER, by=SYSTEM, at=clock.now())
    after = [sign_in("olu").page(place) for place in ("/home", "/messages")]
    assert ["敲门" in page for page in before] == [True, True]
    assert ["敲门" in page for page in after] == [False, False]


def test_a_proposal_is_found_by_number_title_and_group(
    room: Room, sign_in: Callable[[str], Browser], inside: Inside
) -> None:
    room.cast.id("olu")
    public_id = room.handed_in()
    with room.proposal(public_id, by="olu") as (proposal, _olu):
        number, title = proposal.number or "", proposal.title
    desk = sign_in("olu")
    for words in (number, title, "敲门队"):
        assert f"/cases/{public_id}" in desk.page(f"/desk/proposals?q={quote(words)}"), words
    assert f"/cases/{public_id}" not in desk.page(f"/desk/proposals?q={quote('登山')}")

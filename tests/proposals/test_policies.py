"""Who sees a proposal: the table and its SQL twin say the same for everybody."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from grants.accounts.actions import roles
from grants.accounts.fields import RoleName, ScopeKind
from grants.core.db import db
from grants.core.policy import SYSTEM, permits
from grants.organisations.fields import ConflictKind, ConflictSource, ConflictState
from grants.organisations.models import Conflict
from grants.proposals import queries
from grants.proposals.actions import handing_in
from grants.proposals.models import Proposal
from tests.proposals.conftest import NOW, Room, make_call, make_group

CAST = ("ada", "bo", "vi", "cy", "dee", "eve", "fay", "olu", "di", "bea", "gus", "max", "aud", "cal", "tia")


@pytest.fixture
def crowd(room: Room) -> Room:
    """Drafts, handed in and withdrawn ones, in two districts and two calls; Cal runs one call; Tia and Bo are tied."""
    room.handed_in()
    room.start(by="cy", group_id=room.other_id)
    with room.inside():
        third = make_group("第三队", {room.cast.id("ada"): "owner"})
        fourth = make_group("第四队", {room.cast.id("ada"): "owner"})
    room.handed_in(group_id=third, basics={"place": "440106006"})
    gone = room.start(group_id=fourth)
    with room.proposal(gone, by="ada") as (proposal, ada):
        handing_in.withdraw(proposal, "", by=ada, at=NOW)
    first = room.call_id
    with room.inside():
        room.call_id = make_call(number="穗志资〔2026〕2号")
    room.handed_in()
    cal, tia, bo = (room.cast.id(name) for name in ("cal", "tia", "bo"))
    with room.inside():
        at = NOW
        terms = roles.Terms(RoleName.OFFICER, ScopeKind.CALL, str(first))
        roles.grant_role(queries_user(cal), terms, by=SYSTEM, at=at)
        roles.grant_role(queries_user(tia), roles.Terms(RoleName.OFFICER), by=SYSTEM, at=at)
        for user_id in (tia, bo):
            db.session.add(
                Conflict(
                    user_id=user_id,
                    organisation_id=room.group_id,
                    kind=ConflictKind.FAMILY,
                    source=ConflictSource.DECLARED,
                    state=ConflictState.SUSPECTED,
                    declared_on=at.date(),
                )
            )
    return room


def queries_user(user_id: int):  # noqa: ANN201 - the row of accounts
    from grants.accounts.queries import user_by_id

    return user_by_id(user_id)


def test_the_table_and_its_twin_agree_for_everybody(crowd: Room) -> None:
    seen: dict[str, int] = {}
    for name in CAST:
        actor = crowd.cast.actor(name)
        with crowd.inside(read_only=True):
            everything = db.session.scalars(select(Proposal)).all()
            by_table = {row.id for row in everything if permits(actor, "proposal.view", row)}
            by_twin = {row.id for row in db.session.scalars(queries.visible_to(actor))}
        assert by_table == by_twin, name
        seen[name] = len(by_table)
    assert seen == {
        "ada": 4,
        "bo": 2,
        "vi": 2,
        "cy": 1,
        "dee": 0,
        "eve": 3,
        "fay": 3,
        "olu": 3,
        "di": 2,
        "bea": 3,
        "gus": 3,
        "max": 3,
        "aud": 3,
        "cal": 2,
        "tia": 1,
    }


def test_staff_learn_of_drafts_only_how_many_there_are(crowd: Room) -> None:
    with crowd.inside(read_only=True):
        calls = sorted({row.call_id for row in db.session.scalars(select(Proposal))})
        assert queries.draft_counts(calls[0]) == queries.DraftCounts(drafts=1, groups=1)

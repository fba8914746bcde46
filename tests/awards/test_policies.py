"""Who sees what of a year of recognition: the table and its SQL twins agree, person by person."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from grants.awards.models import AwardCycle, Nomination
from grants.awards.queries import cycles, nominations
from grants.core.db import db
from grants.core.policy import VISITOR, permits
from grants.organisations.actions import conflicts
from grants.organisations.fields import ConflictKind
from tests.album import Photographed
from tests.awards.scene import PEOPLE, VOLUNTEER, Year, noon


@pytest.fixture
def peopled(year: Year, photographed: Photographed) -> Year:
    """Two nominations of Ada's group, one of Bo's, one by staff; Olu has a tie to Bo's group; a year in preparation."""
    photographed(lambda: _people(year), year)
    return year


def _people(year: Year) -> None:
    with year.inside():
        other = year.volunteer("温启航", year.groups[1], minutes=1500)
        year.nominate("volunteer", year.volunteers["陈慕兰"])
        year.nominate("volunteer", year.volunteers["简俊言"], send=False)
        year.nominate("team", year.groups[1], by="bo", group=1)
        year.nominate("volunteer", other, by="gus", group=1)
        year.plan(VOLUNTEER)
    with year.inside():
        conflicts.declare_conflict(
            year.groups[1], kind=ConflictKind.ADVISER, evidence="顾问", by=year.actor("olu"), at=noon(0)
        )


@pytest.mark.parametrize("name", [*PEOPLE, ""])
def test_the_list_shows_exactly_what_the_door_opens(peopled: Year, name: str) -> None:
    with peopled.inside():
        actor = peopled.actor(name) if name else VISITOR
        seen = set(db.session.scalars(nominations.visible_to(actor)))
        allowed = {
            row for row in db.session.scalars(select(Nomination)) if permits(actor, "nomination.view", row)
        }
        assert seen == allowed
        shown = set(db.session.scalars(cycles.visible_to(actor)))
        assert shown == {
            row for row in db.session.scalars(select(AwardCycle)) if permits(actor, "award_cycle.view", row)
        }


def test_what_each_sees_is_what_is_theirs(peopled: Year) -> None:
    counts = {"ada": 2, "bo": 1, "cy": 0, "dee": 0, "gus": 4, "aud": 4, "olu": 2, "fay": 4}
    with peopled.inside():
        found = {
            name: len(db.session.scalars(nominations.visible_to(peopled.actor(name))).all())
            for name in counts
        }
    assert found == counts


BANK = (
    "payee.number",
    "payee.view",
    "payment.list",
    "tranche.approve",
    "fund.view",
    "fund.pay",
    "fund.manage",
)


def test_the_awards_role_alone_sees_no_bank_data_and_no_books(peopled: Year) -> None:
    """S000-21: the desk promises a prize through its own act, and reads neither books nor accounts."""
    from grants.wiring import PERMISSIONS

    with peopled.inside():
        gus = peopled.actor("gus")
        declared = {name for table in PERMISSIONS for name in table}
        tried = [name for name in BANK if name in declared]
        assert "payee.number" in tried
        assert "fund.view" in tried
        for name in tried:
            try:
                assert not permits(gus, name, None), name
            except AttributeError:
                continue

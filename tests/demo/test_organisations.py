"""The demo's city, people and groups, as the loader leaves them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.accounts import queries as accounts
from grants.accounts.models import User
from grants.core.db import db
from grants.demo.city import load_reference
from grants.demo.load import read_data
from grants.demo.organisations import (
    People,
    load_conflicts,
    load_groups,
    load_partners,
    load_people,
    load_volunteers,
)
from grants.organisations import queries
from grants.organisations.fields import LEGAL_PERSONS, Kind, StandingKind
from grants.organisations.models import Membership, Organisation, Standing, Volunteer
from grants.reference.models import Region

Inside = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def people(inside: Inside) -> People:
    data = read_data()
    with inside():
        load_reference(data)
        people = load_people(data)
        groups = load_groups(data, people)
        load_partners(data, people)
        load_volunteers(data, people, groups)
        load_conflicts(data, people, groups)
    return people


def test_everything_of_the_data_is_there(people: People, rows: Session) -> None:
    count: Callable[[Any], int | None] = lambda model: rows.scalar(select(func.count()).select_from(model))  # noqa: E731
    assert (count(Region), count(Volunteer)) == (65, 60)
    kinds = dict(rows.execute(select(Organisation.kind, func.count()).group_by(Organisation.kind)).all())
    assert kinds == {Kind.GROUP: 24, Kind.PARTNER: 6}
    names = {user.email for user in rows.scalars(select(User))}
    assert {f"group{n}@demo.example" for n in range(1, 25)} <= names
    assert len({user.password_hash for user in rows.scalars(select(User))}) == 1


def test_each_group_has_its_leader_its_host_and_its_record(people: People, rows: Session) -> None:
    groups = rows.scalars(select(Organisation).where(Organisation.kind == Kind.GROUP)).all()
    for group in groups:
        assert group.legal_status in LEGAL_PERSONS or group.host_id is not None
        assert group.region_path.startswith("440100/")
    leaders = rows.scalars(select(Membership).where(Membership.role == "owner")).all()
    assert len({row.organisation_id for row in leaders}) == len(leaders) == 24
    checks = select(func.count()).where(Standing.kind == StandingKind.ANNUAL_CHECK)
    assert rows.scalar(checks) == 24


def test_districts_see_their_own_groups_and_reviewers_their_ties(people: People, inside: Inside) -> None:
    def seen(name: str) -> set[str]:
        found = queries.visible_to(accounts.actor_of(people.ids[name]))
        return {group.region_path.split("/")[1] for group in db.session.scalars(found)}

    with inside(read_only=True):
        assert seen("district") == {"440103"}
        assert seen("district2") == {"440106"}
        tied = accounts.actor_of(people.ids["R2"])
        assert tied.ids("organisation", "conflicted") != ()
        assert seen("reviewer1") == set()

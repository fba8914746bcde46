"""The SQL twins say what the policy says, over the whole cast and every kind of organisation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date

import pytest
from sqlalchemy import func, select

from grants.accounts.actions import roles
from grants.accounts.fields import RoleName, ScopeKind
from grants.accounts.queries import user_by_id
from grants.core import clock
from grants.core.db import db
from grants.core.policy import SYSTEM, permits
from grants.organisations import queries
from grants.organisations.actions import conflicts, groups, members, volunteers
from grants.organisations.actions.volunteers import Person
from grants.organisations.fields import ConflictKind, Kind, LegalStatus, MemberRole
from grants.organisations.models import Organisation, Volunteer
from grants.organisations.rules import Host, Legal, Profile
from grants.reference import queries as reference
from tests.album import Photographed
from tests.cast import ROLES, Cast
from tests.city import build_city

Inside = Callable[..., AbstractContextManager[None]]
CODE = "52440103DEM000014G"


def profile(name: str, place: str, **more: object) -> Profile:
    here, branch = reference.region_by_code(place), reference.speciality_by_code("SP-CARE")
    assert here
    assert branch
    return Profile(
        name={"zh-Hans": name},
        region_id=here.id,
        speciality_id=branch.id,
        service_fields=("elderly",),
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def world(cast: Cast, inside: Inside, photographed: Photographed) -> Mapping[str, int]:
    """Groups in two districts, a host and a partner; Bo and Dee belong to one, Dee has a tie to another."""
    made: Mapping[str, int] = photographed(lambda: _world(cast, inside))
    return made


def _world(cast: Cast, inside: Inside) -> Mapping[str, int]:
    ada, bo, dee, cy = (cast.actor(name) for name in ("ada", "bo", "dee", "cy"))
    with inside():
        build_city()
    with inside():
        at = clock.now()
        legal = Legal(LegalStatus.REGISTERED_SSA, CODE)
        host = groups.register_body(Kind.HOST, {"zh-Hans": "代管"}, legal, by=SYSTEM, at=at)
        partner = groups.register_body(
            Kind.PARTNER, {"zh-Hans": "共建"}, Legal(LegalStatus.PUBLIC_BODY), by=SYSTEM, at=at
        )
        hosted = Legal(LegalStatus.UNREGISTERED, host=Host(host.id))
        liwan = groups.register_group(profile("荔湾队", "440103006"), hosted, by=ada, at=at)
        whole = groups.register_group(profile("全区队", "440103"), hosted, by=cy, at=at)
        tianhe = groups.register_group(profile("天河队", "440106006"), hosted, by=cy, at=at)
        members.join(liwan, user_by_id(bo.user_id or 0), MemberRole.VIEWER, by=SYSTEM, at=at)
        members.join(tianhe, user_by_id(dee.user_id or 0), MemberRole.EDITOR, by=SYSTEM, at=at)
        conflicts.declare_conflict(liwan.id, kind=ConflictKind.ADVISER, by=dee, at=at)
        scoped = roles.Terms(RoleName.OFFICER, ScopeKind.REGION, "440106")
        roles.grant_role(user_by_id(bo.user_id or 0), scoped, by=SYSTEM, at=at)
        named = roles.Terms(RoleName.FINANCE, ScopeKind.ORGANISATION, str(whole.id))
        roles.grant_role(user_by_id(dee.user_id or 0), named, by=SYSTEM, at=at)
        found = {"host": host, "partner": partner, "liwan": liwan, "whole": whole, "tianhe": tianhe}
        return {name: row.id for name, row in found.items()}


@pytest.fixture
def ledgers(cast: Cast, inside: Inside, world: Mapping[str, int]) -> None:
    ada, cy = cast.actor("ada"), cast.actor("cy")
    with inside():
        for name, leader in (("liwan", ada), ("whole", cy), ("tianhe", cy)):
            group = queries.by_id(world[name])
            volunteers.add_volunteer(group, Person(name, date(2020, 1, 1)), by=leader, at=clock.now())


@pytest.mark.parametrize("name", [*ROLES])
def test_the_list_of_organisations_is_what_the_policy_opens(
    name: str, cast: Cast, inside: Inside, world: Mapping[str, int]
) -> None:
    actor = cast.actor(name)
    with inside(read_only=True):
        every = db.session.scalars(select(Organisation)).all()
        assert len(every) == 5
        listed = {row.id for row in db.session.scalars(queries.visible_to(actor))}
        opened = {row.id for row in every if permits(actor, "organisation.view", row)}
        assert listed == opened


@pytest.mark.parametrize("name", [*ROLES])
def test_the_list_of_volunteers_is_what_the_policy_opens(
    name: str, cast: Cast, inside: Inside, ledgers: None
) -> None:
    actor = cast.actor(name)
    with inside(read_only=True):
        ids = db.session.scalars(select(Volunteer.public_id)).all()
        every = [queries.volunteer(public_id) for public_id in ids]
        assert len(every) == 3
        listed = {row.id for row in db.session.scalars(queries.volunteers_visible_to(actor))}
        assert listed == {row.id for row in every if permits(actor, "volunteer.view", row)}


def test_what_the_cast_sees_is_what_they_should(cast: Cast, inside: Inside, world: Mapping[str, int]) -> None:
    names = {id_: name for name, id_ in world.items()}

    def seen(name: str) -> set[str]:
        actor = cast.actor(name)
        with inside(read_only=True):
            return {names[row.id] for row in db.session.scalars(queries.visible_to(actor))}

    assert seen("ada") == {"liwan"}
    assert seen("bo") == {"liwan", "tianhe"}
    assert seen("cy") == {"whole", "tianhe"}
    assert seen("dee") == {"tianhe", "whole"}
    assert seen("di") == {"liwan", "whole"}
    assert seen("olu") == seen("aud") == seen("fay") == set(world)
    assert seen("bea") == set()


def test_a_tie_and_a_membership_raise_the_wall(cast: Cast, inside: Inside, world: Mapping[str, int]) -> None:
    from grants.organisations.policies import the_conflicted

    dee = cast.actor("dee")
    with inside(read_only=True):
        found = {name for name, id_ in world.items() if the_conflicted(dee, queries.by_id(id_))}
    assert found == {"liwan", "tianhe"}


def test_groups_are_counted_where_they_hang_and_above(
    cast: Cast, inside: Inside, world: Mapping[str, int]
) -> None:
    with inside(read_only=True):
        counts = queries.groups_per_place(cast.actor("olu"))
        assert queries.counted(counts, "440100") == 3
        assert queries.counted(counts, "440100/440103") == 2
        assert queries.counted(counts, "440100/440103/440103006") == 1
        assert sum(queries.groups_per_speciality(cast.actor("di")).values()) == 2


@pytest.mark.parametrize("more", [0, 12])
def test_the_list_costs_the_same_for_few_and_many(
    more: int,
    cast: Cast,
    inside: Inside,
    world: Mapping[str, int],
    sign_in: Callable[..., object],
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    cy = cast.actor("cy")
    with inside():
        for number in range(more):
            hosted = Legal(LegalStatus.UNREGISTERED, host=Host(world["host"]))
            groups.register_group(profile(f"队{number}", "440103006"), hosted, by=cy, at=clock.now())
    olu = sign_in("olu")
    olu.page("/groups")  # type: ignore[attr-defined]
    with statements() as seen:
        olu.page("/groups")  # type: ignore[attr-defined]
    assert len([said for said in seen if said.startswith("SELECT")]) <= 9
    with inside(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(Organisation)) == 5 + more

"""Accounts, sessions and roles through their actions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.accounts import queries
from grants.accounts.actions import accounts, roles, sessions
from grants.accounts.fields import RoleName, ScopeKind, TokenPurpose
from grants.accounts.models import SignInSession, User
from grants.core import clock, passwords
from grants.core.audit import AuditEntry
from grants.core.errors import Forbidden, RulesBroken, StaleVersion, TooMany
from grants.core.policy import Held
from grants.core.unit_of_work import unit_of_work
from tests.cast import PASSWORD, Cast

Inside = Callable[..., AbstractContextManager[None]]
ADA = "ada@example.org"


@pytest.fixture
def knock(app: Flask, inside: Inside) -> Callable[..., str]:
    """Tries to sign in as the view does: a look at the door, then one unit of work."""

    def tried(email: str, password: str, address: str = "10.0.0.1") -> str:
        with app.app_context():
            checked = sessions.check_password(email, password, address=address)
        with inside():
            return sessions.sign_in(checked, address=address, agent="test")

    return tried


def test_five_failures_rest_the_account_even_for_the_right_password(
    cast: Cast, knock: Callable[..., str]
) -> None:
    cast.id("ada")
    for _ in range(5):
        with pytest.raises(RulesBroken):
            knock(ADA, "wrong wrong wrong")
    with pytest.raises(RulesBroken):
        knock(ADA, PASSWORD)
    with time_machine.travel(clock.real_now() + timedelta(seconds=61)):
        assert knock(ADA, PASSWORD)


def test_a_right_password_forgives_earlier_failures(
    cast: Cast, knock: Callable[..., str], rows: Session
) -> None:
    cast.id("ada")
    with pytest.raises(RulesBroken):
        knock(ADA, "wrong wrong wrong")
    knock(ADA, PASSWORD)
    ada = rows.scalars(select(User)).one()
    assert (ada.failures, ada.locked_until) == (0, None)


def test_one_network_address_cannot_try_everybody(cast: Cast, knock: Callable[..., str]) -> None:
    cast.id("ada")
    for number in range(60):
        with pytest.raises(RulesBroken):
            knock(f"nobody{number}@example.org", "wrong wrong wrong")
    with pytest.raises(TooMany) as refused:
        knock(ADA, PASSWORD)
    assert 0 < refused.value.retry_after <= 15 * 60
    assert knock(ADA, PASSWORD, address="10.0.0.2")


def test_a_password_changed_between_look_and_entry_does_not_open(
    app: Flask, cast: Cast, inside: Inside
) -> None:
    ada = cast.id("ada")
    with app.app_context():
        checked = sessions.check_password(ADA, PASSWORD, address="10.0.0.1")
    with inside():
        queries.user_by_id(ada).password_hash = passwords.hashed("another good one")
    with pytest.raises(RulesBroken), inside():
        sessions.sign_in(checked, address="10.0.0.1", agent="test")


def test_hashes_of_another_day_are_renewed_on_sign_in(
    cast: Cast, knock: Callable[..., str], inside: Inside, rows: Session
) -> None:
    from argon2 import PasswordHasher

    by = cast.actor("max")
    old = PasswordHasher(memory_cost=128, time_cost=1, parallelism=1).hash(PASSWORD)
    with inside():
        cast_id = accounts.create_user(
            name="Old", email="old@example.org", password_hash=old, by=by, at=clock.now()
        ).id
    knock("old@example.org", PASSWORD)
    kept = rows.get(User, cast_id)
    assert kept
    assert kept.password_hash != old
    assert "m=64,t=1" in str(kept.password_hash)


def test_two_queries_tell_who_it_is_and_what_they_hold(
    app: Flask, cast: Cast, knock: Callable[..., str], inside: Inside, statements: Any
) -> None:
    cast.id("di")
    token = knock("di@example.org", PASSWORD)
    with statements() as seen, inside(read_only=True):
        actor = queries.actor_for(token)
    assert actor
    assert (actor.name, actor.roles) == ("Di", (Held("district", "region", "440100/440103"),))
    assert len([sql for sql in seen if sql.startswith("SELECT")]) == 2


def test_sessions_end_after_idling_and_after_all_their_days(
    cast: Cast, knock: Callable[..., str], inside: Inside, rows: Session
) -> None:
    cast.id("ada")
    token = knock(ADA, PASSWORD)
    start = clock.real_now()

    def lives(after: timedelta) -> bool:
        with time_machine.travel(start + after), inside(read_only=True):
            return queries.recognise(token) is not None

    assert (lives(timedelta(days=13, hours=23)), lives(timedelta(days=14, minutes=1))) == (True, False)
    with inside():
        for row in rows.scalars(select(SignInSession)):
            sessions.db.session.get_one(SignInSession, row.id).last_seen_at = start + timedelta(days=89)
    assert (lives(timedelta(days=89, hours=23)), lives(timedelta(days=90, minutes=1))) == (True, False)


def test_last_seen_moves_at_most_every_five_minutes(
    cast: Cast, knock: Callable[..., str], inside: Inside, rows: Session
) -> None:
    cast.id("ada")
    knock(ADA, PASSWORD)
    row = rows.scalars(select(SignInSession)).one()
    first = row.last_seen_at
    for minutes, moved in ((4, False), (6, True)):
        with time_machine.travel(first + timedelta(minutes=minutes)), inside(read_only=True):
            sessions.note_seen(row.id, first)
        rows.rollback()
        rows.refresh(row)
        assert (row.last_seen_at != first) is moved


def test_a_role_counts_from_its_first_to_its_last_day(cast: Cast, inside: Inside) -> None:
    bo, by, at = cast.id("bo"), cast.actor("max"), clock.now()
    today = clock.today()
    terms = roles.Terms(
        RoleName.OFFICER, from_on=today + timedelta(days=1), until_on=today + timedelta(days=2)
    )
    with inside():
        roles.grant_role(queries.user_by_id(bo), terms, by=by, at=at)

    def holds(day: date) -> bool:
        with time_machine.travel(clock.at_local(day) + timedelta(hours=12)):
            return cast.actor("bo").holds("officer")

    assert [holds(today + timedelta(days=n)) for n in range(4)] == [False, True, True, False]


def test_roles_are_given_with_an_audit_entry_and_ended_the_same_way(
    cast: Cast, inside: Inside, rows: Session
) -> None:
    bo, by, at = cast.id("bo"), cast.actor("fay"), clock.now()
    cast.id("di")
    terms = roles.Terms(RoleName.DISTRICT, ScopeKind.REGION, "440106")
    with inside():
        granted = roles.grant_role(queries.user_by_id(bo), terms, by=by, at=at).public_id
    assert cast.actor("bo").holds_within("district", region_path="440100/440106/440106001")
    assert not cast.actor("bo").holds_within("district", region_path="440100/440103")
    with inside():
        roles.end_role(queries.role_grant(granted), by=by, at=at)
    assert cast.actor("bo").roles == ()
    verbs = select(AuditEntry.verb).where(
        AuditEntry.subject_type == "role_grant", AuditEntry.case == f"account/{bo}"
    )
    assert list(rows.scalars(verbs.order_by(AuditEntry.number))) == ["grant", "end"]


@pytest.mark.parametrize("who", ["ada", "olu", "eve", "aud", "bea"])
def test_only_keepers_give_roles(who: str, cast: Cast, inside: Inside) -> None:
    by, bo = cast.actor(who), cast.id("bo")
    with pytest.raises(Forbidden), inside():
        roles.grant_role(queries.user_by_id(bo), roles.Terms(RoleName.OFFICER), by=by, at=clock.now())


def test_a_director_makes_no_administrators(cast: Cast, inside: Inside) -> None:
    by, bo = cast.actor("fay"), cast.id("bo")
    with pytest.raises(Forbidden), inside():
        roles.grant_role(queries.user_by_id(bo), roles.Terms(RoleName.ADMIN), by=by, at=clock.now())


def test_somebody_must_remain_who_gives_roles(cast: Cast, inside: Inside) -> None:
    by = cast.actor("max")
    mine = cast.id("max")
    with inside(read_only=True):
        last = queries.person_by_id(mine).role_grants[0].public_id
    with pytest.raises(RulesBroken), inside():
        roles.end_role(queries.role_grant(last), by=by, at=clock.now())


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (roles.Terms(RoleName.DISTRICT, ScopeKind.REGION, ""), "scope"),
        (roles.Terms(RoleName.OFFICER, ScopeKind.CALL, "all"), "scope"),
        (
            roles.Terms(RoleName.OFFICER, from_on=date(2026, 5, 2), until_on=date(2026, 5, 1)),
            "dates",
        ),
    ],
)
def test_impossible_terms_are_refused(terms: roles.Terms, code: str, cast: Cast, inside: Inside) -> None:
    by, bo = cast.actor("max"), cast.id("bo")
    with pytest.raises(RulesBroken) as broken, inside():
        roles.grant_role(queries.user_by_id(bo), terms, by=by, at=clock.now())
    assert [violation.code for violation in broken.value.violations] == [code]


def test_a_closed_account_is_out_at_once(cast: Cast, knock: Callable[..., str], inside: Inside) -> None:
    ada, by = cast.id("ada"), cast.actor("max")
    token = knock(ADA, PASSWORD)
    with inside():
        roles.disable(queries.user_by_id(ada), by=by, at=clock.now())
    with inside(read_only=True):
        assert queries.actor_for(token) is None
    with pytest.raises(RulesBroken):
        knock(ADA, PASSWORD)


def test_holders_of_a_role_are_found_where_it_counts(cast: Cast, inside: Inside) -> None:
    di, olu = cast.id("di"), cast.id("olu")
    with inside(read_only=True):
        assert queries.holders_of("district", region_path="440100/440103/440103001") == [di]
        assert queries.holders_of("district", region_path="440100/4401030") == []
        assert queries.holders_of("officer", region_path="440100/440106") == [olu]


def test_what_ended_long_ago_is_forgotten_and_the_rest_kept(
    app: Flask, cast: Cast, knock: Callable[..., str], rows: Session
) -> None:
    cast.id("ada")
    knock(ADA, PASSWORD)
    for days, kept in ((170, 1), (181, 0)):
        with time_machine.travel(clock.real_now() + timedelta(days=days)), app.app_context(), unit_of_work():
            sessions.forget_ended()
        rows.rollback()
        assert len(rows.scalars(select(SignInSession)).all()) == kept


def test_of_two_clicks_on_one_link_the_second_finds_it_used(inside: Inside, rows: Session) -> None:
    payload = {"name": "Lin", "language": "en", "next": ""}
    with inside():
        link = accounts.make_link(TokenPurpose.CONFIRM, email="lin@example.org", payload=payload)
        chosen = accounts.choose(PASSWORD)
        accounts.take_link(link, chosen, at=clock.now())
        with pytest.raises(StaleVersion):
            accounts.take_link(link, accounts.choose("another good one"), at=clock.now())
    kept = rows.scalars(select(User.password_hash)).one()
    assert passwords.matches(kept, PASSWORD)

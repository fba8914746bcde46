"""Two administrators, two browsers, two clicks at the same moment: somebody can always give roles, once is once."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.accounts import queries
from grants.accounts.actions import accounts, roles
from grants.accounts.fields import RoleName, TokenPurpose
from grants.accounts.models import OneTimeToken, RoleGrant, User
from grants.core import clock, passwords
from grants.core.db import db
from tests.at_once import overlap
from tests.cast import Cast
from tests.organisations.test_actions import Inside

ADMIN = roles.Terms(RoleName.ADMIN)


def second_administrator(cast: Cast, inside: Inside) -> None:
    max_, cy = cast.actor("max"), cast.id("cy")
    with inside():
        roles.grant_role(queries.user_by_id(cy), ADMIN, by=max_, at=clock.now())


def role_of(name_id: int) -> RoleGrant:
    return db.session.scalars(
        select(RoleGrant).where(RoleGrant.user_id == name_id, RoleGrant.role == RoleName.ADMIN)
    ).one()


def test_two_administrators_never_close_each_others_account(
    app: Flask, cast: Cast, inside: Inside, rows: Session
) -> None:
    second_administrator(cast, inside)
    max_, cy, at = cast.actor("max"), cast.actor("cy"), clock.now()
    outcomes = overlap(
        app,
        lambda: roles.disable(queries.user_by_id(cast.id("cy")), by=max_, at=at),
        lambda: roles.disable(queries.user_by_id(cast.id("max")), by=cy, at=at),
    )
    assert outcomes == ("done", "RulesBroken")
    assert rows.scalars(select(User.id).where(User.disabled_at.is_not(None))).all() == [cast.id("cy")]


def test_two_administrators_never_both_give_up_their_role(
    app: Flask, cast: Cast, inside: Inside, rows: Session
) -> None:
    second_administrator(cast, inside)
    max_, cy, at = cast.actor("max"), cast.actor("cy"), clock.now()
    with app.app_context():
        queries.user_by_id(cast.id("cy"))
    outcomes = overlap(
        app,
        lambda: roles.end_role(queries.role_grant(role_of(cast.id("cy")).public_id), by=max_, at=at),
        lambda: roles.disable(queries.user_by_id(cast.id("max")), by=cy, at=at),
    )
    assert outcomes == ("done", "RulesBroken")
    assert rows.scalars(select(User.id).where(User.disabled_at.is_not(None))).all() == []


def test_a_role_is_given_once(app: Flask, cast: Cast, rows: Session) -> None:
    max_, bo, at = cast.actor("max"), cast.id("bo"), clock.now()
    officer = roles.Terms(RoleName.OFFICER)
    outcomes = overlap(
        app,
        lambda: roles.grant_role(queries.user_by_id(bo), officer, by=max_, at=at),
        lambda: roles.grant_role(queries.user_by_id(bo), officer, by=max_, at=at),
    )
    assert outcomes == ("done", "RulesBroken")
    assert rows.scalar(select(func.count()).where(RoleGrant.user_id == bo)) == 1


def test_a_link_is_used_once(app: Flask, inside: Inside, rows: Session) -> None:
    with inside():
        waiting = {"name": "新来的", "language": "zh-Hans"}
        link = accounts.make_link(TokenPurpose.CONFIRM, email="new@example.org", payload=waiting).id
    chosen, at = accounts.Chosen(passwords.hashed("four green sprouts")), clock.now()

    def take() -> None:
        accounts.take_link(db.session.get_one(OneTimeToken, link), chosen, at=at)

    assert overlap(app, take, take) == ("done", "StaleVersion")
    assert rows.scalar(select(func.count()).select_from(User)) == 1


def test_two_invitations_of_one_colleague_set_one_password(
    app: Flask, cast: Cast, inside: Inside, rows: Session
) -> None:
    max_, at = cast.actor("max"), clock.now()
    links = []
    for _ in range(2):
        with inside():
            who = accounts.invite(name="Nia", email="nia@example.org", language="en", by=max_, at=at).id
    with inside(read_only=True):
        links = list(db.session.scalars(select(OneTimeToken.id).where(OneTimeToken.user_id == who)))
    mine, theirs = (passwords.hashed(f"{word} green sprouts") for word in ("five", "six"))

    def take(link: int, kept: str) -> None:
        accounts.take_link(db.session.get_one(OneTimeToken, link), accounts.Chosen(kept), at=at)

    outcomes = overlap(app, lambda: take(links[0], mine), lambda: take(links[1], theirs))
    assert outcomes[0] == "done"
    assert outcomes[1] in {"RulesBroken", "StaleVersion"}
    assert rows.scalars(select(User.password_hash).where(User.id == who)).one() == mine

"""The pool of reviewers follows the role: who has it can be asked, who lost it cannot."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.accounts import queries as accounts
from grants.accounts.actions import roles
from grants.accounts.fields import RoleName
from grants.accounts.models import RoleGrant, User
from grants.core import clock
from grants.core.db import db
from grants.reviews.models import Reviewer
from tests.reviews.scene import Scene


def in_pool(rows: Session, name: str) -> tuple[bool, bool] | None:
    """(from outside, may be asked today)."""
    rows.rollback()
    row = rows.scalar(select(Reviewer).join(User, User.id == Reviewer.user_id).where(User.name == name))
    if row is None:
        return None
    return row.is_external, row.term_until is None or row.term_until >= clock.today()


def test_whoever_gets_the_role_can_be_asked_and_whoever_loses_it_cannot(scene: Scene, rows: Session) -> None:
    assert in_pool(rows, "Ada") is None
    at = clock.now()
    for name in ("ada", "olu"):
        with scene.inside():
            user = db.session.get_one(User, scene.cast.id(name))
            roles.grant_role(user, roles.Terms(RoleName.REVIEWER), by=scene.actor("fay"), at=at)
    assert (in_pool(rows, "Ada"), in_pool(rows, "Olu")) == ((True, True), (False, True))
    with scene.inside():
        held = select(RoleGrant).where(
            RoleGrant.user_id == scene.cast.id("ada"), RoleGrant.role == RoleName.REVIEWER
        )
        granted = accounts.role_grant(db.session.scalars(held).one().public_id)
        roles.end_role(granted, by=scene.actor("fay"), at=at + timedelta(minutes=1))
    assert in_pool(rows, "Ada") == (True, False)
    with scene.inside():
        user = db.session.get_one(User, scene.cast.id("ada"))
        roles.grant_role(
            user, roles.Terms(RoleName.REVIEWER), by=scene.actor("fay"), at=at + timedelta(hours=1)
        )
    assert in_pool(rows, "Ada") == (True, True)


def test_other_roles_do_not_put_anybody_into_the_pool(scene: Scene, rows: Session) -> None:
    with scene.inside():
        user = db.session.get_one(User, scene.cast.id("ada"))
        roles.grant_role(user, roles.Terms(RoleName.BOARD), by=scene.actor("fay"), at=clock.now())
    assert in_pool(rows, "Ada") is None

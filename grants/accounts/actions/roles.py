"""Who may do what for the foundation: inviting colleagues, giving and ending roles, closing accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from msgspec import Struct
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import joinedload

from grants.accounts.events import RoleEnded, RoleGranted
from grants.accounts.fields import ROLE_WORDS, RoleName, ScopeKind
from grants.accounts.models import RoleGrant, SignInSession, User
from grants.accounts.queries import valid_on
from grants.core import audit, clock
from grants.core.db import db
from grants.core.errors import RulesBroken, Violation
from grants.core.events import publish
from grants.core.holding import anew, for_change, hold
from grants.core.i18n import in_all_languages
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.reference.queries import region_by_code


class Terms(Struct, frozen=True):
    """A role as it is to be given: where it counts and from when until when, both days included."""

    role: RoleName
    scope: ScopeKind = ScopeKind.EVERYWHERE
    key: str = ""
    from_on: date | None = None
    until_on: date | None = None


def grant_role(user: User, terms: Terms, *, by: Actor, at: datetime) -> RoleGrant:
    """Give a role. Raises RulesBroken when the terms cannot be, or the person has it already."""
    granted = RoleGrant(
        user_id=user.id,
        role=terms.role,
        scope=terms.scope,
        key=_key(terms),
        from_on=terms.from_on or clock.day_of(at),
        until_on=terms.until_on,
        granted_by_id=by.user_id,
    )
    authorise(by, "role.grant", granted)
    hold(User, [user.id])
    broken = [*_impossible(granted), *_held_already(granted)]
    if broken:
        raise RulesBroken(broken)
    db.session.add(granted)
    audit.record("grant", granted, by=by, at=at)
    publish(
        RoleGranted(
            occurred_at=at,
            actor_id=by.user_id,
            case=user.case,
            user_id=user.id,
            name=user.name,
            role=terms.role,
            role_words=in_all_languages(ROLE_WORDS[terms.role]),
        )
    )
    return granted


def _key(terms: Terms) -> str:
    """What the scope is kept by: of a place its path, whether its code or its path was given."""
    if terms.scope is ScopeKind.EVERYWHERE:
        return ""
    if terms.scope is ScopeKind.REGION:
        place = region_by_code(terms.key.rpartition("/")[2])
        return place.path if place else terms.key
    return terms.key


def _impossible(granted: RoleGrant) -> Iterator[Violation]:
    if granted.scope is not ScopeKind.EVERYWHERE and not granted.key:
        yield Violation("scope", _l("Say which region, call or organisation it is for."), "key")
    if (
        granted.scope in (ScopeKind.CALL, ScopeKind.ORGANISATION)
        and granted.key
        and not granted.key.isdecimal()
    ):
        yield Violation("scope", _l("This is not the number of a call or organisation."), "key")
    if (
        granted.scope is ScopeKind.REGION
        and granted.key
        and region_by_code(granted.key.rpartition("/")[2]) is None
    ):
        yield Violation("scope", _l("There is no place with this code."), "key")
    if granted.until_on is not None and granted.until_on < granted.from_on:
        yield Violation("dates", _l("The last day is before the first day."), "until_on")


def _held_already(granted: RoleGrant) -> Iterator[Violation]:
    same = select(RoleGrant.id).where(
        RoleGrant.user_id == granted.user_id,
        RoleGrant.role == granted.role,
        RoleGrant.scope == granted.scope,
        RoleGrant.key == granted.key,
        valid_on(granted.from_on),
    )
    if db.session.scalar(same.limit(1)) is not None:
        yield Violation("held", _l("This person has this role already."), "role")


def end_role(granted: RoleGrant, *, by: Actor, at: datetime) -> None:
    """From now on it no longer counts; yesterday was its last day, or it never began."""
    authorise(by, "role.end", granted)
    hold(RoleGrant, [granted.id, *_administrators()])
    granted = anew(granted, joinedload(RoleGrant.user))
    yesterday = clock.day_of(at) - timedelta(days=1)
    if granted.until_on is not None and granted.until_on <= yesterday:
        return
    if granted.role is RoleName.ADMIN:
        _somebody_remains(clock.day_of(at), RoleGrant.id == granted.id)
    granted.from_on = min(granted.from_on, yesterday)
    granted.until_on = yesterday
    audit.record("end", granted, by=by, at=at)
    publish(
        RoleEnded(
            occurred_at=at,
            actor_id=by.user_id,
            case=granted.case,
            user_id=granted.user_id,
            name=granted.user.name,
            role=granted.role,
            role_words=in_all_languages(ROLE_WORDS[granted.role]),
        )
    )


def _administrators() -> list[int]:
    """Every grant of the role that gives roles: held whenever one of them, or its holder, falls away."""
    return list(db.session.scalars(select(RoleGrant.id).where(RoleGrant.role == RoleName.ADMIN)))


def _somebody_remains(day: date, falls_away: ColumnElement[bool]) -> None:
    """Nobody is left only where one who counted falls away."""
    count = (
        select(func.count())
        .select_from(RoleGrant)
        .join(User, RoleGrant.user_id == User.id)
        .where(RoleGrant.role == RoleName.ADMIN, RoleGrant.scope == ScopeKind.EVERYWHERE, valid_on(day))
        .where(User.disabled_at.is_(None))
    )
    if db.session.scalar(count.where(falls_away)) and not db.session.scalar(count.where(~falls_away)):
        raise RulesBroken([Violation("last", _l("Somebody must remain who can give roles."))])


def disable(user: User, *, by: Actor, at: datetime) -> None:
    """Close an account: every browser is signed out at once. What the person did stays."""
    authorise(by, "people.disable", user)
    if user.id == by.user_id:
        raise RulesBroken([Violation("self", _l("You cannot close your own account here."))])
    hold(RoleGrant, _administrators())
    user = for_change(user)
    if user.disabled_at is None:
        _somebody_remains(clock.day_of(at), RoleGrant.user_id == user.id)
        user.disabled_at = at
        audit.record("disable", user, by=by, at=at)
        live = (SignInSession.user_id == user.id, SignInSession.revoked_at.is_(None))
        db.session.execute(update(SignInSession).where(*live).values(revoked_at=clock.real_now()))


def enable(user: User, *, by: Actor, at: datetime) -> None:
    authorise(by, "people.disable", user)
    if user.disabled_at is not None:
        user.disabled_at = None
        audit.record("enable", user, by=by, at=at)

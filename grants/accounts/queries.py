"""Reading people, their sessions, roles and links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import cast

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import selectinload

from grants.accounts.contact_points import mail_address, mail_key
from grants.accounts.fields import SCOPE_WORDS, SESSION_IDLES, RoleName, ScopeKind, TokenPurpose
from grants.accounts.models import Consent, OneTimeToken, RoleGrant, SignInSession, User
from grants.core import clock, tokens
from grants.core.db import db
from grants.core.errors import NotFound, existing
from grants.core.holding import hold
from grants.core.policy import Actor, Held, RoleSource, role_sources
from grants.reference.queries import region_by_code, region_label

ON_A_PAGE = 50
_LONGEST_TOKEN = 100


class Recognised(Struct, frozen=True):
    """Who a cookie belongs to, and when they were last seen."""

    actor: Actor
    last_seen_at: datetime


def recognise(token: str) -> Recognised | None:
    """Two queries: the live session with its user, then everything they hold now."""
    if len(token) > _LONGEST_TOKEN:
        return None
    now = clock.real_now()
    row = db.session.execute(
        _SEATED, {"token_hash": tokens.hashed(token), "now": now, "idle_since": now - SESSION_IDLES}
    ).first()
    if row is None:
        return None
    session_id, seen, user_id, name, language = row
    actor = Actor(user_id, name, held_by(user_id), language=language, session_id=session_id)
    return Recognised(actor, seen)


_SEATED = (
    select(SignInSession.id, SignInSession.last_seen_at, User.id, User.name, User.language)
    .join(User, SignInSession.user_id == User.id)
    .where(
        SignInSession.token_hash == bindparam("token_hash"),
        SignInSession.revoked_at.is_(None),
        SignInSession.expires_at > bindparam("now"),
        SignInSession.last_seen_at > bindparam("idle_since"),
        User.disabled_at.is_(None),
    )
)


def actor_for(token: str) -> Actor | None:
    found = recognise(token)
    return found.actor if found else None


def actor_of(user_id: int) -> Actor:
    """A person outside a browser: the command line, the loader of the demo year, tests."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound
    return Actor(user.id, user.name, held_by(user.id), language=user.language)


def held_by(user_id: int) -> tuple[Held, ...]:
    """All roles of a user from all sources, in one query."""
    statement = _held_on(clock.today(), tuple(role_sources()))
    return tuple(Held(*row) for row in db.session.execute(statement, {"user_id": user_id}))


@lru_cache(maxsize=8)
def _held_on(day: date, sources: tuple[RoleSource, ...]) -> CompoundSelect[str, str, str]:
    """Built once a day: every request asks it. Sources read the day from the clock."""
    user_id = cast("int", bindparam("user_id", type_=Integer()))  # sources compare it with columns only
    return union_all(*(source(user_id) for source in sources))


def granted_roles(user_id: int) -> Select[str, str, str]:
    """The foundation's roles that count today; a line of wiring.ROLES."""
    return select(
        type_coerce(RoleGrant.role, String()), type_coerce(RoleGrant.scope, String()), RoleGrant.key
    ).where(RoleGrant.user_id == user_id, valid_on(clock.today()))


def valid_on(day: date) -> ColumnElement[bool]:
    return and_(RoleGrant.from_on <= day, or_(RoleGrant.until_on.is_(None), RoleGrant.until_on >= day))


def live(at: datetime) -> ColumnElement[bool]:
    return and_(
        SignInSession.revoked_at.is_(None),
        SignInSession.expires_at > at,
        SignInSession.last_seen_at > at - SESSION_IDLES,
    )


def holders_of(
    *roles: str, region_path: str = "", call_id: int | None = None, organisation_id: int | None = None
) -> list[int]:
    """Ids of the people who hold one of the roles today, everywhere or in a scope this thing lies in."""
    scopes = [RoleGrant.scope == ScopeKind.EVERYWHERE]
    if region_path:
        covers = literal(region_path + "/").like(RoleGrant.key + "/%")
        scopes.append(and_(RoleGrant.scope == ScopeKind.REGION, covers))
    for kind, thing in ((ScopeKind.CALL, call_id), (ScopeKind.ORGANISATION, organisation_id)):
        if thing is not None:
            scopes.append(and_(RoleGrant.scope == kind, RoleGrant.key == str(thing)))
    found = (
        select(User.id)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role.in_([RoleName(role) for role in roles]), or_(*scopes))
        .where(valid_on(clock.today()), User.disabled_at.is_(None))
        .distinct()
        .order_by(User.id)
    )
    return list(db.session.scalars(found))


def user_for_writing(user_id: int) -> User | None:
    """The account as it stands now: its password and its roles change one after another."""
    hold(User, [user_id])
    return db.session.get(User, user_id, populate_existing=True)


def user_by_id(user_id: int) -> User:
    return existing(db.session.get(User, user_id))


def user_by_email(address: str) -> User | None:
    """None for what is no address at all, too."""
    stored = mail_address(address)
    if stored is None:
        return None
    return db.session.scalar(select(User).where(User.email_key == mail_key(stored)))


def person(public_id: str) -> User:
    """With everything they were ever granted."""
    found = select(User).where(User.public_id == public_id).options(selectinload(User.role_grants))
    return existing(db.session.scalar(found))


def person_by_id(user_id: int) -> User:
    found = select(User).where(User.id == user_id).options(selectinload(User.role_grants))
    return existing(db.session.scalar(found))


def role_grant(public_id: str) -> RoleGrant:
    found = select(RoleGrant).where(RoleGrant.public_id == public_id).options(selectinload(RoleGrant.user))
    return existing(db.session.scalar(found))


def scope_label(granted: RoleGrant) -> str:
    """Where a role counts: the name of the place, or the kind and number of the thing."""
    if granted.scope is ScopeKind.REGION:
        place = region_by_code(granted.key.rpartition("/")[2])
        return region_label(place.id) if place else granted.key
    return f"{SCOPE_WORDS[granted.scope]} {granted.key}".strip()


class People(Struct, frozen=True):
    """One page of the list of people."""

    rows: Sequence[User]
    total: int
    number: int


def people(*, looked_for: str = "", role: str = "", number: int = 1) -> People:
    """Those whose name or address holds the words and who hold the role today, by name."""
    wanted: list[ColumnElement[bool]] = []
    if looked_for:
        wanted.append(
            or_(
                User.name.icontains(looked_for, autoescape=True),
                User.email_key.contains(mail_key(looked_for), autoescape=True),
            )
        )
    if role in set(RoleName):
        holding = select(RoleGrant.user_id).where(RoleGrant.role == RoleName(role), valid_on(clock.today()))
        wanted.append(User.id.in_(holding))
    total = db.session.scalar(select(func.count(User.id)).where(*wanted)) or 0
    page = (
        select(User)
        .where(*wanted)
        .options(selectinload(User.role_grants))
        .order_by(User.name, User.id)
        .limit(ON_A_PAGE)
        .offset((number - 1) * ON_A_PAGE)
    )
    return People(db.session.scalars(page).all(), total, number)


def sessions_of(user_id: int) -> Sequence[SignInSession]:
    """Live ones, the latest seen first."""
    mine = select(SignInSession).where(SignInSession.user_id == user_id, live(clock.real_now()))
    return db.session.scalars(mine.order_by(SignInSession.last_seen_at.desc(), SignInSession.id)).all()


def session_by_public_id(public_id: str) -> SignInSession:
    return existing(db.session.scalar(select(SignInSession).where(SignInSession.public_id == public_id)))


def link(purpose: TokenPurpose, token: str) -> OneTimeToken | None:
    """The link of this purpose while it is good: not used, not too old."""
    if len(token) > _LONGEST_TOKEN:
        return None
    good = and_(
        OneTimeToken.token_hash == tokens.hashed(token),
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > clock.real_now(),
    )
    return db.session.scalar(select(OneTimeToken).where(good))


def link_by_id(token_id: int) -> OneTimeToken:
    return existing(db.session.get(OneTimeToken, token_id))


def consents_of(user_id: int) -> Sequence[Consent]:
    return db.session.scalars(
        select(Consent).where(Consent.user_id == user_id).order_by(Consent.given_at, Consent.id)
    ).all()

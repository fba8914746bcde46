"""What somebody owes: the inbox of every home, in one query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, case, false, func, or_, select

from grants.core import clock, i18n
from grants.core.db import db
from grants.core.policy import Actor, Held
from grants.core.reach import below
from grants.core.registries import registry
from grants.obligations.fields import OwnerKind
from grants.obligations.models import Obligation
from grants.organisations.walls import case_beyond_the_wall

ON_A_HOME, MOST = 30, 200
SOON = timedelta(days=7)
MEMBERS_WHO_OWE = ("owner", "editor")


class Urgency(StrEnum):
    LATE = "late"
    SOON = "soon"
    LATER = "later"


class Duty(Struct, frozen=True):
    """One thing owed, in the reader's words, with the page where it is met."""

    public_id: str
    kind: str
    case: str
    sentence: str
    href: str
    due_at: datetime | None
    urgency: Urgency


def mine(actor: Actor, *, most: int = MOST) -> list[Duty]:
    """What this person owes, as themselves, by a role where it counts, or as owner or editor of a group.

    The `most` urgent first; what has no date comes last. Nothing of a case they have a tie to.
    """
    found = (
        select(Obligation)
        .where(Obligation.closed_at.is_(None), _owed_by(actor))
        .order_by(Obligation.due_at.asc().nulls_last(), Obligation.id)
        .limit(most)
    )
    now = clock.now()
    return [_duty(row, now) for row in db.session.scalars(found)]


def of_case(name: str) -> list[Duty]:
    """What anybody owes in a case."""
    found = select(Obligation).where(Obligation.case == name, Obligation.closed_at.is_(None))
    ordered = found.order_by(Obligation.due_at.asc().nulls_last(), Obligation.id).limit(MOST)
    now = clock.now()
    return [_duty(row, now) for row in db.session.scalars(ordered)]


def counts(actor: Actor) -> dict[Urgency, int]:
    """How many of theirs are late, due within a week, later: all there are, in one query."""
    now = clock.now()
    late = func.sum(case((Obligation.due_at < now, 1), else_=0))
    soon = func.sum(case((Obligation.due_at.between(now, now + SOON), 1), else_=0))
    row = db.session.execute(
        select(func.count(), late, soon)
        .select_from(Obligation)
        .where(Obligation.closed_at.is_(None), _owed_by(actor))
    ).one()
    total, is_late, is_soon = (int(number or 0) for number in row)
    return {Urgency.LATE: is_late, Urgency.SOON: is_soon, Urgency.LATER: total - is_late - is_soon}


def _owed_by(actor: Actor) -> ColumnElement[bool]:
    if actor.user_id is None:
        return false()
    ways = [and_(Obligation.owner_kind == OwnerKind.USER, Obligation.owner_key == str(actor.user_id))]
    groups = actor.keys("organisation", *MEMBERS_WHO_OWE)
    if groups:
        ways.append(and_(Obligation.owner_kind == OwnerKind.ORGANISATION, Obligation.owner_key.in_(groups)))
    ways.extend(_by_roles(actor.roles))
    return and_(or_(*ways), case_beyond_the_wall(actor, Obligation.case))


def _by_roles(roles: Sequence[Held]) -> Iterator[ColumnElement[bool]]:
    """Roles held everywhere in one condition; each role held somewhere in one of its own."""
    owed = Obligation.owner_kind == OwnerKind.ROLE
    everywhere = {held.role for held in roles if held.scope == ""}
    if everywhere:
        yield and_(owed, Obligation.owner_key.in_(sorted(everywhere)))
    for held in roles:
        if held.scope == "" or held.role in everywhere:
            continue
        inside = Obligation.scope_key == held.key
        if held.scope == "region":
            inside = below(Obligation.scope_key, held.key)
        yield and_(owed, Obligation.owner_key == held.role, Obligation.scope == held.scope, inside)


def _duty(row: Obligation, now: datetime) -> Duty:
    sentence, address = registry("obligations")[row.kind]
    if row.due_at is None or row.due_at > now + SOON:
        urgency = Urgency.LATER
    else:
        urgency = Urgency.LATE if row.due_at < now else Urgency.SOON
    return Duty(
        row.public_id,
        row.kind,
        row.case,
        i18n.filled(sentence, row.values),
        i18n.filled_address(address, row.values),
        row.due_at,
        urgency,
    )

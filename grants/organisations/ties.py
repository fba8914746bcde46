"""Finding what ties a person to an organisation, by comparing what is on file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import select

from grants.accounts.contact_points import mail_key
from grants.accounts.models import User
from grants.core.db import db
from grants.core.encryption import blind
from grants.organisations.fields import ConflictKind, ConflictState
from grants.organisations.models import Conflict, Membership, Organisation
from grants.reference import queries as reference


class Tie(Struct, frozen=True):
    """Something a person and an organisation have in common."""

    user_id: int
    organisation_id: int
    kind: ConflictKind
    evidence: str


def known_ties(
    user_ids: Iterable[int], organisation_ids: Iterable[int]
) -> frozenset[tuple[int, int, ConflictKind]]:
    found = select(Conflict.user_id, Conflict.organisation_id, Conflict.kind).where(
        Conflict.user_id.in_(list(user_ids)), Conflict.organisation_id.in_(list(organisation_ids))
    )
    return frozenset((user, body, kind) for user, body, kind in db.session.execute(found))


def ties_between(user_ids: Iterable[int], organisation_ids: Iterable[int]) -> list[Tie]:
    """Membership now or ever, any tie to its host, the mail domain, the phone; no domain shared by everybody."""
    users = db.session.scalars(select(User).where(User.id.in_(list(user_ids))).order_by(User.id)).all()
    bodies = db.session.scalars(
        select(Organisation).where(Organisation.id.in_(list(organisation_ids))).order_by(Organisation.id)
    ).all()
    belongs = _belongs([user.id for user in users])
    to_hosts = belongs | _tied([user.id for user in users], [body.host_id for body in bodies])
    return [tie for user in users for body in bodies for tie in _ties(user, body, belongs, to_hosts)]


def _belongs(user_ids: Sequence[int]) -> frozenset[tuple[int, int]]:
    found = select(Membership.user_id, Membership.organisation_id).where(Membership.user_id.in_(user_ids))
    return frozenset((user, body) for user, body in db.session.execute(found))


def _tied(user_ids: Sequence[int], organisation_ids: Sequence[int | None]) -> frozenset[tuple[int, int]]:
    wanted = [number for number in organisation_ids if number is not None]
    found = select(Conflict.user_id, Conflict.organisation_id).where(
        Conflict.user_id.in_(user_ids),
        Conflict.organisation_id.in_(wanted),
        Conflict.state != ConflictState.CLEARED,
    )
    return frozenset((user, body) for user, body in db.session.execute(found))


def _ties(
    user: User,
    body: Organisation,
    belongs: frozenset[tuple[int, int]],
    to_hosts: frozenset[tuple[int, int]],
) -> Iterable[Tie]:
    if (user.id, body.id) in belongs:
        yield Tie(user.id, body.id, ConflictKind.MEMBER, "")
    if body.host_id is not None and (user.id, body.host_id) in to_hosts:
        yield Tie(user.id, body.id, ConflictKind.HOST, "")
    domain = mail_domain(user.email)
    if domain is not None and domain == body.contact_mail_domain:
        yield Tie(user.id, body.id, ConflictKind.MAIL_DOMAIN, domain)
    if user.phone and body.contact_phone_key == blind(user.phone):
        yield Tie(user.id, body.id, ConflictKind.PHONE, "")


def mail_domain(address: str | None) -> str | None:
    """The domain of an address, unless everybody may have one there (qq.com, 163.com …), or the house itself has."""
    if not address:
        return None
    domain, house = _domain(address), reference.foundation()
    return None if domain in {*house.shared_mail_domains, _domain(house.email)} else domain


def _domain(address: str) -> str:
    return mail_key(address).rpartition("@")[2]

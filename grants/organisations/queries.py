"""Reading organisations, their people, their record, and what somebody holds in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import joinedload, selectinload

from grants.accounts.models import User
from grants.accounts.queries import holders_of
from grants.core.db import db
from grants.core.errors import existing
from grants.core.holding import anew, hold
from grants.core.policy import Actor
from grants.core.reach import within
from grants.core.text import folded
from grants.organisations import fields
from grants.organisations.fields import Kind, StandingKind
from grants.organisations.models import (
    CaseParty,
    Conflict,
    HandOver,
    Invitation,
    Membership,
    Organisation,
    Standing,
    StatusChange,
    Volunteer,
)
from grants.organisations.policies import READERS
from grants.organisations.walls import HANDLERS
from grants.reference import queries as reference
from grants.reference.fields import Taxonomy
from grants.reference.snapshot import TermRow

MOST_HOSTS = 20


# What somebody holds: lines of wiring.ROLES.


def membership_roles(user_id: int) -> Select[str, str, str]:
    """`owner`, `editor` or `viewer` within each organisation the person belongs to."""
    return select(
        type_coerce(Membership.role, String()),
        literal("organisation", String()),
        cast(Membership.organisation_id, String()),
    ).where(Membership.user_id == user_id, Membership.until_on.is_(None))


# The SQL twins of `organisation.view`.


def may_view(actor: Actor) -> ColumnElement[bool]:
    """The condition alone, for counts."""
    return within(actor, READERS, region=Organisation.region_path, organisation=Organisation.id)


def visible_to(actor: Actor) -> Select[Organisation]:
    return select(Organisation).where(may_view(actor))


def volunteers_visible_to(actor: Actor) -> Select[Volunteer]:
    return (
        select(Volunteer)
        .join(Organisation, Volunteer.organisation_id == Organisation.id)
        .where(may_view(actor))
    )


# Organisations.


def by_public_id(public_id: str) -> Organisation:
    """With all that its page shows of itself."""
    found = (
        select(Organisation)
        .where(Organisation.public_id == public_id)
        .options(
            joinedload(Organisation.host),
            joinedload(Organisation.liaison),
            selectinload(Organisation.service_fields),
        )
    )
    return existing(db.session.scalar(found))


def by_id(organisation_id: int) -> Organisation:
    found = (
        select(Organisation)
        .where(Organisation.id == organisation_id)
        .options(joinedload(Organisation.host), selectinload(Organisation.service_fields))
    )
    return existing(db.session.scalar(found))


def by_credit_code(code: str) -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.credit_code == code))


def hosts_found(query: str) -> Sequence[Organisation]:
    """Legal persons that could be a host, by name or whole credit code. Their names are public anyway."""
    wanted = folded(query)
    if not wanted:
        return ()
    found = (
        select(Organisation)
        .where(Organisation.legal_status.in_(fields.LEGAL_PERSONS), Organisation.kind != Kind.PARTNER)
        .where(
            or_(
                Organisation.name_folded.contains(wanted, autoescape=True),
                Organisation.credit_code == wanted.upper(),
            )
        )
        .order_by(Organisation.name_folded, Organisation.id)
        .limit(MOST_HOSTS)
    )
    return db.session.scalars(found).all()


def host_at(public_id: str) -> Organisation | None:
    host_id = host_named(public_id)
    return db.session.get(Organisation, host_id) if host_id is not None else None


def host_named(public_id: str) -> int | None:
    """The id of a body that an address names, if it could be a host at all."""
    if not public_id:
        return None
    return db.session.scalar(
        select(Organisation.id).where(
            Organisation.public_id == public_id, Organisation.legal_status.in_(fields.LEGAL_PERSONS)
        )
    )


def groups_of(user_id: int) -> Sequence[Membership]:
    """The organisations somebody belongs to now, with their roles there."""
    mine = (
        select(Membership)
        .join(Organisation, Membership.organisation_id == Organisation.id)
        .where(Membership.user_id == user_id, Membership.until_on.is_(None))
        .options(joinedload(Membership.organisation))
        .order_by(Organisation.name_folded, Organisation.id)
    )
    return db.session.scalars(mine).all()


def groups_per_place(actor: Actor) -> Mapping[str, int]:
    """Region path → groups that hang right there, of those the actor may see."""
    found = (
        select(Organisation.region_path, func.count())
        .where(Organisation.kind == Kind.GROUP, may_view(actor))
        .group_by(Organisation.region_path)
    )
    return dict(db.session.execute(found).all())


def counted(counts: Mapping[str, int], path: str) -> int:
    """Groups on a place or anywhere below it."""
    return sum(count for at, count in counts.items() if at == path or at.startswith(f"{path}/"))


def groups_per_speciality(actor: Actor) -> Mapping[int, int]:
    found = (
        select(Organisation.speciality_id, func.count())
        .where(Organisation.kind == Kind.GROUP, Organisation.speciality_id.isnot(None), may_view(actor))
        .group_by(Organisation.speciality_id)
    )
    return {key: count for key, count in db.session.execute(found) if key is not None}


def status_changes(organisation_id: int) -> Sequence[StatusChange]:
    found = select(StatusChange).where(StatusChange.organisation_id == organisation_id)
    return db.session.scalars(found.order_by(StatusChange.on.desc(), StatusChange.id.desc())).all()


# People.


def members(organisation_id: int) -> Sequence[Membership]:
    """Who belongs to it now, the leaders first."""
    found = (
        select(Membership)
        .join(User, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id, Membership.until_on.is_(None))
        .options(joinedload(Membership.user))
        .order_by(Membership.role != fields.MemberRole.OWNER, User.name, Membership.id)
    )
    return db.session.scalars(found).all()


def another_leads(member: Membership) -> bool:
    leads = (Membership.role == fields.MemberRole.OWNER, Membership.until_on.is_(None))
    of_it = (Membership.organisation_id == member.organisation_id, Membership.id != member.id)
    return db.session.scalar(select(Membership.id).where(*leads, *of_it).limit(1)) is not None


def membership(public_id: str) -> Membership:
    found = (
        select(Membership)
        .where(Membership.public_id == public_id)
        .options(joinedload(Membership.user), joinedload(Membership.organisation))
    )
    return existing(db.session.scalar(found))


def live_membership(organisation_id: int, user_id: int) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(
            Membership.organisation_id == organisation_id,
            Membership.user_id == user_id,
            Membership.until_on.is_(None),
        )
    )


def open_invitations(organisation_id: int) -> Sequence[Invitation]:
    found = select(Invitation).where(
        Invitation.organisation_id == organisation_id,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    return db.session.scalars(found.order_by(Invitation.invited_at, Invitation.id)).all()


def invitation(public_id: str) -> Invitation:
    found = select(Invitation).where(Invitation.public_id == public_id)
    return existing(db.session.scalar(found.options(joinedload(Invitation.organisation))))


def invitation_of_link(token_id: int) -> Invitation | None:
    """The invitation behind a link, while it stands."""
    return db.session.scalar(
        select(Invitation)
        .where(Invitation.token_id == token_id)
        .where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        .options(joinedload(Invitation.organisation))
    )


def open_hand_over(organisation_id: int) -> HandOver | None:
    return db.session.scalar(
        select(HandOver).where(
            HandOver.organisation_id == organisation_id, HandOver.state == fields.HandOverState.PROPOSED
        )
    )


def hand_over(public_id: str) -> HandOver:
    found = select(HandOver).where(HandOver.public_id == public_id)
    return existing(db.session.scalar(found.options(joinedload(HandOver.organisation))))


# As they stand now: who belongs to an organisation, and who leads it, changes one after another.


def membership_for_writing(row: Membership) -> Membership:
    hold(Organisation, [row.organisation_id])
    return anew(row, joinedload(Membership.user), joinedload(Membership.organisation))


def invitation_for_writing(row: Invitation) -> Invitation:
    hold(Organisation, [row.organisation_id])
    return anew(row, joinedload(Invitation.organisation))


def hand_over_for_writing(row: HandOver) -> HandOver:
    hold(Organisation, [row.organisation_id])
    return anew(row, joinedload(HandOver.organisation))


def officers() -> Mapping[int, str]:
    """Who may be a group's liaison: directors and officers, by id."""
    ids = holders_of("director", "officer")
    found = select(User.id, User.name).where(User.id.in_(ids)).order_by(User.name, User.id)
    return dict(db.session.execute(found).all())


def handlers() -> Mapping[int, str]:
    """Everybody of the house who has a hand in what becomes of a proposal, by id."""
    found = select(User.id, User.name).where(User.id.in_(holders_of(*HANDLERS))).order_by(User.name, User.id)
    return dict(db.session.execute(found).all())


def behind(case: str) -> Sequence[Organisation]:
    """Who stands behind a case, in the order in which they came."""
    found = (
        select(Organisation)
        .join(CaseParty, CaseParty.organisation_id == Organisation.id)
        .where(CaseParty.case == case)
        .order_by(CaseParty.id)
    )
    return db.session.scalars(found).all()


def body_called(name: str) -> Organisation | None:
    """The one body of this whole name or credit code, else the only one whose name holds these words."""
    wanted = folded(name)
    if not wanted:
        return None
    exactly = or_(Organisation.name_folded == wanted, Organisation.credit_code == name.strip().upper())
    whole = db.session.scalars(select(Organisation).where(exactly).limit(2)).all()
    partly = Organisation.name_folded.contains(wanted, autoescape=True)
    found = whole or db.session.scalars(select(Organisation).where(partly).limit(2)).all()
    return found[0] if len(found) == 1 else None


def checklist_items(organisation: Organisation) -> list[TermRow]:
    """The items of the list that its kind of group has to show; the six where the kind says nothing."""
    kind = reference.term_row(Taxonomy.GROUP_KIND, organisation.group_kind or "")
    named = str(kind.attributes.get("checklist", "")) if kind else ""
    wanted = Taxonomy.FIVE_HAVES if named == Taxonomy.FIVE_HAVES else Taxonomy.SIX_HAVES
    return [row for row in reference.terms(wanted) if row.is_live or row.key in organisation.checklist]


# The record.


def standing_of(
    organisation_ids: Iterable[int], on: date
) -> Mapping[int, Mapping[StandingKind, Sequence[Standing]]]:
    """What counts on a day, by organisation and kind, the latest first, in one query."""
    found = (
        select(Standing)
        .where(Standing.organisation_id.in_(list(organisation_ids)), Standing.from_on <= on)
        .where(or_(Standing.until_on.is_(None), Standing.until_on >= on))
        .order_by(Standing.from_on.desc(), Standing.id.desc())
    )
    record: dict[int, dict[StandingKind, list[Standing]]] = {}
    for row in db.session.scalars(found):
        record.setdefault(row.organisation_id, {}).setdefault(row.kind, []).append(row)
    return record


def standing_shown(organisation_id: int, on: date) -> Mapping[StandingKind, Standing]:
    """What a page tells of the record: the latest that counts of each kind, and the last yearly check."""
    counting = standing_of([organisation_id], on).get(organisation_id, {})
    shown = {kind: rows[0] for kind, rows in counting.items()}
    checks = (row for row in record_of(organisation_id) if row.kind is StandingKind.ANNUAL_CHECK)
    last = next(checks, None)
    return shown if last is None else {**shown, StandingKind.ANNUAL_CHECK: last}


def record_of(organisation_id: int) -> Sequence[Standing]:
    """Everything ever put on the record, the latest first."""
    found = select(Standing).where(Standing.organisation_id == organisation_id)
    return db.session.scalars(found.order_by(Standing.from_on.desc(), Standing.id.desc())).all()


# Ties on record; `ties` finds new ones.


def conflict(public_id: str) -> Conflict:
    found = select(Conflict).where(Conflict.public_id == public_id)
    return existing(
        db.session.scalar(found.options(joinedload(Conflict.user), joinedload(Conflict.organisation)))
    )


def conflicts_of(organisation_id: int) -> Sequence[Conflict]:
    found = select(Conflict).where(Conflict.organisation_id == organisation_id)
    return db.session.scalars(found.options(joinedload(Conflict.user)).order_by(Conflict.id)).all()


# Volunteers.


def volunteer(public_id: str) -> Volunteer:
    found = select(Volunteer).where(Volunteer.public_id == public_id)
    return existing(db.session.scalar(found.options(joinedload(Volunteer.organisation))))


def volunteers_of(organisation_id: int) -> Sequence[Volunteer]:
    found = select(Volunteer).where(Volunteer.organisation_id == organisation_id)
    return db.session.scalars(found.order_by(Volunteer.name_folded, Volunteer.id)).all()


def volunteer_count(organisation_id: int) -> int:
    found = select(func.count()).where(Volunteer.organisation_id == organisation_id)
    return db.session.scalar(found) or 0

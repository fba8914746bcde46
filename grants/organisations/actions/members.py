"""Who belongs to an organisation: invitations, roles, leaving, and passing the lead on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import update

from grants.accounts.actions.accounts import make_link
from grants.accounts.contact_points import mail_address, mail_key
from grants.accounts.fields import TokenPurpose
from grants.accounts.models import OneTimeToken, User
from grants.accounts.queries import user_by_email, user_by_id
from grants.core import audit, clock, i18n
from grants.core.db import db
from grants.core.errors import IllegalTransition, NotFound, RulesBroken, Violation
from grants.core.events import publish
from grants.core.holding import anew, hold
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.organisations import queries
from grants.organisations.events import (
    HandOverAccepted,
    HandOverProposed,
    MemberInvited,
    MemberJoined,
    MemberRoleChanged,
    MembershipEnded,
)
from grants.organisations.fields import MOST_OPEN_INVITATIONS, HandOverState, MemberRole
from grants.organisations.lifecycle import HAND_OVER
from grants.organisations.models import HandOver, Invitation, Membership, Organisation


def invite(
    organisation: Organisation, email: str, role: MemberRole, *, by: Actor, at: datetime
) -> Invitation:
    """Keep a place for somebody and mail them a link. A second one to the same address takes the place of the first."""
    authorise(by, "organisation.invite", organisation)
    hold(Organisation, [organisation.id])
    address = mail_address(email) or ""
    waiting = queries.open_invitations(organisation.id)
    broken = list(_invitation_faults(organisation, address, len(waiting)))
    if broken:
        raise RulesBroken(broken)
    for earlier in waiting:
        if mail_key(earlier.email) == mail_key(address):
            earlier.withdrawn_at = at
    link = make_link(TokenPurpose.JOIN, email=address, payload={"organisation_id": organisation.id})
    invitation = Invitation(
        organisation_id=organisation.id,
        email=address,
        role=role,
        token_id=link.id,
        invited_by_id=by.user_id,
        invited_at=at,
        expires_at=link.expires_at,
    )
    db.session.add(invitation)
    audit.record("invite", invitation, by=by, at=at, before={}, after={"role": role})
    _report_invitation(organisation, invitation, by=by, at=at)
    return invitation


def _report_invitation(
    organisation: Organisation, invitation: Invitation, *, by: Actor, at: datetime
) -> None:
    invited = user_by_email(invitation.email)
    fact = MemberInvited(
        occurred_at=at,
        actor_id=by.user_id,
        case=organisation.case,
        organisation_id=organisation.id,
        organisation_name=i18n.in_chinese(organisation.name),
        invitation_id=invitation.id,
        token_id=invitation.token_id,
        email=invitation.email,
        role=invitation.role.value,
        language=invited.language if invited else i18n.language(),
    )
    publish(fact)


def _invitation_faults(organisation: Organisation, address: str, waiting: int) -> Iterator[Violation]:
    if not address:
        yield Violation("email", _l("This is not an e-mail address we can write to."), "email")
        return
    if waiting >= MOST_OPEN_INVITATIONS:
        yield Violation("too_many", _l("Many invitations wait for an answer. Withdraw some first."), "email")
    user = user_by_email(address)
    if user is not None and queries.live_membership(organisation.id, user.id) is not None:
        yield Violation("member", _l("This person is a member already."), "email")


def withdraw_invitation(invitation: Invitation, *, by: Actor, at: datetime) -> None:
    authorise(by, "organisation.invite", invitation.organisation)
    invitation = queries.invitation_for_writing(invitation)
    if invitation.accepted_at is not None:
        raise IllegalTransition(_l("The invitation was accepted in the meantime."))
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = at
        audit.record("withdraw", invitation, by=by, at=at)


def accept_invitation(invitation: Invitation, *, by: Actor, at: datetime) -> Membership:
    """Whoever holds the link and is signed in takes the place; two clicks, one membership."""
    if by.user_id is None:
        raise NotFound
    invitation = queries.invitation_for_writing(invitation)
    used = update(OneTimeToken).where(OneTimeToken.id == invitation.token_id, OneTimeToken.used_at.is_(None))
    taken = db.session.execute(used.values(used_at=clock.real_now()).returning(OneTimeToken.id)).first()
    if taken is None or invitation.withdrawn_at is not None:
        raise IllegalTransition(_l("This invitation was used or withdrawn."))
    invitation.accepted_at, invitation.accepted_by_id = at, by.user_id
    known = queries.live_membership(invitation.organisation_id, by.user_id)
    if known is not None:
        return known
    return join(invitation.organisation, user_by_id(by.user_id), invitation.role, by=by, at=at)


def join(organisation: Organisation, user: User, role: MemberRole, *, by: Actor, at: datetime) -> Membership:
    """The membership itself; whoever calls has made sure that the person was asked."""
    member = Membership(organisation_id=organisation.id, user_id=user.id, role=role, from_on=clock.day_of(at))
    db.session.add(member)
    audit.record("join", member, by=by, at=at, before={}, after={"role": role})
    publish(
        MemberJoined(
            occurred_at=at,
            actor_id=by.user_id,
            case=organisation.case,
            organisation_id=organisation.id,
            user_id=user.id,
            name=user.name,
            role=role.value,
        )
    )
    return member


def change_role(member: Membership, role: MemberRole, *, by: Actor, at: datetime) -> None:
    authorise(by, "organisation.invite", member.organisation)
    member = queries.membership_for_writing(member)
    _still_a_member(member)
    if member.role is role:
        return
    if member.role is MemberRole.OWNER:
        _somebody_else_leads(member)
    member.role = role
    audit.record("change_role", member, by=by, at=at)
    publish(
        MemberRoleChanged(
            occurred_at=at,
            actor_id=by.user_id,
            case=member.organisation.case,
            organisation_id=member.organisation_id,
            user_id=member.user_id,
            name=member.user.name,
            role=role.value,
        )
    )


def end_membership(member: Membership, *, by: Actor, at: datetime) -> None:
    """A leader lets somebody go, or a member leaves. It counts at once; what they did stays."""
    own = by.user_id == member.user_id
    authorise(by, "organisation.leave" if own else "organisation.invite", member.organisation)
    member = queries.membership_for_writing(member)
    _still_a_member(member)
    if member.role is MemberRole.OWNER:
        _somebody_else_leads(member)
    member.until_on = max(clock.day_of(at), member.from_on)
    audit.record("end", member, by=by, at=at)
    publish(
        MembershipEnded(
            occurred_at=at,
            actor_id=by.user_id,
            case=member.organisation.case,
            organisation_id=member.organisation_id,
            user_id=member.user_id,
            name=member.user.name,
        )
    )


def _still_a_member(member: Membership) -> None:
    if member.until_on is not None:
        raise IllegalTransition(_l("This person is no longer a member."))


def _somebody_else_leads(member: Membership) -> None:
    if not queries.another_leads(member):
        raise RulesBroken(
            [Violation("last_owner", _l("Somebody must lead the group. Hand the lead over first."))]
        )


def propose_hand_over(
    organisation: Organisation, successor: Membership, *, by: Actor, at: datetime
) -> HandOver:
    """First of the two confirmations: the leader (or an officer, when the leader is gone) names a member."""
    authorise(by, "organisation.hand_over", organisation)
    hold(Organisation, [organisation.id])
    successor = queries.membership_for_writing(successor)
    _still_a_member(successor)
    leaders = [row for row in queries.members(organisation.id) if row.role is MemberRole.OWNER]
    leaving = next((row for row in leaders if row.user_id == by.user_id), leaders[0] if leaders else None)
    if leaving is None or successor.organisation_id != organisation.id:
        raise NotFound
    if successor.user_id == leaving.user_id:
        raise RulesBroken([Violation("same", _l("This person leads the group already."), "successor")])
    if queries.open_hand_over(organisation.id) is not None:
        raise IllegalTransition(_l("Somebody was asked already. Withdraw that first."))
    row = HandOver(
        organisation_id=organisation.id,
        from_user_id=leaving.user_id,
        to_user_id=successor.user_id,
        proposed_by_id=by.user_id,
        proposed_at=at,
        state=HandOverState.PROPOSED,
    )
    db.session.add(row)
    audit.record("propose", row, by=by, at=at)
    fact = HandOverProposed(
        occurred_at=at,
        actor_id=by.user_id,
        case=organisation.case,
        organisation_id=organisation.id,
        user_id=successor.user_id,
        name=successor.user.name,
    )
    publish(fact)
    return row


def accept_hand_over(hand_over: HandOver, *, by: Actor, at: datetime) -> None:
    """Second confirmation: the successor leads, who led stays on as an editor."""
    authorise(by, "hand_over.answer", hand_over)
    hand_over = queries.hand_over_for_writing(hand_over)
    HAND_OVER.fire("accept", hand_over, by=by, at=at)
    hand_over.answered_at = at
    successor = queries.live_membership(hand_over.organisation_id, hand_over.to_user_id)
    leaving = queries.live_membership(hand_over.organisation_id, hand_over.from_user_id)
    if successor is None:
        raise NotFound
    successor = anew(successor)
    successor.role = MemberRole.OWNER
    audit.record("change_role", successor, by=by, at=at)
    if leaving is not None:
        leaving.role = MemberRole.EDITOR
        audit.record("change_role", leaving, by=by, at=at)
    publish(
        HandOverAccepted(
            occurred_at=at,
            actor_id=by.user_id,
            case=hand_over.case,
            organisation_id=hand_over.organisation_id,
            from_user_id=hand_over.from_user_id,
            user_id=hand_over.to_user_id,
            name=user_by_id(hand_over.to_user_id).name,
        )
    )


def decline_hand_over(hand_over: HandOver, *, by: Actor, at: datetime) -> None:
    authorise(by, "hand_over.answer", hand_over)
    hand_over = queries.hand_over_for_writing(hand_over)
    HAND_OVER.fire("decline", hand_over, by=by, at=at)
    hand_over.answered_at = at


def withdraw_hand_over(hand_over: HandOver, *, by: Actor, at: datetime) -> None:
    authorise(by, "hand_over.withdraw", hand_over)
    hand_over = queries.hand_over_for_writing(hand_over)
    HAND_OVER.fire("withdraw", hand_over, by=by, at=at)
    hand_over.answered_at = at

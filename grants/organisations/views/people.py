"""Members of a group, invitations, and passing the lead on."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.accounts.fields import TokenPurpose
from grants.accounts.queries import link, user_by_id
from grants.core import clock
from grants.core.errors import NotFound
from grants.core.i18n import gettext as _
from grants.core.web import current_actor, opens, public, signed_in
from grants.organisations import fields, queries
from grants.organisations.actions import members
from grants.organisations.fields import MemberRole
from grants.organisations.forms import profile as forms
from grants.organisations.models import HandOver, Invitation, Membership, Organisation
from grants.organisations.policies import MEMBERS
from grants.organisations.views.groups import status_of, to_group

blueprint = Blueprint("members", __name__)


def _who_and_when() -> dict[str, Any]:
    return {"by": current_actor(), "at": clock.now()}


@blueprint.get("/groups/<public_id>/members")
@opens("organisation.view", queries.by_public_id)
def show(group: Organisation) -> ResponseReturnValue:
    return _page(group, forms.Invite(formdata=None))


def _page(group: Organisation, form: forms.Invite) -> ResponseReturnValue:
    waiting = queries.open_hand_over(group.id)
    page = render_template(
        "organisations/members.html",
        group=group,
        form=form,
        members=queries.members(group.id),
        invitations=queries.open_invitations(group.id),
        hand_over=waiting,
        successor=user_by_id(waiting.to_user_id) if waiting else None,
        roles=fields.MEMBER_ROLES,
        helps=fields.MEMBER_ROLE_HELP,
    )
    return page, status_of(form)


@blueprint.post("/groups/<public_id>/members")
@opens("organisation.view", queries.by_public_id, to="organisation.invite")
def invite(group: Organisation) -> ResponseReturnValue:
    form = forms.Invite.from_request()
    if form.accepted():
        with form.attempting():
            role = MemberRole(form.role.data)
            invitation = members.invite(group, form.email.data or "", role, **_who_and_when())
            flash(_("The mail to %(email)s is on its way.", email=invitation.email))
            return to_group("members.show", group)
    return _page(group, form)


@blueprint.post("/groups/invitations/<public_id>/withdraw")
@signed_in
def withdraw_invitation(public_id: str) -> ResponseReturnValue:
    invitation = _own(queries.invitation(public_id))
    members.withdraw_invitation(invitation, **_who_and_when())
    flash(_("The invitation is withdrawn; its link no longer works."))
    return to_group("members.show", invitation.organisation)


def _own(thing: Any) -> Any:
    """What belongs to an organisation one may see; else there is nothing here."""
    actor = current_actor()
    group = queries.by_id(thing.organisation_id)
    if not actor.holds_within(
        *MEMBERS, "director", "officer", region_path=group.region_path, organisation_id=group.id
    ):
        raise NotFound
    return thing


@blueprint.post("/groups/members/<public_id>/role/<role>")
@signed_in
def change_role(public_id: str, role: str) -> ResponseReturnValue:
    if role not in {one.value for one in MemberRole}:
        raise NotFound
    member: Membership = _own(queries.membership(public_id))
    members.change_role(member, MemberRole(role), **_who_and_when())
    flash(_("%(name)s has another role now.", name=member.user.name))
    return to_group("members.show", member.organisation)


@blueprint.post("/groups/members/<public_id>/end")
@signed_in
def end(public_id: str) -> ResponseReturnValue:
    member: Membership = _own(queries.membership(public_id))
    members.end_membership(member, **_who_and_when())
    flash(_("%(name)s is no longer a member.", name=member.user.name))
    if member.user_id == current_actor().user_id:
        return redirect(url_for("groups.list_groups"), HTTPStatus.SEE_OTHER)
    return to_group("members.show", member.organisation)


@blueprint.post("/groups/members/<public_id>/hand-over")
@signed_in
def hand_over(public_id: str) -> ResponseReturnValue:
    member: Membership = _own(queries.membership(public_id))
    members.propose_hand_over(member.organisation, member, **_who_and_when())
    flash(_("%(name)s was asked. Once they accept, they lead the group.", name=member.user.name))
    return to_group("members.show", member.organisation)


@blueprint.post("/groups/hand-overs/<public_id>/<answer>")
@signed_in
def answer_hand_over(public_id: str, answer: str) -> ResponseReturnValue:
    acts = {
        "accept": members.accept_hand_over,
        "decline": members.decline_hand_over,
        "withdraw": members.withdraw_hand_over,
    }
    if answer not in acts:
        raise NotFound
    asked: HandOver = _own(queries.hand_over(public_id))
    acts[answer](asked, **_who_and_when())
    return to_group("members.show", asked.organisation)


@blueprint.get("/join/<token>")
@public
def invitation(token: str) -> ResponseReturnValue:
    """What the link in the mail opens: whose group, which role, and one button."""
    found = _behind(token)
    if found is None:
        return render_template("organisations/link_gone.html"), HTTPStatus.NOT_FOUND
    return render_template(
        "organisations/join.html",
        invitation=found,
        token=token,
        role=fields.MEMBER_ROLES[found.role],
        help=fields.MEMBER_ROLE_HELP[found.role],
    )


@blueprint.post("/join/<token>")
@signed_in
def join(token: str) -> ResponseReturnValue:
    found = _behind(token)
    if found is None:
        return render_template("organisations/link_gone.html"), HTTPStatus.NOT_FOUND
    members.accept_invitation(found, **_who_and_when())
    flash(_("Welcome. You belong to the group now."))
    return to_group("groups.show", found.organisation)


def _behind(token: str) -> Invitation | None:
    good = link(TokenPurpose.JOIN, token)
    return queries.invitation_of_link(good.id) if good else None

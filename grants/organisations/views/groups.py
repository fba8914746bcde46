"""Registering a group, its page, its profile, its legal status, and the officers' list."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.accounts.contact_points import phone_to_read
from grants.core import access_log, clock, export, i18n, lists
from grants.core.errors import NotFound
from grants.core.i18n import gettext as _
from grants.core.policy import permits
from grants.core.web import current_actor, opens, signed_in
from grants.organisations import fields, listing, queries
from grants.organisations.actions import groups
from grants.organisations.fields import LegalStatus
from grants.organisations.forms import profile as forms
from grants.organisations.forms.record import EnterBody
from grants.organisations.models import Organisation, StatusChange

blueprint = Blueprint("groups", __name__)


def status_of(form: Any) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def to_group(view: str, group: Organisation) -> ResponseReturnValue:
    return redirect(url_for(view, public_id=group.public_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/groups")
@signed_in
def list_groups() -> ResponseReturnValue:
    """All groups for those who look after them; for everybody else their own."""
    actor = current_actor()
    if not permits(actor, "organisation.list"):
        mine = queries.groups_of(actor.user_id or 0)
        return render_template("organisations/mine.html", mine=mine, roles=fields.MEMBER_ROLES)
    page = lists.page(listing.GROUPS, request.args, by=actor, path=url_for("groups.list_groups"))
    return render_template("organisations/list.html", page=page)


@blueprint.get("/groups.<kind>")
@opens("organisation.list")
def export_groups(kind: str) -> ResponseReturnValue:
    return export.exported(listing.GROUPS, request.args, by=current_actor(), kind=kind)


@blueprint.route("/groups/new", methods=["GET", "POST"])
@opens("organisation.register")
def register() -> ResponseReturnValue:
    form = forms.Register.from_request()
    form.offer()
    if form.is_last and form.accepted():
        with form.attempting():
            group = groups.register_group(form.profile(), form.legal(), by=current_actor(), at=clock.now())
            flash(_("Your group is registered. From here you apply, report and are paid."))
            return to_group("groups.show", group)
    step = form.first_step_with_errors() if form.errors else form.step_now()
    return _step(form, step)


def _step(form: forms.Register, step: int) -> ResponseReturnValue:
    page = render_template(
        "organisations/register.html",
        form=form,
        step=step,
        steps=forms.STEPS,
        pick=form.pick,
        legal=form.status() in fields.LEGAL_PERSONS,
        unregistered=form.status() is fields.LegalStatus.UNREGISTERED,
        **_hosts(),
    )
    return page, status_of(form)


def _hosts() -> dict[str, Any]:
    asked = request.values.get("host_q", "")[:60]
    chosen = queries.host_at(request.values.get("host_choice", ""))
    return {"host_q": asked, "hosts": queries.hosts_found(asked), "host_chosen": chosen}


@blueprint.get("/groups/places")
@signed_in
def places() -> ResponseReturnValue:
    """The picker alone, for htmx, after a select or the search changed."""
    pick = forms.place_pick(request.args)
    return render_template("organisations/_places.html", pick=pick, errors=[])


@blueprint.get("/groups/hosts")
@signed_in
def hosts() -> ResponseReturnValue:
    return render_template("organisations/_hosts.html", **_hosts())


@blueprint.route("/groups/bodies/new", methods=["GET", "POST"])
@opens("organisation.enter")
def enter_body() -> ResponseReturnValue:
    """A host or a partner, which registers nowhere itself."""
    form = EnterBody.from_request()
    if form.accepted():
        with form.attempting():
            kind, said = fields.Kind(form.kind.data), {"intro": form.intro}
            groups.register_body(kind, form.name, form.legal(), **said, by=current_actor(), at=clock.now())
            flash(_("It is put down. Groups can name it now."))
            return redirect(url_for("groups.list_groups"), HTTPStatus.SEE_OTHER)
    return render_template("organisations/body.html", form=form), status_of(form)


@blueprint.get("/groups/<public_id>")
@opens("organisation.view", queries.by_public_id)
def show(group: Organisation) -> ResponseReturnValue:
    contact = _contact_of(group)
    return render_template(
        "organisations/show.html",
        group=group,
        contact=contact,
        phone=phone_to_read(contact.phone) if contact else "",
        members=queries.members(group.id),
        standing=queries.standing_shown(group.id, clock.today()),
        history=[_told(change) for change in queries.status_changes(group.id)],
        items=queries.checklist_items(group),
        volunteer_count=queries.volunteer_count(group.id),
        hand_over=queries.open_hand_over(group.id),
        **_words(),
    )


def _told(change: StatusChange) -> tuple[str, str]:
    """A line of the status history: its day and what became of what."""
    if change.what == "legal_status":
        words = fields.LEGAL_STATUSES
        before, after = words[LegalStatus(change.before)], words[LegalStatus(change.after)]
        return i18n.date_text(change.on), _("%(before)s → %(after)s", before=before, after=after)
    if change.what == "host":
        return i18n.date_text(change.on), _("Another host")
    grades = (change.before or _("none"), change.after or _("none"))
    return i18n.date_text(change.on), _(
        "Assessment %(before)s → %(after)s", before=grades[0], after=grades[1]
    )


def _words() -> dict[str, Any]:
    return {
        "statuses": fields.LEGAL_STATUSES,
        "roles": fields.MEMBER_ROLES,
        "kinds": fields.KINDS,
        "standing_kinds": fields.STANDING_KINDS,
        "checks": {check.value: words for check, words in fields.ANNUAL_CHECKS.items()},
    }


def _contact_of(group: Organisation) -> fields.Contact | None:
    """The contact, for members and staff; a look by staff is remembered."""
    actor = current_actor()
    if group.contact is None or not permits(actor, "organisation.contact", group):
        return None
    if not actor.holds_within("owner", "editor", "viewer", organisation_id=group.id):
        access_log.note("contact", "organisation", group.id, by=actor)
    return group.contact


@blueprint.route("/groups/<public_id>/edit", methods=["GET", "POST"])
@opens("organisation.view", queries.by_public_id)
def edit(group: Organisation) -> ResponseReturnValue:
    if not permits(current_actor(), "organisation.edit", group) and request.method == "GET":
        raise NotFound
    form = forms.EditProfile.of(group)
    if request.form.get("go") != "again" and form.accepted():
        with form.attempting():
            seen = forms.version_in(form)
            groups.edit_profile(group, form.profile(), version=seen, by=current_actor(), at=clock.now())
            flash(_("Saved. Your next proposal starts with this."))
            return to_group("groups.show", group)
    page = render_template("organisations/edit.html", form=form, group=group, pick=form.pick)
    return page, status_of(form)


@blueprint.route("/groups/<public_id>/status", methods=["GET", "POST"])
@opens("organisation.view", queries.by_public_id, to="organisation.status")
def legal_status(group: Organisation) -> ResponseReturnValue:
    known = {"legal_status": group.legal_status.value, "credit_code": group.credit_code or ""}
    form = forms.Status.from_request(**known)
    if request.form.get("go") != "again" and form.accepted():
        with form.attempting():
            groups.change_legal_status(group, form.legal(), by=current_actor(), at=clock.now())
            flash(_("The legal status is changed."))
            return to_group("groups.show", group)
    page = render_template("organisations/status.html", form=form, group=group, **_hosts())
    return page, status_of(form)


@blueprint.route("/groups/<public_id>/checklist", methods=["GET", "POST"])
@opens("organisation.view", queries.by_public_id)
def checklist(group: Organisation) -> ResponseReturnValue:
    if request.method == "POST":
        ticked = request.form.getlist("ticked")
        groups.tick_checklist(group, ticked, by=current_actor(), at=clock.now())
        flash(_("The list is saved."))
        return to_group("groups.show", group)
    return render_template("organisations/checklist.html", group=group, items=queries.checklist_items(group))

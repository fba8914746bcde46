"""A group's ledger of volunteers."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue

from grants.core import access_log, clock
from grants.core.i18n import gettext as _
from grants.core.policy import permits
from grants.core.text import clean_line
from grants.core.web import current_actor, opens
from grants.organisations import queries
from grants.organisations.actions import volunteers
from grants.organisations.actions.volunteers import Person
from grants.organisations.fields import Contact
from grants.organisations.forms import profile as forms
from grants.organisations.models import Organisation, Volunteer
from grants.organisations.views.groups import status_of, to_group

blueprint = Blueprint("volunteers", __name__)
_COMMAS = re.compile(r"[,，、;；]+")


@blueprint.get("/groups/<public_id>/volunteers")
@opens("organisation.view", queries.by_public_id)
def show(group: Organisation) -> ResponseReturnValue:
    plain = permits(current_actor(), "volunteer.contact", group)
    if plain and not permits(current_actor(), "volunteer.edit", group):
        access_log.note("ledger", "organisation", group.id, by=current_actor())
    rows = queries.volunteers_of(group.id)
    return render_template("organisations/volunteers.html", group=group, rows=rows, plain=plain)


@blueprint.route("/groups/<public_id>/volunteers/add", methods=["GET", "POST"])
@opens("organisation.view", queries.by_public_id, to="volunteer.edit")
def add(group: Organisation) -> ResponseReturnValue:
    form = forms.VolunteerEntry.from_request(joined_on=clock.today())
    if form.accepted():
        with form.attempting():
            person = _person(form, prior_minutes=0)
            row = volunteers.add_volunteer(group, person, by=current_actor(), at=clock.now())
            flash(_("%(name)s is on the ledger.", name=row.name))
            return to_group("volunteers.show", group)
    return _page(group, form)


@blueprint.route("/volunteers/<public_id>", methods=["GET", "POST"])
@opens("volunteer.change", queries.volunteer)
def edit(row: Volunteer) -> ResponseReturnValue:
    form = _filled(row)
    if form.accepted():
        with form.attempting():
            version = forms.version_in(form)
            person = _person(form, prior_minutes=row.prior_minutes)
            volunteers.edit_volunteer(row, person, version=version, by=current_actor(), at=clock.now())
            flash(_("Saved."))
            return to_group("volunteers.show", row.organisation)
    return _page(row.organisation, form, row)


def _page(
    group: Organisation, form: forms.VolunteerEntry, row: Volunteer | None = None
) -> ResponseReturnValue:
    return render_template("organisations/volunteer.html", group=group, form=form, row=row), status_of(form)


def _filled(row: Volunteer) -> forms.VolunteerEntry:
    values: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("version", "name", "number", "birth_year", "joined_on", "left_on")
    }
    phone = row.contact.phone if row.contact else ""
    return forms.VolunteerEntry.from_request(**values, skills="、".join(row.skills), phone=phone)


def _person(form: forms.VolunteerEntry, *, prior_minutes: int) -> Person:
    skills = [clean_line(part) for part in _COMMAS.split(form.skills.data or "")]
    return Person(
        name=form.name.data or "",
        number=form.number.data or "",
        contact=Contact(phone=clean_line(form.phone.data or "")),
        birth_year=form.birth_year.data,
        skills=[skill for skill in skills if skill],
        joined_on=form.joined_on.data or clock.today(),
        left_on=form.left_on.data,
        prior_minutes=prior_minutes,
    )

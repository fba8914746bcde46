"""What officers keep about a group: its record, its ties with reviewers, who looks after it; and the two trees."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from grants.accounts.queries import user_by_id
from grants.core import clock
from grants.core.forms import Form, options
from grants.core.i18n import gettext as _
from grants.core.web import current_actor, opens
from grants.organisations import fields, queries
from grants.organisations.actions import conflicts, groups, standing
from grants.organisations.fields import AnnualCheck, ConflictKind
from grants.organisations.forms import record as forms
from grants.organisations.models import Conflict, Organisation
from grants.organisations.views.groups import to_group
from grants.reference import queries as reference
from grants.reference.fields import LEVELS

blueprint = Blueprint("record", __name__)


def _who_and_when() -> dict[str, Any]:
    return {"by": current_actor(), "at": clock.now()}


@blueprint.route("/groups/<public_id>/record", methods=["GET", "POST"])
@opens("organisation.assess", queries.by_public_id)
def show(group: Organisation) -> ResponseReturnValue:
    form = _record_form(group)
    if form.accepted():
        with form.attempting():
            _keep(group, form)
            flash(_("The record is kept."))
            return to_group("groups.show", group)
    return _page(group, form)


def _record_form(group: Organisation) -> forms.Record:
    known = ("star_level", "assessment_grade", "assessment_until")
    values = {name: getattr(group, name) for name in known}
    form = forms.Record.from_request(**values, liaison=str(group.liaison_id or ""))
    grades = [("", _("none")), *((grade, grade) for grade in fields.ASSESSMENT_GRADES)]
    form.assessment_grade.choices = options(grades)
    form.liaison.choices = options([("", _("nobody yet")), *queries.officers().items()])
    return form


def _keep(group: Organisation, form: forms.Record) -> None:
    groups.assess(
        group,
        star_level=form.star_level.data,
        assessment_grade=form.assessment_grade.data or None,
        assessment_until=form.assessment_until.data,
        **_who_and_when(),
    )
    if form.liaison.data and form.liaison.data != str(group.liaison_id or ""):
        groups.name_liaison(group, user_by_id(int(form.liaison.data)), **_who_and_when())


def _page(group: Organisation, form: forms.Record, **sent: Form) -> ResponseReturnValue:
    """The whole page; a form that was sent and refused takes the place of its fresh one."""
    fresh: dict[str, Form] = {
        "check": forms.AnnualCheckForm(formdata=None, year=clock.today().year - 1),
        "tie": forms.TieForm.among(queries.handlers(), formdata=None),
        "block": forms.BlockForm(formdata=None),
    }
    page = render_template(
        "organisations/record.html",
        group=group,
        form=form,
        blocked=queries.standing_shown(group.id, clock.today()).get(fields.StandingKind.BLOCKED),
        **(fresh | sent),
        rows=queries.record_of(group.id),
        ties=queries.conflicts_of(group.id),
        standing_kinds=fields.STANDING_KINDS,
        checks={one.value: words for one, words in fields.ANNUAL_CHECKS.items()},
        tie_kinds=fields.CONFLICT_KINDS,
    )
    wrong = any(one.errors for one in (form, *sent.values()))
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


@blueprint.post("/groups/<public_id>/annual-check")
@opens("organisation.assess", queries.by_public_id)
def annual_check(group: Organisation) -> ResponseReturnValue:
    check = forms.AnnualCheckForm.from_request()
    if check.accepted():
        with check.attempting():
            result = AnnualCheck(check.result.data)
            standing.record_annual_check(group, check.year.data or 0, result, **_who_and_when())
            flash(_("The result is on the record."))
            return to_group("record.show", group)
    return _page(group, _record_form(group), check=check)


@blueprint.post("/groups/<public_id>/block")
@opens("organisation.assess", queries.by_public_id)
def block(group: Organisation) -> ResponseReturnValue:
    form = forms.BlockForm.from_request()
    if form.accepted():
        with form.attempting():
            terms = {"until_on": form.until_on.data or clock.today(), "reason": form.reason.data or ""}
            standing.block(group, **terms, **_who_and_when())
            flash(_("The group cannot apply until then, and can read why."))
            return to_group("record.show", group)
    return _page(group, _record_form(group), block=form)


@blueprint.post("/groups/<public_id>/block/lift")
@opens("organisation.assess", queries.by_public_id)
def lift_block(group: Organisation) -> ResponseReturnValue:
    standing.lift_block(group, **_who_and_when())
    flash(_("The group may apply again."))
    return to_group("record.show", group)


@blueprint.post("/groups/<public_id>/ties")
@opens("organisation.assess", queries.by_public_id, to="conflict.note")
def note_tie(group: Organisation) -> ResponseReturnValue:
    form = forms.TieForm.among(queries.handlers())
    if form.accepted():
        with form.attempting():
            said = {"kind": ConflictKind(form.kind.data), "evidence": form.evidence.data or ""}
            conflicts.note_conflict(form.person.data, group.id, **said, **_who_and_when())
            flash(_("The tie is noted. The person sees and decides nothing of this group from now on."))
            return to_group("record.show", group)
    return _page(group, _record_form(group), tie=form)


@blueprint.post("/ties/<public_id>/confirm")
@opens("conflict.settle", queries.conflict)
def confirm_tie(tie: Conflict) -> ResponseReturnValue:
    conflicts.confirm_conflict(tie, **_who_and_when())
    flash(_("The tie stands; the person stays out."))
    return to_group("record.show", tie.organisation)


@blueprint.post("/ties/<public_id>/clear")
@opens("conflict.settle", queries.conflict)
def clear_tie(tie: Conflict) -> ResponseReturnValue:
    conflicts.clear_conflict(tie, **_who_and_when())
    flash(_("The tie is cleared; the person may judge."))
    return to_group("record.show", tie.organisation)


@blueprint.get("/regions")
@opens("organisation.list")
def regions() -> ResponseReturnValue:
    """Where groups are, level by level, and where there is none yet; on either axis."""
    axis = "speciality" if request.args.get("axis") == "speciality" else "place"
    if axis == "speciality":
        counts = queries.groups_per_speciality(current_actor())
        return render_template(
            "organisations/specialities.html", rows=reference.all_specialities(), counts=counts
        )
    return _places(request.args.get("at", ""))


def _places(code: str) -> ResponseReturnValue:
    cities = reference.regions_below(None)
    here = reference.region_by_code(code) or (cities[0] if len(cities) == 1 else None)
    counts = queries.groups_per_place(current_actor())
    rows = [
        (row, queries.counted(counts, row.path)) for row in reference.regions_below(here.id if here else None)
    ]
    return render_template(
        "organisations/regions.html",
        here=here,
        trail=reference.region_trail(here.id if here else None)[:-1],
        rows=rows,
        levels=LEVELS,
        label=reference.level_label,
    )

"""Activities: recorded by the group with its volunteers' hours, verified or returned by a second person."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core import clock
from grants.core.errors import NotFound
from grants.core.i18n import gettext as _
from grants.core.policy import permits
from grants.core.web import current_actor, opens, prepared, prepares
from grants.documents.queries import documents_of
from grants.organisations.models import Volunteer
from grants.projects import fields, forms, rules
from grants.projects.actions import activities
from grants.projects.lifecycle import ACTIVITY
from grants.projects.models import Activity, Project
from grants.projects.queries import projects as queries

blueprint = Blueprint("activities", __name__, url_prefix="/projects/<public_id>/activities")


def _to(activity: Activity) -> ResponseReturnValue:
    address = url_for("activities.show", public_id=activity.project.public_id, key=activity.public_id)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _receive(**_url: str) -> object:
    return forms.received()


@blueprint.get("")
@opens("project.view", queries.by_public_id)
def index(project: Project) -> ResponseReturnValue:
    return render_template(
        "projects/activities.html",
        project=project,
        activities=queries.activities_of(project),
        hours_text=rules.hours_text,
        counted=rules.minutes_counted,
        words_of=fields,
    )


@blueprint.get("/new")
@opens("project.view", queries.by_public_id)
def new(project: Project) -> ResponseReturnValue:
    _may_record(project)
    return _form(project, forms.Activity.from_request(on=clock.today()))


def _may_record(project: Project) -> None:
    if not permits(current_actor(), "activity.record", project):
        raise NotFound


def _form(project: Project, form: forms.Activity, activity: Activity | None = None) -> ResponseReturnValue:
    form.offer_kinds(activity.kind if activity else "")
    ledger = _ledger(project)
    kept = {row.volunteer_id: row.minutes for row in activity.hours} if activity else {}
    page = render_template(
        "projects/activity_form.html",
        project=project,
        activity=activity,
        form=form,
        ledger=ledger,
        ticked=_ticked(ledger, kept),
        hours_text=rules.hours_text,
        own=_own_hours(activity) if request.method == "GET" else request.form,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _own_hours(activity: Activity | None) -> dict[str, str]:
    """What stands beside the names of those whose hours differ from everybody's."""
    rows = activity.hours if activity else ()
    return {
        f"hours-{row.volunteer.public_id}": rules.hours_text(row.minutes)
        for row in rows
        if activity and row.minutes != activity.minutes_each
    }


def _ticked(ledger: Sequence[Volunteer], kept: dict[int, int]) -> set[str]:
    if request.method == "POST":
        return set(request.form.getlist("who"))
    return {row.public_id for row in ledger if row.id in kept}


def _ledger(project: Project) -> Sequence[Volunteer]:
    return queries.ledger_of(project.organisation_id, clock.today())


@blueprint.post("")
@prepares(_receive)
@opens("project.view", queries.by_public_id, to="activity.record")
def create(project: Project) -> ResponseReturnValue:
    form = forms.Activity.from_request()
    files = forms.accepted_files(form, prepared())
    if files is not None and form.accepted():
        with form.attempting():
            activity = _record(project, form, files)
            return _to(activity)
    return _form(project, form)


def _record(project: Project, form: forms.Activity, files: Sequence[forms.Spooled]) -> Activity:
    """What was ticked and typed: as planned when its day has not come, else as recorded."""
    by, at = current_actor(), clock.now()
    named = forms.named_minutes(_ledger(project), form.terms(0).minutes_each)
    terms = form.terms(len(named))
    if terms.on > clock.day_of(at) and not named:
        flash(_("The activity is on your plan."))
        return activities.publish_activity(project, terms, by=by, at=at)
    flash(_("Recorded. The hours count once a second person has verified them."))
    return activities.record_new(project, terms, named, files, by=by, at=at)


@blueprint.get("/<key>")
@opens("project.view", queries.activity)
def show(activity: Activity) -> ResponseReturnValue:
    return _page(activity, forms.Reason.from_request())


def _page(activity: Activity, reason: forms.Reason, problems: Sequence[object] = ()) -> ResponseReturnValue:
    wrote = {activity.recorded_by_id, *(row.recorded_by_id for row in activity.hours)}
    page = render_template(
        "projects/activity.html",
        activity=activity,
        project=activity.project,
        evidence=documents_of(activity),
        reason=reason,
        problems=problems,
        is_mine=current_actor().user_id in wrote,
        counted=rules.minutes_counted(activity),
        hours_text=rules.hours_text,
        words_of=fields,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if reason.errors else HTTPStatus.OK


@blueprint.route("/<key>/edit", methods=["GET", "POST"])
@prepares(_receive)
@opens("project.view", queries.activity, to="activity.record")
def edit(activity: Activity) -> ResponseReturnValue:
    _may_record(activity.project)
    form = forms.Activity.from_request(obj=activity, hours_each=_hours(activity))
    files = forms.accepted_files(form, prepared())
    if files is not None and form.accepted():
        named = forms.named_minutes(_ledger(activity.project), form.terms(0).minutes_each)
        with form.attempting():
            activities.record(
                activity, form.terms(len(named)), named, files, by=current_actor(), at=clock.now()
            )
            flash(_("Recorded. The hours count once a second person has verified them."))
            return _to(activity)
    return _form(activity.project, form, activity)


def _hours(activity: Activity) -> Decimal:
    return Decimal(activity.minutes_each) / rules.ONE_HOUR


@blueprint.post("/<key>/verify")
@opens("project.view", queries.activity)
def verify(activity: Activity) -> ResponseReturnValue:
    form = forms.Reason.from_request(formdata=None)
    with form.attempting():
        activities.verify(activity, by=current_actor(), at=clock.now())
        flash(_("Verified: the hours count from now on."))
        return _to(activity)
    return _page(activity, form)


@blueprint.post("/<key>/return")
@opens("project.view", queries.activity, to="activity.verify")
def send_back(activity: Activity) -> ResponseReturnValue:
    ACTIVITY.demand("return", activity)
    reason = forms.Reason.from_request()
    if reason.accepted():
        with reason.attempting():
            activities.send_back(activity, reason.reason.data or "", by=current_actor(), at=clock.now())
            flash(_("Returned to the group."))
            return _to(activity)
    return _page(activity, reason)


@blueprint.post("/<key>/cancel")
@opens("project.view", queries.activity, to="activity.record")
def cancel(activity: Activity) -> ResponseReturnValue:
    ACTIVITY.demand("cancel", activity)
    reason = forms.Reason.from_request()
    if reason.accepted():
        with reason.attempting():
            activities.cancel(activity, reason.reason.data or "", by=current_actor(), at=clock.now())
            flash(_("The activity is called off."))
            return _to(activity)
    return _page(activity, reason)

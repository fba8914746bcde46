"""The project's page for its group, the list, and the project's way."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.agreements.queries import newest_text
from grants.core import clock, lists
from grants.core.export import exported
from grants.core.i18n import gettext as _
from grants.core.web import current_actor, opens
from grants.projects import fields, forms, rules
from grants.projects.actions import planning
from grants.projects.lifecycle import PROJECT
from grants.projects.listing import PROJECTS
from grants.projects.models import Project
from grants.projects.queries import hours
from grants.projects.queries import projects as queries

blueprint = Blueprint("projects", __name__)


def _to(project: Project) -> ResponseReturnValue:
    return redirect(url_for("projects.show", public_id=project.public_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/projects")
@opens("project.list")
def index() -> ResponseReturnValue:
    page = lists.page(PROJECTS, request.args, by=current_actor(), path=url_for("projects.index"))
    return render_template("projects/index.html", page=page)


@blueprint.get("/projects.<any(csv, xlsx):kind>")
@opens("project.list")
def export(kind: str) -> Response:
    return exported(PROJECTS, request.args, by=current_actor(), kind=kind)


@blueprint.get("/projects/<public_id>")
@opens("project.view", queries.by_public_id)
def show(project: Project) -> ResponseReturnValue:
    return _show(project)


def _show(project: Project, stop: forms.Reason | None = None, end: forms.Terminate | None = None) -> Any:
    today, activities = clock.today(), queries.activities_of(project)
    text_id, signed_at = newest_text(project.grant_id) or ("", None)
    page = render_template(
        "projects/show.html",
        project=project,
        standing=rules.standing(project, today),
        steps=rules.steps(project, signed_at=signed_at),
        may_finish=not list(rules.final_report_is_in(project, clock.now())),
        upcoming=rules.upcoming(project, activities, today),
        progress=hours.progress_of(project),
        agreement=text_id,
        activities=activities[:8],
        stop=(stop or forms.Reason.from_request()).apart("stop"),
        end=(end or forms.Terminate.from_request()).apart("end"),
        today=today,
        **WORDS,
    )
    wrong = (stop and stop.errors) or (end and end.errors)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


WORDS: dict[str, Any] = {
    "words_of": fields,
    "hours_text": rules.hours_text,
    "days_late": rules.days_late,
}


@blueprint.post("/projects/<public_id>/suspend")
@opens("project.view", queries.by_public_id, to="project.suspend")
def suspend(project: Project) -> ResponseReturnValue:
    PROJECT.demand("suspend", project)
    form = forms.Reason.from_request()
    if form.accepted():
        with form.attempting():
            planning.suspend(project, form.reason.data or "", by=current_actor(), at=clock.now())
            flash(_("The project is suspended; no money moves."))
            return _to(project)
    return _show(project, stop=form)


@blueprint.post("/projects/<public_id>/resume")
@opens("project.view", queries.by_public_id, to="project.suspend")
def resume(project: Project) -> ResponseReturnValue:
    PROJECT.demand("resume", project)
    form = forms.Reason.from_request()
    if form.accepted():
        with form.attempting():
            planning.resume(project, form.reason.data or "", by=current_actor(), at=clock.now())
            flash(_("The project goes on."))
            return _to(project)
    return _show(project, stop=form)


@blueprint.post("/projects/<public_id>/finish")
@opens("project.view", queries.by_public_id)
def finish(project: Project) -> ResponseReturnValue:
    form = forms.Form.from_request()
    if form.accepted():
        with form.attempting():
            planning.finish(project, by=current_actor(), at=clock.now())
            flash(_("The close-out has begun."))
            return _to(project)
    flash(" ".join(str(sentence) for sentence in form.form_errors), "error")
    return _to(project)


@blueprint.post("/projects/<public_id>/terminate")
@opens("project.view", queries.by_public_id, to="project.terminate")
def terminate(project: Project) -> ResponseReturnValue:
    PROJECT.demand("terminate", project)
    form = forms.Terminate.from_request()
    if form.accepted():
        until = form.blocked_until.data
        with form.attempting():
            planning.terminate(
                project, form.reason.data or "", blocked_until=until, by=current_actor(), at=clock.now()
            )
            flash(_("The project is terminated."))
            return _to(project)
    return _show(project, end=form)

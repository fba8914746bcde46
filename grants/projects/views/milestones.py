"""A milestone: what shows it is reached, and what the officer says to it."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core import clock
from grants.core.i18n import gettext as _
from grants.core.web import current_actor, opens, prepared, prepares
from grants.documents.queries import documents_of
from grants.projects import fields, forms, rules
from grants.projects.actions import milestones
from grants.projects.lifecycle import MILESTONE
from grants.projects.models import Milestone
from grants.projects.queries import projects as queries

blueprint = Blueprint("milestones", __name__, url_prefix="/projects/<public_id>/milestones")


def _to(milestone: Milestone) -> ResponseReturnValue:
    address = url_for("milestones.show", public_id=milestone.project.public_id, key=milestone.public_id)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _receive(**_url: str) -> object:
    return forms.received()


@blueprint.get("/<key>")
@opens("project.view", queries.milestone)
def show(milestone: Milestone) -> ResponseReturnValue:
    form = forms.MilestoneEvidence.from_request(words=milestone.words, link=milestone.link)
    return _page(milestone, form, forms.Reason.from_request())


def _page(milestone: Milestone, form: forms.MilestoneEvidence, reason: forms.Reason) -> ResponseReturnValue:
    page = render_template(
        "projects/milestone.html",
        milestone=milestone,
        project=milestone.project,
        form=form,
        reason=reason,
        evidence=documents_of(milestone),
        late=rules.days_late(milestone.due_on, clock.today()),
        words_of=fields,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or reason.errors else HTTPStatus.OK


@blueprint.post("/<key>")
@prepares(_receive)
@opens("project.view", queries.milestone)
def submit(milestone: Milestone) -> ResponseReturnValue:
    form = forms.MilestoneEvidence.from_request()
    files = forms.accepted_files(form, prepared())
    if files is not None and form.accepted():
        shown = {"words": form.words.data or "", "link": form.link.data or "", "evidence": files}
        with form.attempting():
            milestones.submit(milestone, **shown, by=current_actor(), at=clock.now())
            flash(_("Handed in. Your officer looks at it now."))
            return _to(milestone)
    return _page(milestone, form, forms.Reason.from_request())


@blueprint.post("/<key>/accept")
@opens("project.view", queries.milestone)
def accept(milestone: Milestone) -> ResponseReturnValue:
    milestones.accept(milestone, by=current_actor(), at=clock.now())
    flash(_("The milestone is reached."))
    return _to(milestone)


@blueprint.post("/<key>/return")
@opens("project.view", queries.milestone, to="milestone.read")
def send_back(milestone: Milestone) -> ResponseReturnValue:
    MILESTONE.demand("return", milestone)
    reason = forms.Reason.from_request()
    if reason.accepted():
        with reason.attempting():
            milestones.send_back(milestone, reason.reason.data or "", by=current_actor(), at=clock.now())
            flash(_("Returned to the group."))
            return _to(milestone)
    return _page(milestone, forms.MilestoneEvidence.from_request(formdata=None), reason)

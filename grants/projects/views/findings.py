"""Findings: opened by an officer, answered by the group, closed by another officer."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core import clock
from grants.core.errors import NotFound
from grants.core.i18n import gettext as _
from grants.core.policy import permits
from grants.core.web import current_actor, opens, prepared, prepares
from grants.documents.queries import documents_of
from grants.projects import fields, forms, rules
from grants.projects.actions import findings
from grants.projects.lifecycle import FINDING
from grants.projects.models import Finding, Project
from grants.projects.queries import projects as queries

blueprint = Blueprint("findings", __name__, url_prefix="/projects/<public_id>/findings")


def _to(project_id: str, key: str) -> ResponseReturnValue:
    """What reacts to a finding reads it anew, so the address is taken from before."""
    return redirect(url_for("findings.show", public_id=project_id, key=key), HTTPStatus.SEE_OTHER)


def _here() -> ResponseReturnValue:
    args = request.view_args or {}
    return _to(args["public_id"], args["key"])


def _receive(**_url: str) -> object:
    return forms.received()


@blueprint.route("/new", methods=["GET", "POST"])
@opens("project.view", queries.by_public_id, to="finding.open")
def new(project: Project) -> ResponseReturnValue:
    if not permits(current_actor(), "finding.open", project):
        raise NotFound
    form = forms.Finding.from_request()
    if form.accepted():
        terms = form.terms(clock.today(), request.args.get("source", ""))
        with form.attempting():
            finding = findings.open_finding(project, terms, by=current_actor(), at=clock.now())
            flash(_("The finding is open; the group is told."))
            return _to(str((request.view_args or {})["public_id"]), finding.public_id)
    page = render_template("projects/finding_form.html", project=project, form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@blueprint.get("/<key>")
@opens("project.view", queries.finding)
def show(finding: Finding) -> ResponseReturnValue:
    return _page(finding, forms.Answer.from_request(), forms.Reason.from_request())


def _page(finding: Finding, form: forms.Answer, reason: forms.Reason) -> ResponseReturnValue:
    page = render_template(
        "projects/finding.html",
        finding=finding,
        project=finding.project,
        form=form,
        reason=reason,
        proof=documents_of(finding),
        late=rules.days_late(finding.due_on, clock.today()),
        is_mine=current_actor().user_id == finding.opened_by_id,
        words_of=fields,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or reason.errors else HTTPStatus.OK


@blueprint.post("/<key>/answer")
@prepares(_receive)
@opens("project.view", queries.finding, to="finding.answer")
def answer(finding: Finding) -> ResponseReturnValue:
    FINDING.demand("answer", finding)
    form = forms.Answer.from_request()
    files = forms.accepted_files(form, prepared())
    if files is not None and form.accepted():
        with form.attempting():
            findings.answer(finding, form.answer.data or "", files, by=current_actor(), at=clock.now())
            flash(_("Answered. A second person looks whether it is put right."))
            return _here()
    return _page(finding, form, forms.Reason.from_request(formdata=None))


@blueprint.post("/<key>/close")
@opens("project.view", queries.finding)
def close(finding: Finding) -> ResponseReturnValue:
    form = forms.Reason.from_request(formdata=None)
    with form.attempting():
        findings.close(finding, by=current_actor(), at=clock.now())
        flash(_("The finding is closed."))
        return _here()
    return _page(finding, forms.Answer.from_request(formdata=None), form)


@blueprint.post("/<key>/reopen")
@opens("project.view", queries.finding, to="finding.close")
def reopen(finding: Finding) -> ResponseReturnValue:
    FINDING.demand("reopen", finding)
    reason = forms.Reason.from_request()
    if reason.accepted():
        with reason.attempting():
            findings.reopen(finding, reason.reason.data or "", by=current_actor(), at=clock.now())
            flash(_("The finding is open again."))
            return _here()
    return _page(finding, forms.Answer.from_request(formdata=None), reason)

"""The officer's pages: all calls, a new one, its overview, its editor, preview, publishing, changes."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.calls.actions import drafting, publishing
from grants.calls.fields import EDIT_STEPS
from grants.calls.forms import parts as forms
from grants.calls.lifecycle import CALL
from grants.calls.listing import CALLS
from grants.calls.models import Call
from grants.calls.queries import desk, loading, showing
from grants.calls.rules import templates
from grants.core import clock, lists
from grants.core.errors import NotFound
from grants.core.export import exported
from grants.core.i18n import gettext as _
from grants.core.web import current_actor, opens

blueprint = Blueprint("calls", __name__, url_prefix="/calls")


def _to(call: Call) -> ResponseReturnValue:
    return redirect(url_for("calls.show", public_id=call.public_id), HTTPStatus.SEE_OTHER)


@blueprint.get("")
@opens("call.list")
def list_calls() -> ResponseReturnValue:
    page = lists.page(CALLS, request.args, by=current_actor(), path="/calls", file="/calls/all")
    return render_template("calls/calls.html", page=page)


@blueprint.get("/all.<any(csv, xlsx):kind>")
@opens("call.list")
def export_calls(kind: str) -> ResponseReturnValue:
    return exported(CALLS, request.args, by=current_actor(), kind=kind)


@blueprint.get("/new")
@opens("call.begin")
def choose_template() -> ResponseReturnValue:
    return render_template("calls/new.html", templates=templates.shipped().values())


@blueprint.post("/new")
@opens("call.begin")
def begin() -> ResponseReturnValue:
    form = forms.TemplateForm.from_request()
    if not form.accepted():
        raise NotFound
    call = drafting.start_from_template(form.template.data or "", by=current_actor(), at=clock.now())
    flash(_("The call is complete as it stands; change what is different this time."))
    return _to(call)


@blueprint.get("/<public_id>")
@opens("call.view", loading.by_public_id)
def show(call: Call) -> ResponseReturnValue:
    return _overview(call, forms.PublishForm.from_request())


def _overview(call: Call, form: forms.PublishForm) -> ResponseReturnValue:
    shown = desk.overview(call, clock.now(), publishing.unready(call) if call.published_at is None else [])
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template("calls/call.html", call=call, shown=shown, form=form, steps=EDIT_STEPS), status


@blueprint.post("/<public_id>/publish")
@opens("call.view", loading.by_public_id)
def publish(call: Call) -> ResponseReturnValue:
    form = forms.PublishForm.from_request()
    if form.accepted():
        with form.attempting():
            publishing.publish_call(
                call, by=current_actor(), at=clock.now(), lead_is_confirmed=form.lead_is_confirmed.data
            )
    if form.errors:
        return _overview(loading.by_public_id(call.public_id), form)
    flash(_("Published. Everybody can read it now."))
    return _to(call)


@blueprint.get("/<public_id>/preview")
@opens("call.view", loading.by_public_id)
def preview(call: Call) -> ResponseReturnValue:
    page = showing.page(call, clock.now())
    return render_template("calls/open_call.html", page=page, call=call, is_preview=True)


@blueprint.route("/<public_id>/postpone", methods=["GET", "POST"])
@opens("call.view", loading.by_public_id, to="call.postpone")
def postpone(call: Call) -> ResponseReturnValue:
    form = forms.PostponeForm.from_request(closes_at=forms.wall(call.closes_at))
    if form.accepted():
        with form.attempting():
            publishing.postpone_closing(
                call, until=form.until, reason=form.reason, by=current_actor(), at=clock.now()
            )
    return _done(call, form, "calls/postpone.html", _("The closing was moved for everybody."))


@blueprint.route("/<public_id>/cancel", methods=["GET", "POST"])
@opens("call.view", loading.by_public_id, to="call.cancel")
def cancel(call: Call) -> ResponseReturnValue:
    if request.method == "POST":
        CALL.demand("cancel", call)
    form = forms.ReasonForm.from_request()
    if form.accepted():
        with form.attempting():
            publishing.cancel(call, reason=form.reason, by=current_actor(), at=clock.now())
    return _done(call, form, "calls/cancel.html", _("The call was cancelled."))


def _done(call: Call, form: forms.ReasonForm, template: str, said: str) -> ResponseReturnValue:
    """Back to the call when it was done, else the page that asks, with what is wrong."""
    if form.is_submitted() and not form.errors:
        flash(said)
        return _to(call)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template(template, call=loading.by_public_id(call.public_id), form=form), status

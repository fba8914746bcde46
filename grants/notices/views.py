"""Public notices and objections to them: for everybody, and for those who look into them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from limits import parse

from grants.accounts import attempts
from grants.core import access_log, clock
from grants.core.checkcodes import grouped
from grants.core.i18n import gettext as _
from grants.core.web import arrived_at, current_actor, opens, prepares, public
from grants.notices import actions, forms, queries
from grants.notices.fields import NOTICE_STATES, NOTICE_TONES, OBJECTION_STATES, OBJECTION_TONES
from grants.notices.lifecycle import OBJECTION
from grants.notices.models import Notice, Objection

blueprint = Blueprint("notices", __name__)
OBJECTIONS = parse("10 per hour")
WORDS = {
    "notice_words": NOTICE_STATES,
    "notice_tones": NOTICE_TONES,
    "objection_words": OBJECTION_STATES,
    "objection_tones": OBJECTION_TONES,
}


@blueprint.get("/notices")
@public
def list_notices() -> ResponseReturnValue:
    return render_template("notices/notices.html", notices=queries.shown_notices(), **WORDS)


@blueprint.get("/notices/<public_id>")
@public
def show(public_id: str) -> ResponseReturnValue:
    return _page(queries.shown(public_id))


def _page(notice: Notice, form: forms.ObjectionForm | None = None) -> ResponseReturnValue:
    now = clock.now()
    shown = {
        "standings": queries.standings(notice, now),
        "running": queries.takes_objections(notice, now),
        "code": grouped(notice.check_code or ""),
        "form": form or forms.ObjectionForm.about(notice),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form and form.errors else HTTPStatus.OK
    return render_template("notices/notice.html", notice=notice, **shown, **WORDS), status


def _limited(public_id: str) -> None:
    attempts.count(OBJECTIONS, "objection", request.remote_addr or "")


@blueprint.post("/notices/<public_id>")
@prepares(_limited)
@public
def object_to(public_id: str) -> ResponseReturnValue:
    notice = queries.shown(public_id)
    actions.demand_running(notice, arrived_at())
    form = forms.ObjectionForm.about(notice)
    if form.accepted() and not form.by_a_machine:
        with form.attempting():
            _raise(notice, form)
    if form.errors:
        return _page(queries.shown(public_id), form)
    return redirect(url_for("notices.show", public_id=public_id), HTTPStatus.SEE_OTHER)


def _raise(notice: Notice, form: forms.ObjectionForm) -> None:
    given: dict[str, Any] = {name: form[name].data for name in ("item_key", "by_name", "contact", "content")}
    objection = actions.raise_objection(notice, **given, by=current_actor(), at=arrived_at())
    flash(
        _("Your objection was received. Its number is %(number)s; please keep it.", number=objection.number)
    )


@blueprint.get("/notices/<public_id>/objections")
@opens("objection.list", queries.by_public_id)
def objections(notice: Notice) -> ResponseReturnValue:
    return _desk(notice, forms.DecisionForm.from_request())


def _desk(notice: Notice, form: forms.DecisionForm, tried: Objection | None = None) -> ResponseReturnValue:
    """Whoever reads the names is remembered before the page is sent."""
    standings = queries.standings(notice, clock.now(), open_to=current_actor())
    for objection in (one for row in standings for one in row.objections):
        access_log.note("objector", "objection", objection.id, by=current_actor())
    shown = {"standings": standings, "form": form, "tried": tried}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template("notices/objections.html", notice=notice, **shown, **WORDS), status


@blueprint.post("/objections/<public_id>")
@opens("objection.view", queries.objection_by_public_id, to="objection.decide")
def decide(objection: Objection) -> ResponseReturnValue:
    OBJECTION.demand("uphold", objection)
    form = forms.DecisionForm.from_request()
    if form.accepted():
        act = actions.uphold if form.decision.data == forms.UPHOLD else actions.dismiss
        with form.attempting():
            act(objection, reason=form.reason.data or "", by=current_actor(), at=clock.now())
    notice = queries.by_public_id(objection.notice.public_id)
    if form.errors:
        return _desk(notice, form, objection)
    flash(_("Decided. Only this item was waiting for it."))
    return redirect(url_for("notices.objections", public_id=notice.public_id), HTTPStatus.SEE_OTHER)


@blueprint.route("/notices/<public_id>/correct", methods=["GET", "POST"])
@opens("notice.view", queries.by_public_id)
def correct(notice: Notice) -> ResponseReturnValue:
    form = forms.CorrectionForm.from_request()
    if form.accepted():
        with form.attempting():
            actions.correct_notice(notice, text=form.said, by=current_actor(), at=clock.now())
    if form.is_submitted() and not form.errors:
        flash(_("The correction stands beside the notice now."))
        return redirect(url_for("notices.show", public_id=notice.public_id), HTTPStatus.SEE_OTHER)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template("notices/correct.html", notice=notice, form=form), status

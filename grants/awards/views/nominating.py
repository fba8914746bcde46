"""Nominating: whom, then the deed beside the figures, then sent in; and the desk's choice on the same page."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.awards import forms
from grants.awards.actions import judging, nominating
from grants.awards.fields import NominationState
from grants.awards.lifecycle import NOMINATION
from grants.awards.models import AwardCategory, Nomination
from grants.awards.queries import cycles as reading
from grants.awards.queries import nominations, nominees
from grants.awards.rules import conditions
from grants.awards.rules.conditions import Figures, may_be_minor
from grants.awards.rules.nominations import deed_faults, outside_window
from grants.awards.rules.scores import Weights
from grants.awards.views import WORDS
from grants.core import clock
from grants.core.error_pages import wants_json
from grants.core.errors import IllegalTransition, RulesBroken
from grants.core.i18n import gettext as _
from grants.core.i18n import words
from grants.core.policy import permits
from grants.core.web import arrived_at, current_actor, opens, prepared, prepares
from grants.documents import actions as documents
from grants.organisations.models import Organisation

blueprint = Blueprint("nominations", __name__, url_prefix="/awards")
blueprint.context_processor(lambda: WORDS)
WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def _to(nomination: Nomination) -> ResponseReturnValue:
    return redirect(url_for("nominations.show", public_id=nomination.public_id), HTTPStatus.SEE_OTHER)


def _group() -> tuple[list[Organisation], Organisation | None]:
    """The groups this person may nominate for, and the one chosen, or the only one."""
    groups = list(nominees.groups_to_nominate_for(current_actor()))
    wanted = request.values.get("group", "")
    chosen = [group for group in groups if group.public_id == wanted]
    return groups, chosen[0] if chosen else (groups[0] if len(groups) == 1 else None)


@blueprint.route("/categories/<public_id>/nominate", methods=["GET", "POST"])
@opens("award_category.view", reading.category_by_public_id, to="nomination.create")
def begin(category: AwardCategory) -> ResponseReturnValue:
    groups, group = _group()
    form = forms.BeginForm()
    found = nominees.offered(category.recipient, group) if group else []
    form.offer([(row.public_id, words(row.name)) for row in found])
    if group is not None and form.accepted():
        with form.attempting():
            who = form.nominee.data or ""
            return _to(nominating.begin(category, group, who, by=current_actor(), at=arrived_at()))
    cycle = category.cycle
    not_now = next(outside_window(cycle.state, cycle.nominate_from, cycle.nominate_to, arrived_at()), None)
    shown = {"category": category, "groups": groups, "group": group, "form": form, "not_now": not_now}
    page = render_template("awards/begin.html", asked=conditions.asked, **shown)
    return page, WRONG if form.errors else HTTPStatus.OK


@blueprint.get("/nominations/<public_id>")
@opens("nomination.view", nominations.by_public_id)
def show(nomination: Nomination) -> ResponseReturnValue:
    values = forms.NominationForm.values_of(nomination)
    return _page(nomination, forms.NominationForm.from_request(**values))


def _page(nomination: Nomination, form: forms.NominationForm, **more: Any) -> ResponseReturnValue:
    who = nominees.nominee(nomination.nominee_kind, nomination.nominee_id)
    is_draft = nomination.state is NominationState.DRAFT
    today = clock.today()
    live = nominees.figures(nomination.category, who, on=today) if is_draft else None
    found = live or Figures.of(nomination.facts)
    writes = permits(current_actor(), "nomination.write", nomination)
    flags = nominating.flags_now(nomination, at=clock.now()) if is_draft else nomination.flags
    shown = render_template(
        "awards/nomination.html",
        nomination=nomination,
        category=nomination.category,
        cycle=nomination.category.cycle,
        form=form,
        who=who,
        figures=found,
        flags=[flag for flag in flags if flag["check"] not in {"consent", "guardian"} or not is_draft],
        young=may_be_minor(who.birth_year, today),
        files=nominations.guardian_files(nomination)
        if permits(current_actor(), "nomination.consent_file", nomination)
        else (),
        writes=writes,
        is_draft=is_draft,
        window=reading.window_of(nomination.category, nomination.category.cycle),
        weights=Weights.of(nomination.category.weights),
        said=conditions.said,
        hours_text=conditions.hours_text,
        reason_form=more.get("reason_form") or forms.ReasonForm(formdata=None),
        take_back_form=(more.get("take_back_form") or forms.ReasonForm(formdata=None)).apart("back"),
        guardian_form=more.get("guardian_form") or forms.GuardianForm(formdata=None),
    )
    return shown, WRONG if form.errors or any(one.errors for one in more.values()) else HTTPStatus.OK


@blueprint.post("/nominations/<public_id>")
@opens("nomination.view", nominations.by_public_id, to="nomination.write")
def keep(nomination: Nomination) -> ResponseReturnValue:
    """Save; with the button, save and send in. The script saves by itself and wants JSON."""
    nominating.must_be_a_draft(nomination)
    form = forms.NominationForm.from_request()
    if wants_json():
        return _saved_by_itself(nomination, form)
    if form.accepted():
        with form.attempting():
            return _kept(nomination, form)
    return _page(nomination, form)


def _kept(nomination: Nomination, form: forms.NominationForm) -> ResponseReturnValue:
    by, at = current_actor(), arrived_at()
    nominating.save(nomination, form.words(), version=form.seen_version(), by=by, at=at)
    if form.sends_in:
        nominating.submit(nomination, by=by, at=at)
        flash(_("The nomination is in. Thank you for seeing what they do."))
    else:
        flash(_("Saved."))
    return _to(nomination)


def _saved_by_itself(nomination: Nomination, form: forms.NominationForm) -> ResponseReturnValue:
    if not form.validate():
        return jsonify(errors=form.said()), WRONG
    try:
        by, at = current_actor(), arrived_at()
        nominating.save(nomination, form.words(), version=form.seen_version(), by=by, at=at)
    except nominating.StaleNomination:
        values = forms.NominationForm.values_of(nomination)
        version = int(values.pop("version"))
        return jsonify(
            version=version, values=values | {"consent": "y" if values["consent"] else ""}
        ), HTTPStatus.CONFLICT
    except (RulesBroken, IllegalTransition) as refused:
        return jsonify(errors={"deed": [str(refused)]}), WRONG
    open_faults = [str(fault.message) for fault in deed_faults(nomination.deed) if fault.code == "deed_long"]
    saved_at = f"{clock.local(clock.now()):%H:%M}"
    return jsonify(
        version=nomination.version, saved_at=saved_at, errors={"deed": open_faults} if open_faults else {}
    )


def _receive(public_id: str) -> documents.Spooled | RulesBroken | None:
    upload = request.files.get("guardian_file")
    if upload is None or not upload.filename:
        return None
    try:
        return documents.receive(upload, field="guardian_file")
    except RulesBroken as broken:
        return broken


@blueprint.post("/nominations/<public_id>/guardian")
@prepares(_receive)
@opens("nomination.view", nominations.by_public_id, to="nomination.write")
def guardian(nomination: Nomination) -> ResponseReturnValue:
    form = forms.GuardianForm()
    with form.attempting():
        received = prepared()
        if isinstance(received, RulesBroken):
            raise received
        if received is not None:
            by, at = current_actor(), arrived_at()
            nominating.add_guardian_file(nomination, received, by=by, at=at)
            flash(_("The consent is filed. Only you and the awards desk can open it."))
        return _to(nomination)
    values = forms.NominationForm.values_of(nomination)
    return _page(nomination, forms.NominationForm(formdata=None, **values), guardian_form=form)


def _act(nomination: Nomination, verb: Any, done: str, *, shown_as: str) -> ResponseReturnValue:
    """One act of the desk or the group that needs a reason; refused, its form is on the page again."""
    form = forms.ReasonForm()
    if form.accepted():
        with form.attempting():
            verb(nomination, reason=form.reason.data or "", by=current_actor(), at=clock.now())
            flash(done)
            return _to(nomination)
    values = forms.NominationForm.values_of(nomination)
    return _page(nomination, forms.NominationForm(formdata=None, **values), **{shown_as: form})


@blueprint.post("/nominations/<public_id>/withdraw")
@opens("nomination.view", nominations.by_public_id, to="nomination.write")
def withdraw(nomination: Nomination) -> ResponseReturnValue:
    NOMINATION.demand("withdraw", nomination)
    done = _("The nomination was taken back.")
    return _act(nomination, nominating.withdraw, done, shown_as="take_back_form")


@blueprint.post("/nominations/<public_id>/choose")
@opens("nomination.view", nominations.by_public_id, to="nomination.judge")
def choose(nomination: Nomination) -> ResponseReturnValue:
    judging.demand_choosing(nomination)
    done = _("Chosen. The choice becomes public with the notice.")
    return _act(nomination, judging.shortlist, done, shown_as="reason_form")


@blueprint.post("/nominations/<public_id>/put-back")
@opens("nomination.view", nominations.by_public_id)
def put_back(nomination: Nomination) -> ResponseReturnValue:
    judging.put_back(nomination, by=current_actor(), at=clock.now())
    return _to(nomination)


@blueprint.post("/nominations/<public_id>/award")
@opens("nomination.view", nominations.by_public_id)
def give_late(nomination: Nomination) -> ResponseReturnValue:
    judging.give_late(nomination, by=current_actor(), at=clock.now())
    flash(_("The award is given."))
    return _to(nomination)

"""The desk's pages: the years, their categories, the results."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.awards import forms
from grants.awards.actions import categories, cycles, judging
from grants.awards.fields import NominationState
from grants.awards.models import AwardCategory, AwardCycle
from grants.awards.queries import cycles as reading
from grants.awards.queries import nominations, nominees
from grants.awards.rules import conditions
from grants.awards.rules.cycles import ceremony_day
from grants.awards.rules.nominations import outside_window
from grants.awards.rules.scores import Weights
from grants.awards.views import WORDS
from grants.core import clock
from grants.core.forms import Form
from grants.core.i18n import gettext as _
from grants.core.i18n import ngettext, words
from grants.core.web import current_actor, opens
from grants.funds import queries as funds

blueprint = Blueprint("awards", __name__, url_prefix="/awards")
blueprint.context_processor(lambda: WORDS)


def _page(name: str, form: Form | None = None, **values: Any) -> ResponseReturnValue:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form is not None and form.errors else HTTPStatus.OK
    return render_template(f"awards/{name}.html", form=form, **values), status


def _to(view: str, public_id: str) -> ResponseReturnValue:
    return redirect(url_for(f"awards.{view}", public_id=public_id), HTTPStatus.SEE_OTHER)


def _who_and_when() -> dict[str, Any]:
    return {"by": current_actor(), "at": clock.now()}


@blueprint.get("")
@opens("award.home")
def home() -> ResponseReturnValue:
    actor = current_actor()
    return _page(
        "home",
        cycles=reading.cycles(actor),
        mine=nominations.mine(actor),
        may_nominate=bool(nominees.groups_to_nominate_for(actor)),
        at=clock.now(),
    )


def _cycle_form(**defaults: Any) -> forms.CycleForm:
    form = forms.CycleForm.from_request(**defaults)
    form.offer([(str(fund.id), words(fund.name)) for fund in funds.all_funds()])
    return form


@blueprint.route("/cycles/new", methods=["GET", "POST"])
@opens("award_cycle.create")
def new_cycle() -> ResponseReturnValue:
    form = _cycle_form(ceremony_on=ceremony_day(clock.today().year))
    if form.accepted():
        with form.attempting():
            cycle = cycles.create_cycle(form.draft(), **_who_and_when())
            return _to("cycle", cycle.public_id)
    return _page("cycle_form", form, cycle=None)


@blueprint.get("/cycles/<public_id>")
@opens("award_cycle.view", reading.by_public_id)
def cycle(cycle: AwardCycle) -> ResponseReturnValue:
    return _cycle(cycle, None)


def _weights_of(category: AwardCategory) -> Weights:
    return Weights.of(category.weights)


def _cycle(cycle: AwardCycle, form: Form | None) -> ResponseReturnValue:
    return _page(
        "cycle",
        form,
        cycle=cycle,
        counts=reading.counts(cycle),
        notice=reading.notice_of(cycle),
        asked=conditions.asked,
        weights_of=_weights_of,
        window_of=reading.window_of,
        not_now=next(outside_window(cycle.state, cycle.nominate_from, cycle.nominate_to, clock.now()), None),
        waiting=nominations.of_cycle(cycle.id, NominationState.SHORTLISTED),
        at=clock.now(),
    )


@blueprint.route("/cycles/<public_id>/edit", methods=["GET", "POST"])
@opens("award_cycle.edit", reading.by_public_id)
def edit_cycle(cycle: AwardCycle) -> ResponseReturnValue:
    form = _cycle_form(**forms.CycleForm.values_of(cycle))
    if form.accepted():
        with form.attempting():
            cycles.edit_cycle(cycle, form.draft(), version=form.seen_version(), **_who_and_when())
            return _to("cycle", cycle.public_id)
    return _page("cycle_form", form, cycle=cycle)


@blueprint.post("/cycles/<public_id>/open")
@opens("award_cycle.view", reading.by_public_id)
def open_nominations(cycle: AwardCycle) -> ResponseReturnValue:
    form = forms.ReasonForm()
    with form.attempting():
        cycles.open_nominations(cycle, **_who_and_when())
        flash(_("The standards are published. Groups can nominate from the day you set."))
        return _to("cycle", cycle.public_id)
    return _cycle(cycle, form)


@blueprint.post("/cycles/<public_id>/score")
@opens("award_cycle.view", reading.by_public_id)
def begin_scoring(cycle: AwardCycle) -> ResponseReturnValue:
    form = forms.ReasonForm()
    with form.attempting():
        count = cycles.begin_scoring(cycle, **_who_and_when())
        flash(
            ngettext("One nomination is before the jury.", "%(num)s nominations are before the jury.", count)
        )
        return _to("cycle", cycle.public_id)
    return _cycle(cycle, form)


@blueprint.post("/cycles/<public_id>/publish")
@opens("award_cycle.view", reading.by_public_id)
def publish_results(cycle: AwardCycle) -> ResponseReturnValue:
    form = forms.ReasonForm()
    with form.attempting():
        judging.publish_results(cycle, **_who_and_when())
        flash(_("The list is public now and can no longer be changed."))
        return _to("cycle", cycle.public_id)
    return _cycle(cycle, form)


@blueprint.post("/cycles/<public_id>/award")
@opens("award_cycle.view", reading.by_public_id)
def give_awards(cycle: AwardCycle) -> ResponseReturnValue:
    form = forms.ReasonForm()
    with form.attempting():
        count = judging.give_awards(cycle, **_who_and_when())
        flash(ngettext("One award given.", "%(num)s awards given.", count))
        return _to("cycle", cycle.public_id)
    return _cycle(cycle, form)


@blueprint.route("/cycles/<public_id>/categories/new", methods=["GET", "POST"])
@opens("award_cycle.edit", reading.by_public_id)
def new_category(cycle: AwardCycle) -> ResponseReturnValue:
    form = forms.CategoryForm.from_request(**forms.CategoryForm.proposed(cycle))
    if form.accepted():
        with form.attempting():
            categories.add_category(cycle, form.draft(), **_who_and_when())
            return _to("cycle", cycle.public_id)
    return _page("category_form", form, cycle=cycle, category=None)


def _editable(public_id: str) -> AwardCategory:
    return reading.category_by_public_id(public_id)


@blueprint.route("/categories/<public_id>/edit", methods=["GET", "POST"])
@opens("award_cycle.edit", _editable)
def edit_category(category: AwardCategory) -> ResponseReturnValue:
    form = forms.CategoryForm.from_request(**forms.CategoryForm.values_of(category))
    if form.accepted():
        with form.attempting():
            categories.edit_category(category, form.draft(), version=form.seen_version(), **_who_and_when())
            return _to("cycle", category.cycle.public_id)
    return _page("category_form", form, cycle=category.cycle, category=category)


@blueprint.get("/categories/<public_id>")
@opens("award_category.results", reading.category_by_public_id)
def results(category: AwardCategory) -> ResponseReturnValue:
    return _page(
        "results",
        category=category,
        cycle=category.cycle,
        standings=nominations.standings(category, seen_by=current_actor()),
        chosen=nominations.chosen_count(category.id),
        weights=Weights.of(category.weights),
        said=conditions.said,
        asked=conditions.asked,
        hours_text=conditions.hours_text,
    )

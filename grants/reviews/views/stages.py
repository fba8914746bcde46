"""The officer's pages: how far a stage is, who judges what, the ranking."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core import clock
from grants.core.i18n import gettext as _
from grants.core.i18n import ngettext
from grants.core.web import current_actor, opens
from grants.reference.fields import Taxonomy
from grants.reference.queries import term_label
from grants.reviews import forms
from grants.reviews.actions import assigning, writing
from grants.reviews.models import Assignment, Entry, ReviewStage
from grants.reviews.queries import assigning as people
from grants.reviews.queries import loading, progress, sheet
from grants.reviews.queries import ranking as order
from grants.reviews.queries.text import text_of

blueprint = Blueprint("stages", __name__, url_prefix="/reviews")

field_label = partial(term_label, Taxonomy.FIELD)
WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def _to(endpoint: str, **values: Any) -> ResponseReturnValue:
    return redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER)


@blueprint.get("/stages")
@opens("review_stage.list")
def list_stages() -> ResponseReturnValue:
    actor = current_actor()
    found = progress.stages(loading.stages_visible_to(actor), seen_by=actor)
    return render_template("reviews/stages.html", stages=found)


@blueprint.get("/stages/<public_id>")
@opens("review_stage.view", loading.stage_by_public_id)
def show(stage: ReviewStage) -> ResponseReturnValue:
    found = progress.progress(stage, seen_by=current_actor(), at=clock.now())
    return render_template("reviews/stage.html", stage=stage, progress=found)


@blueprint.post("/stages/<public_id>/invite")
@opens("review_stage.view", loading.stage_by_public_id)
def invite(stage: ReviewStage) -> ResponseReturnValue:
    asked = assigning.invite(stage, by=current_actor(), at=clock.now())
    flash(ngettext("One reviewer was asked.", "%(num)s reviewers were asked.", asked))
    return _to("stages.show", public_id=stage.public_id)


@blueprint.get("/stages/<public_id>/ranking")
@opens("review_stage.view", loading.stage_by_public_id)
def ranking(stage: ReviewStage) -> ResponseReturnValue:
    found = order.ranking(stage, seen_by=current_actor())
    return render_template("reviews/ranking.html", stage=stage, rows=found, remarks=sheet.remarks)


@blueprint.get("/stages/<public_id>/ranking.csv")
@opens("review_stage.view", loading.stage_by_public_id)
def ranking_csv(stage: ReviewStage) -> ResponseReturnValue:
    text = sheet.ranking_csv(order.ranking(stage, seen_by=current_actor()), stage)
    name = f"ranking-{stage.public_id}-{clock.today().isoformat()}.csv"
    return Response(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.get("/entries/<public_id>")
@opens("entry.view", loading.entry_by_public_id)
def entry(found: Entry) -> ResponseReturnValue:
    pool = people.candidates(found, on=clock.today())
    return _entry(found, forms.choosing(pool), pool)


def _entry(found: Entry, form: forms.ChooseForm, pool: list[people.Candidate]) -> ResponseReturnValue:
    opinions = sheet.opinions(found, at=clock.now())
    shown = {"entry": found, "pool": pool, "opinions": opinions, "text": text_of(found)}
    return render_template(
        "reviews/entry.html", form=form, field_label=field_label, **shown
    ), WRONG if form.errors else HTTPStatus.OK


@blueprint.post("/entries/<public_id>")
@opens("entry.view", loading.entry_for_writing)
def choose(found: Entry) -> ResponseReturnValue:
    pool = people.candidates(found, on=clock.today())
    form = forms.choosing(pool)
    if form.accepted():
        with form.attempting():
            assigning.choose(found, form.reviewers.data or [], by=current_actor(), at=clock.now())
            flash(_("The reviewers are chosen. Nobody is told before you invite them."))
            return _to("stages.entry", public_id=found.public_id)
    return _entry(found, form, pool)


@blueprint.get("/assignments/<public_id>/strike")
@opens("review.strike", loading.assignment_by_public_id)
def ask_strike(assignment: Assignment) -> ResponseReturnValue:
    return render_template("reviews/strike.html", assignment=assignment, form=forms.StrikeForm())


@blueprint.post("/assignments/<public_id>/strike")
@opens("review.strike", loading.assignment_for_writing)
def strike(assignment: Assignment) -> ResponseReturnValue:
    form = forms.StrikeForm()
    if form.accepted():
        with form.attempting():
            writing.strike(assignment, note=form.note.data or "", by=current_actor(), at=clock.now())
            flash(_("The review no longer counts. It stays stored with your reason."))
            return _to("stages.entry", public_id=assignment.entry.public_id)
    return render_template("reviews/strike.html", assignment=assignment, form=form), WRONG

"""The reviewer's pages: the pile, the one question before the content opens, the bench."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core import clock
from grants.core.errors import IllegalTransition
from grants.core.i18n import gettext as _
from grants.core.web import arrived_at, current_actor, opens
from grants.organisations.fields import ConflictKind
from grants.reviews import forms
from grants.reviews.actions import assigning, writing
from grants.reviews.fields import AssignmentState
from grants.reviews.models import Assignment, Review
from grants.reviews.queries import bench as benches
from grants.reviews.queries import loading, pile
from grants.reviews.queries.text import text_of
from grants.reviews.rules import too_long

blueprint = Blueprint("reviews", __name__, url_prefix="/reviews")

UNTOUCHED = HTTPStatus.OK
WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def _to(endpoint: str, **values: Any) -> ResponseReturnValue:
    return redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER)


@blueprint.get("")
@opens("review.pile")
def my_pile() -> ResponseReturnValue:
    found = pile.pile(loading.visible_to(current_actor()), at=clock.now())
    return render_template("reviews/pile.html", pile=found)


@blueprint.get("/<public_id>")
@opens("assignment.view", loading.assignment_by_public_id)
def show(assignment: Assignment) -> ResponseReturnValue:
    if assignment.state is AssignmentState.INVITED:
        return _question(assignment, forms.AnswerForm())
    values = benches.values_of(assignment.entry.stage, assignment.review)
    return _bench(assignment, forms.for_stage(assignment.entry.stage, **values))


def _question(assignment: Assignment, form: forms.AnswerForm) -> ResponseReturnValue:
    page = render_template("reviews/question.html", assignment=assignment, form=form)
    return page, WRONG if form.errors else UNTOUCHED


def _bench(assignment: Assignment, form: forms.ReviewForm) -> ResponseReturnValue:
    shown = benches.bench(assignment, seen_by=current_actor(), at=arrived_at(), given=form.given())
    page = render_template("reviews/bench.html", bench=shown, form=form, text=text_of(assignment.entry))
    return page, WRONG if form.errors else UNTOUCHED


@blueprint.get("/<public_id>/tie")
@opens("assignment.view", loading.assignment_by_public_id)
def tie(assignment: Assignment) -> ResponseReturnValue:
    """The same question again, for a tie one remembers while reading."""
    return _question(assignment, forms.AnswerForm(data={"answer": "tie"}))


@blueprint.post("/<public_id>/answer")
@opens("assignment.view", loading.assignment_for_writing)
def answer(assignment: Assignment) -> ResponseReturnValue:
    form = forms.AnswerForm()
    if form.accepted():
        with form.attempting():
            return _answered(assignment, form)
    return _question(assignment, form)


def _answered(assignment: Assignment, form: forms.AnswerForm) -> ResponseReturnValue:
    by, at = current_actor(), clock.now()
    if form.answer.data == "tie":
        kind = ConflictKind(form.kind.data)
        assigning.recuse(assignment, kind=kind, evidence=form.evidence.data or "", by=by, at=at)
        flash(_("Thank you. The entry is off your pile, and nobody sees anything of it through you."))
        return _to("reviews.my_pile")
    if form.answer.data == "cannot":
        assigning.decline(assignment, reason=form.reason.data or "", by=by, at=at)
        flash(_("Thank you for telling us. We will ask somebody else."))
        return _to("reviews.my_pile")
    if assignment.state is AssignmentState.INVITED and not assigning.accept(assignment, by=by, at=at):
        flash(
            _("Something on file ties you to the people behind it. It is off your pile until we have looked.")
        )
        return _to("reviews.my_pile")
    return _to("reviews.show", public_id=assignment.public_id)


@blueprint.post("/<public_id>")
@opens("assignment.view", loading.assignment_for_writing)
def keep(assignment: Assignment) -> ResponseReturnValue:
    """Save, or save and send in, without script."""
    form = forms.for_stage(assignment.entry.stage)
    if form.accepted():
        with form.attempting():
            return _kept(assignment, form)
    return _bench(assignment, form)


def _kept(assignment: Assignment, form: forms.ReviewForm) -> ResponseReturnValue:
    by, at = current_actor(), arrived_at()
    writing.save(assignment, form.judgement(), version=form.version.data or 0, by=by, at=at)
    if not form.sends_in:
        flash(_("Saved."))
        return _to("reviews.show", public_id=assignment.public_id)
    writing.submit(assignment, by=by, at=at)
    flash(_("Your review of “%(title)s” is in. Thank you.", title=assignment.entry.title))
    onward = pile.pile(loading.visible_to(by), at=at).after(assignment.public_id)
    return _to("reviews.show", public_id=onward.public_id) if onward else _to("reviews.my_pile")


@blueprint.post("/<public_id>/draft")
@opens("assignment.view", loading.assignment_for_writing)
def autosave(assignment: Assignment) -> ResponseReturnValue:
    """Keep what stands on the bench now; for the script."""
    form = forms.for_stage(assignment.entry.stage)
    if form.accepted():
        with form.attempting():
            return _saved_by_itself(assignment, form)
    return jsonify(errors=form.said()), WRONG


def _saved_by_itself(assignment: Assignment, form: forms.ReviewForm) -> ResponseReturnValue:
    by, at, version = current_actor(), arrived_at(), form.version.data or 0
    try:
        review = writing.save(assignment, form.judgement(), version=version, by=by, at=at)
    except writing.StaleReview as stale:
        values = benches.values_of(assignment.entry.stage, stale.review)
        return jsonify(version=stale.review.version, values=values), HTTPStatus.CONFLICT
    except IllegalTransition as moved:
        return jsonify(errors={"comment": [str(moved)]}), WRONG
    return jsonify(_state_of(assignment, review))


def _state_of(assignment: Assignment, review: Review) -> dict[str, object]:
    stage = assignment.entry.stage
    return {
        "version": review.version,
        "saved_at": f"{clock.local(clock.now()):%H:%M}",
        "errors": {"comment": [str(v.message) for v in too_long(review.comment)]}
        if any(too_long(review.comment))
        else {},
        "totals": {
            "score": benches.running_score(stage, review) or "–",
            "left": benches.left_text(stage, review),
        },
    }

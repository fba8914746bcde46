"""The step from the eligibility check to the reviewers, for all eligible proposals of a call at once."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.calls.models import Call
from grants.calls.queries import loading
from grants.core import clock
from grants.core.forms import Form
from grants.core.i18n import ngettext
from grants.core.web import current_actor, opens
from grants.proposals import queries, waiting
from grants.proposals.actions import going_on

blueprint = Blueprint("proposal_admission", __name__, url_prefix="/calls/<public_id>/to-review")


@blueprint.get("")
@opens("proposal.admit_all", loading.by_public_id)
def show(call: Call) -> ResponseReturnValue:
    return _page(call, Form())


def _page(call: Call, form: Form) -> ResponseReturnValue:
    eligible = [row for row in waiting.to_admit(call.id) if queries.may_be_seen(row, current_actor())]
    ready = [row for row in eligible if going_on.is_ready(row)]
    overdue = waiting.overdue_recommendations(call.id, current_actor(), clock.now())
    late = [(row, waiting.place_of(row)) for row in overdue]
    page = render_template(
        "proposals/to_review.html", call=call, waiting=eligible, ready=ready, late=late, form=form
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.form_errors else HTTPStatus.OK


@blueprint.post("")
@opens("proposal.admit_all", loading.by_public_id)
def admit(call: Call) -> ResponseReturnValue:
    form = Form()
    if form.accepted():
        with form.attempting():
            went = going_on.admit_all(call, by=current_actor(), at=clock.now())
            flash(
                ngettext(
                    "One proposal went to the reviewers.", "%(num)s proposals went to the reviewers.", went
                )
            )
            return redirect(url_for(".show", public_id=call.public_id), HTTPStatus.SEE_OTHER)
    return _page(call, form)

"""What the foundation and the district do with a proposal: screening, the opinion, more time for a group."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.calls.models import Call
from grants.core import clock
from grants.core.errors import IllegalTransition, RulesBroken, Violation
from grants.core.i18n import gettext as _
from grants.core.i18n import words
from grants.core.lifecycle import OUT_OF_TIME
from grants.core.web import current_actor, opens
from grants.organisations import queries as organisations
from grants.proposals import queries
from grants.proposals.actions import going_on, handing_in, parties, screening
from grants.proposals.fields import OUTCOMES, Opinion
from grants.proposals.forms import desk, inputs, papers
from grants.proposals.lifecycle import PROPOSAL
from grants.proposals.models import Proposal

blueprint = Blueprint("proposal_desk", __name__)


@blueprint.route("/proposals/<public_id>/screening", methods=["GET", "POST"])
@opens("proposal.screen", queries.for_screening)
def screen(proposal: Proposal) -> ResponseReturnValue:
    form, found = inputs.Checklist.from_request(), inputs.checklist(rule.key for rule in proposal.call.rules)
    if form.accepted():
        with form.attempting():
            screening.record_screening(proposal, found, by=current_actor(), at=clock.now())
            if request.form.get("go") == "pass":
                screening.pass_screening(proposal, by=current_actor(), at=clock.now())
            flash(_("The checklist is saved."))
            return redirect(url_for(".screen", public_id=proposal.public_id), HTTPStatus.SEE_OTHER)
    return _screening(proposal, form)


def _screening(proposal: Proposal, form: inputs.Form, **opened: inputs.Form) -> ResponseReturnValue:
    """The checklist with the two ways out beside it; whichever form was sent comes back with its errors."""
    page = render_template(
        "proposals/screening.html",
        proposal=proposal,
        form=form,
        checklist=desk.checklist(proposal, form),
        page=papers.handed_in(proposal),
        outcomes=OUTCOMES,
        behind=organisations.behind(proposal.case),
        **{name: one.apart(name) for name, one in (desk.ways_out(proposal) | opened).items()},
    )
    failed = any(one.errors for one in (form, *opened.values()))
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK


@blueprint.post("/proposals/<public_id>/parties")
@opens("proposal.screen", queries.for_screening)
def add_party(proposal: Proposal) -> ResponseReturnValue:
    form = inputs.PartyEntry.from_request()
    if form.accepted():
        with form.attempting():
            found = organisations.body_called(form.name.data or "")
            parties.add_party(proposal, found, by=current_actor(), at=clock.now())
            flash(_("Whoever has a tie to it is kept out from now on."))
            return redirect(url_for(".screen", public_id=proposal.public_id), HTTPStatus.SEE_OTHER)
    return _screening(proposal, inputs.Checklist(formdata=None), party=form)


@blueprint.post("/proposals/<public_id>/screening/return")
@opens("proposal.screen", queries.for_screening)
def send_back(proposal: Proposal) -> ResponseReturnValue:
    PROPOSAL.demand("return", proposal)
    form = desk.return_form(proposal)
    if form.accepted():
        with form.attempting():
            words_of = {"sections": form.sections.data or [], "reason": form.reason.data or ""}
            screening.send_back(proposal, **words_of, due_at=form.due_at, by=current_actor(), at=clock.now())
            flash(_("The proposal went back to the group."))
            return redirect(url_for("proposals.show", public_id=proposal.public_id), HTTPStatus.SEE_OTHER)
    return _screening(proposal, inputs.Checklist(formdata=None), back=form)


@blueprint.post("/proposals/<public_id>/screening/reject")
@opens("proposal.screen", queries.for_screening)
def reject(proposal: Proposal) -> ResponseReturnValue:
    PROPOSAL.demand("reject", proposal)
    form = inputs.Refusal.from_request()
    if form.accepted() and form.appeal_until.data:
        with form.attempting():
            reason, until = form.reason.data or "", form.appeal_until.data
            screening.reject(proposal, reason, until, by=current_actor(), at=clock.now())
            flash(_("The group is told the reason and how to appeal."))
            return redirect(url_for(".screen", public_id=proposal.public_id), HTTPStatus.SEE_OTHER)
    return _screening(proposal, inputs.Checklist(formdata=None), refusal=form)


@blueprint.post("/proposals/<public_id>/screening/reinstate")
@opens("proposal.screen", queries.for_screening)
def reinstate(proposal: Proposal) -> ResponseReturnValue:
    PROPOSAL.demand("reinstate", proposal)
    form = inputs.Reason.from_request()
    if form.accepted():
        with form.attempting():
            screening.reinstate(proposal, form.reason.data or "", by=current_actor(), at=clock.now())
            flash(_("The proposal is taken up again."))
            return redirect(url_for(".screen", public_id=proposal.public_id), HTTPStatus.SEE_OTHER)
    return _screening(proposal, inputs.Checklist(formdata=None), again=form)


@blueprint.route("/proposals/<public_id>/recommendation", methods=["GET", "POST"])
@opens("proposal.recommend", queries.by_public_id)
def recommend(proposal: Proposal) -> ResponseReturnValue:
    form, page = inputs.Recommend.from_request(), papers.handed_in(proposal)
    if form.is_submitted() and (proposal.recommendation is None or proposal.recommendation.opinion):
        raise IllegalTransition(OUT_OF_TIME)
    if form.accepted():
        with form.attempting():
            opinion, text = Opinion(form.opinion.data), form.text.data or ""
            going_on.recommend(proposal, opinion, text, by=current_actor(), at=clock.now())
            flash(_("Your opinion is with the foundation."))
            return redirect(url_for(".recommend", public_id=proposal.public_id), HTTPStatus.SEE_OTHER)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template("proposals/recommendation.html", form=form, proposal=proposal, page=page), status


@blueprint.route("/calls/<public_id>/extensions", methods=["GET", "POST"])
@opens("proposal.extend", queries.call_of_staff)
def extend(call: Call) -> ResponseReturnValue:
    form = inputs.Extend.from_request()
    if form.accepted():
        with form.attempting():
            group = queries.group_named(form.group.data or "")
            if group is None:
                raise RulesBroken([Violation("unknown", _("No group has this name."), "group")])
            reason = form.reason.data or ""
            handing_in.extend(call, group, form.until_at, reason, by=current_actor(), at=clock.now())
            flash(_("The call stays open for %(group)s.", group=words(group.name)))
            return redirect(url_for(".extend", public_id=call.public_id), HTTPStatus.SEE_OTHER)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    rows = queries.extensions(call.id)
    counts = queries.draft_counts(call.id)
    return render_template(
        "proposals/extensions.html", form=form, call=call, rows=rows, counts=counts
    ), status

"""What a proposal is to its readers: the draft as a whole, handing in, receipt, paper, versions, withdrawing."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core import clock
from grants.core.errors import IllegalTransition, RulesBroken
from grants.core.i18n import gettext as _
from grants.core.policy import permits
from grants.core.text import small_whole
from grants.core.unit_of_work import abandon
from grants.core.web import arrived_at, current_actor, opens
from grants.papers.typesetting import typeset
from grants.proposals import queries
from grants.proposals.actions import handing_in
from grants.proposals.forms import inputs, pages, papers
from grants.proposals.lifecycle import EDITABLE, PROPOSAL
from grants.proposals.models import Proposal
from grants.proposals.panels import money_panel
from grants.questionnaires import queries as form_queries

blueprint = Blueprint("proposals", __name__, url_prefix="/proposals/<public_id>")


@blueprint.get("")
@opens("proposal.view", queries.by_public_id)
def show(proposal: Proposal) -> ResponseReturnValue:
    writes = permits(current_actor(), "proposal.edit", proposal)
    if proposal.submitted_at is None or (proposal.state in EDITABLE and writes):
        page = pages.workspace(proposal, may_edit=writes and proposal.state in EDITABLE)
        others = form_queries.companions(proposal.sheet_id, beside=current_actor().user_id)
        return render_template("proposals/draft.html", page=page, proposal=proposal, companions=others)
    return render_template("proposals/show.html", page=papers.handed_in(proposal), proposal=proposal)


@blueprint.get("/submit")
@opens("proposal.edit", queries.by_public_id)
def check(proposal: Proposal) -> ResponseReturnValue:
    if proposal.state not in EDITABLE:
        return redirect(url_for(".receipt", public_id=proposal.public_id), HTTPStatus.SEE_OTHER)
    return _check_page(proposal, inputs.Sign(formdata=None))


@blueprint.post("/submit")
@opens("proposal.view", queries.by_public_id, to="proposal.submit")
def submit(proposal: Proposal) -> ResponseReturnValue:
    """A second press, in another tab or by somebody else, lands on the receipt of the first."""
    form, problems = inputs.Sign.from_request(), ()
    if form.accepted():
        try:
            handing_in.submit(proposal, by=current_actor(), at=arrived_at())
        except RulesBroken as broken:
            abandon()
            problems = broken.violations
        except IllegalTransition:
            return _already(proposal)
        else:
            return redirect(url_for(".receipt", public_id=proposal.public_id), HTTPStatus.SEE_OTHER)
    return _check_page(proposal, form, problems), HTTPStatus.UNPROCESSABLE_ENTITY


def _already(proposal: Proposal) -> ResponseReturnValue:
    """Handed in by an earlier press: the receipt is the answer. From any other state it is a conflict."""
    abandon()
    if proposal.submitted_at is None:
        raise IllegalTransition(_("This proposal was withdrawn."))
    flash(_("It was handed in already; nothing was sent twice."))
    return redirect(url_for(".receipt", public_id=proposal.public_id), HTTPStatus.SEE_OTHER)


def _check_page(proposal: Proposal, form: inputs.Sign, problems: tuple[object, ...] = ()) -> str:
    page = pages.workspace(proposal, may_edit=permits(current_actor(), "proposal.edit", proposal))
    late = [violation for violation in problems if getattr(violation, "field", "") is None]
    return render_template(
        "proposals/check.html",
        page=page,
        proposal=proposal,
        form=form,
        late=late,
        refused=bool(problems),
        sections=pages.read(page.paper),
        money=money_panel(page.paper),
    )


@blueprint.get("/receipt")
@opens("proposal.view", queries.by_public_id)
def receipt(proposal: Proposal) -> ResponseReturnValue:
    return render_template("proposals/receipt.html", page=papers.handed_in(proposal), proposal=proposal)


@blueprint.get("/receipt.pdf")
@opens("proposal.view", queries.by_public_id)
def receipt_pdf(proposal: Proposal) -> ResponseReturnValue:
    page = papers.handed_in(proposal)
    pdf = typeset("receipt", papers.receipt_data(page), created_at=page.version.submitted_at)
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{proposal.number}.pdf"'
    return answer


@blueprint.get("/print")
@opens("proposal.view", queries.by_public_id)
def paper(proposal: Proposal) -> ResponseReturnValue:
    """What was handed in, or the draft as it stands, marked as such."""
    shown = papers.printed(proposal, request.args.get("version", type=small_whole))
    return render_template("proposals/print.html", proposal=proposal, **shown)


@blueprint.get("/versions")
@opens("proposal.view", queries.by_public_id)
def versions(proposal: Proposal) -> ResponseReturnValue:
    newest = queries.newest_version(proposal).number
    newer = request.args.get("newer", default=newest, type=small_whole)
    older = request.args.get("older", default=max(1, newer - 1), type=small_whole)
    page = papers.difference(proposal, older, newer)
    return render_template("proposals/versions.html", page=page, proposal=proposal)


@blueprint.get("/versions/<int:number>.json")
@opens("proposal.view", queries.by_public_id)
def exact(proposal: Proposal) -> ResponseReturnValue:
    """The bytes whose SHA-256 stands on the receipt."""
    number = (request.view_args or {}).get("number", 0)
    return Response(papers.exact_text(queries.version(proposal, number)), mimetype="application/json")


@blueprint.route("/withdraw", methods=["GET", "POST"])
@opens("proposal.submit", queries.by_public_id)
def withdraw(proposal: Proposal) -> ResponseReturnValue:
    if request.method == "POST":
        PROPOSAL.demand("withdraw", proposal)
    form = inputs.Reason.from_request()
    if form.accepted():
        with form.attempting():
            handing_in.withdraw(proposal, form.reason.data or "", by=current_actor(), at=clock.now())
            flash(_("Your proposal was withdrawn."))
            return redirect(url_for(".show", public_id=proposal.public_id), HTTPStatus.SEE_OTHER)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template("proposals/withdraw.html", form=form, proposal=proposal), status

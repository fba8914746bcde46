"""Homes, the officer's list, the case page."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from grants.core import export, lists
from grants.core.policy import permits
from grants.core.web import current_actor, opens
from grants.obligations import queries as obligations
from grants.proposals import queries as proposals
from grants.proposals.models import Proposal
from grants.workspace.queries import cases, homes
from grants.workspace.queries.desk import PROPOSAL_LIST

blueprint = Blueprint("workspace", __name__)
DESK = "/desk/proposals"


@blueprint.get("/home")
@opens("home.view")
def home() -> ResponseReturnValue:
    actor = current_actor()
    at_the_desk = permits(actor, "desk.view")
    shortened = at_the_desk and "tasks" not in request.args
    duties = obligations.mine(actor, most=obligations.ON_A_HOME if shortened else obligations.MOST)
    return render_template(
        "workspace/home.html",
        duties=duties,
        counted=obligations.counts(actor),
        parcels=homes.parcels(actor, duties) if actor.holds("owner", "editor", "viewer") else [],
        funnels=homes.funnels(actor) if at_the_desk else [],
        figures=homes.figures(actor) if at_the_desk else homes.public_figures(),
        standards=homes.standards(),
        at_the_desk=at_the_desk,
    )


@blueprint.get(DESK)
@opens("desk.view")
def desk() -> ResponseReturnValue:
    page = lists.page(PROPOSAL_LIST, request.args, by=current_actor(), path=DESK)
    return render_template("workspace/desk.html", page=page)


@blueprint.get(f"{DESK}.<any(csv, xlsx):kind>")
@opens("desk.view")
def desk_export(kind: str) -> ResponseReturnValue:
    return export.exported(PROPOSAL_LIST, request.args, by=current_actor(), kind=kind)


@blueprint.get("/cases/<public_id>")
@opens("case.view", proposals.by_public_id)
def case(proposal: Proposal) -> ResponseReturnValue:
    relatives = cases.relatives(proposal)
    return render_template(
        "workspace/case.html",
        proposal=proposal,
        told=cases.timeline(proposal.case, for_staff=True),
        duties=obligations.of_case(proposal.case),
        relatives=relatives,
        rows=cases.facts(proposal, relatives),
    )

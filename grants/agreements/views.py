"""Pages of agreements: the list, the text as paper, its signatures."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.agreements import basis, forms, paper, printing, queries, rules
from grants.agreements.actions import promises, signing, texts
from grants.agreements.fields import AGREEMENT_STATES, AGREEMENT_TONES, PARTIES, Party
from grants.agreements.lifecycle import AGREEMENT
from grants.agreements.listing import AGREEMENTS
from grants.agreements.models import Agreement
from grants.core import addresses, clock, lists
from grants.core.errors import NotFound, RulesBroken
from grants.core.export import exported
from grants.core.i18n import gettext as _
from grants.core.policy import permits
from grants.core.unit_of_work import unit_of_work
from grants.core.web import current_actor, opens, prepared, prepares

blueprint = Blueprint("agreements", __name__, url_prefix="/agreements")


def _to(agreement: Agreement) -> ResponseReturnValue:
    return redirect(url_for("agreements.show", public_id=agreement.public_id), HTTPStatus.SEE_OTHER)


@blueprint.get("")
@opens("agreement.list")
def index() -> ResponseReturnValue:
    return _index()


def _index(broken: RulesBroken | None = None) -> ResponseReturnValue:
    by = current_actor()
    page = render_template(
        "agreements/index.html",
        ready=queries.ready(by, clock.now()),
        page=lists.page(AGREEMENTS, request.args, by=by, path="/agreements", file="/agreements/all"),
        broken=broken.violations if broken else (),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if broken else HTTPStatus.OK


@blueprint.get("/all.<any(csv, xlsx):kind>")
@opens("agreement.list")
def export(kind: str) -> Response:
    return exported(AGREEMENTS, request.args, by=current_actor(), kind=kind)


@blueprint.post("")
@opens("agreement.list")
def make() -> ResponseReturnValue:
    proposal = queries.proposal_by_public_id(request.form.get("proposal", ""))
    if not permits(current_actor(), "grant.promise", proposal):
        raise NotFound
    try:
        agreement = promises.promise(proposal, by=current_actor(), at=clock.now())
    except RulesBroken as broken:
        return _index(broken)
    flash(_("The draft is made. Look through it, then offer it for signature."))
    return _to(agreement)


@blueprint.get("/<public_id>")
@opens("agreement.view", queries.by_public_id)
def show(agreement: Agreement) -> ResponseReturnValue:
    return _show(agreement, forms.Recall.from_request())


def _show(
    agreement: Agreement, recall: forms.Recall, broken: RulesBroken | None = None
) -> ResponseReturnValue:
    page = render_template(
        "agreements/show.html",
        recall=recall,
        broken=broken.violations if broken else (),
        faults=list(rules.faults(agreement.terms)) if agreement.offered_at is None else [],
        **_shown(agreement),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if broken or recall.errors else HTTPStatus.OK


def _shown(agreement: Agreement) -> dict[str, Any]:
    """What every page about one agreement shows."""
    text = paper.printed(
        agreement.terms,
        number=agreement.number,
        foundation=basis.letterhead(),
        code=agreement.check_code or "",
    )
    return {
        "agreement": agreement,
        "text": text,
        "terms": agreement.terms,
        "agreed": rules.agreed(agreement.terms),
        "amount": rules.amount_of(agreement.terms),
        "signed": {row.party: row for row in agreement.signatures},
        "needed": rules.parties(agreement.terms),
        "turn": _turn(agreement),
        "mine": _mine(agreement),
        "parties": PARTIES,
        "states": AGREEMENT_STATES,
        "tones": AGREEMENT_TONES,
        "check_page": addresses.check_page(""),
    }


def _turn(agreement: Agreement) -> tuple[Party, ...]:
    if agreement.offered_at is None or agreement.signed_at is not None:
        return ()
    signed = [row.party for row in agreement.signatures]
    return rules.whose_turn(rules.parties(agreement.terms), signed)


def _mine(agreement: Agreement) -> Party | None:
    """The party this reader may sign for now."""
    may = (
        party
        for party in _turn(agreement)
        if permits(current_actor(), f"agreement.sign_{party.value}", agreement)
    )
    return next(may, None)


@blueprint.route("/<public_id>/edit", methods=["GET", "POST"])
@opens("agreement.edit", queries.by_public_id)
def edit(agreement: Agreement) -> ResponseReturnValue:
    form = forms.EditTerms.of(agreement)
    if form.accepted():
        changes = form.changes(agreement.terms)
        with form.attempting():
            texts.edit(agreement, changes, version=form.version.data or 0, by=current_actor(), at=clock.now())
            flash(_("The draft is saved."))
            return _to(agreement)
    page = render_template("agreements/edit.html", form=form, **_shown(agreement))
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _set_in_type(public_id: str) -> printing.Typeset | None:
    """Set the draft in type before the transaction, for those who may offer it and when nothing is missing."""
    with unit_of_work(read_only=True):
        try:
            agreement = queries.by_public_id(public_id)
        except NotFound:
            return None
        if not permits(current_actor(), "agreement.offer", agreement) or agreement.offered_at is not None:
            return None
        if any(rules.faults(agreement.terms)):
            return None
        draft = printing.draft_of(agreement)
    return printing.offer_of(draft, at=clock.now())


@blueprint.post("/<public_id>/offer")
@prepares(_set_in_type)
@opens("agreement.view", queries.by_public_id)
def offer(agreement: Agreement) -> ResponseReturnValue:
    try:
        texts.offer(agreement, prepared(), by=current_actor(), at=clock.now())
    except RulesBroken as broken:
        return _show(agreement, forms.Recall.from_request(), broken)
    flash(_("The agreement is offered. The group and its host sign first."))
    return _to(agreement)


@blueprint.post("/<public_id>/recall")
@opens("agreement.view", queries.by_public_id, to="agreement.offer")
def recall(agreement: Agreement) -> ResponseReturnValue:
    AGREEMENT.demand("recall", agreement)
    form = forms.Recall.from_request()
    if form.accepted():
        with form.attempting():
            texts.recall(agreement, form.reason.data or "", by=current_actor(), at=clock.now())
            flash(_("The agreement is a draft again."))
            return _to(agreement)
    return _show(agreement, form)


@blueprint.route("/<public_id>/sign", methods=["GET", "POST"])
@opens("agreement.view", queries.by_public_id, to="agreement.sign")
def sign(agreement: Agreement) -> ResponseReturnValue:
    if request.method == "POST":
        AGREEMENT.demand("sign", agreement)
    mine = _mine(agreement)
    form = forms.Sign.from_request(party=mine.value if mine else "", seen_hash=agreement.content_hash)
    if form.accepted():
        with form.attempting():
            _sign(agreement, form)
            return _to(agreement)
    page = render_template("agreements/sign.html", form=form, **_shown(agreement))
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _sign(agreement: Agreement, form: forms.Sign) -> None:
    if form.party.data not in set(Party):
        raise NotFound
    signing.sign(
        agreement,
        Party(form.party.data),
        typed_name=form.typed_name.data or "",
        seen_hash=form.seen_hash.data or "",
        address=request.remote_addr or "",
        by=current_actor(),
        at=clock.now(),
    )
    flash(_("Signed. Thank you."))

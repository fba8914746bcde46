"""The account an organisation is paid to: for its leaders and for finance."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core import access_log, clock
from grants.core.errors import RulesBroken
from grants.core.i18n import gettext as _
from grants.core.i18n import in_chinese
from grants.core.web import current_actor, opens, prepared, prepares
from grants.documents.actions import Spooled, receive
from grants.organisations.models import Organisation
from grants.payments import forms
from grants.payments.actions import accounts as actions
from grants.payments.fields import ACCOUNT_STATES
from grants.payments.lifecycle import ACCOUNT
from grants.payments.models import PayeeAccount
from grants.payments.queries import accounts as queries

blueprint = Blueprint("payees", __name__)


def _to(body: Organisation) -> ResponseReturnValue:
    return redirect(url_for("payees.account", public_id=body.public_id), HTTPStatus.SEE_OTHER)


def _who_and_when() -> dict[str, Any]:
    return {"by": current_actor(), "at": clock.now()}


@blueprint.get("/groups/<public_id>/account")
@opens("payee.list", queries.organisation)
def account(body: Organisation) -> ResponseReturnValue:
    return _page(body)


def _page(body: Organisation, **given: forms.Form) -> ResponseReturnValue:
    shown: dict[str, Any] = {
        "form": forms.Account(formdata=None, holder_name=in_chinese(body.name)),
        "refusal": forms.Reason(formdata=None, prefix="refuse-"),
        "early": forms.Reason(formdata=None, prefix="early-"),
        **given,
    }
    found = queries.of_organisation(body)
    words = {"states": ACCOUNT_STATES, "today": clock.today(), "settings": queries.settings()}
    page = render_template("payments/account.html", found=found, **shown, **words)
    refused = any(form.errors for form in given.values())
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK


def _receive_proof(public_id: str) -> Spooled | RulesBroken | None:
    """Before the transaction: check and store the file. What is wrong with it is said on the form."""
    upload = request.files.get("proof")
    if upload is None or not upload.filename:
        return None
    try:
        return receive(upload, field="proof")
    except RulesBroken as broken:
        return broken


@blueprint.post("/groups/<public_id>/account")
@prepares(_receive_proof)
@opens("payee.list", queries.organisation, to="payee.propose")
def propose(body: Organisation) -> ResponseReturnValue:
    form = forms.Account()
    received = prepared()
    if isinstance(received, RulesBroken):
        form.validate()
        form.absorb(received.violations)
    elif form.accepted():
        with form.attempting():
            actions.propose(body, proof=received, **form.named(), **_who_and_when())
            flash(_("Named. Somebody of finance looks at it now."))
            return _to(body)
    return _page(body, form=form)


@blueprint.get("/payments/accounts/<public_id>/number")
@opens("payee.number", queries.by_public_id)
def number(row: PayeeAccount) -> ResponseReturnValue:
    """The whole number, for who has to type it into the bank's page. The look is kept."""
    access_log.note("account_number", "payee_account", row.id, by=current_actor())
    return render_template("payments/number.html", shown=row, states=ACCOUNT_STATES)


@blueprint.post("/payments/accounts/<public_id>/confirm")
@opens("payee.view", queries.by_public_id)
def confirm(row: PayeeAccount) -> ResponseReturnValue:
    form = forms.Form()
    if form.accepted():
        with form.attempting():
            actions.confirm(row, **_who_and_when())
            flash(_("Confirmed. The leaders of the group are told."))
            return _to(row.organisation)
    return _page(row.organisation, form=form)


@blueprint.post("/payments/accounts/<public_id>/refuse")
@opens("payee.view", queries.by_public_id, to="payee.refuse")
def refuse(row: PayeeAccount) -> ResponseReturnValue:
    ACCOUNT.demand("refuse", row)
    form = forms.Reason(prefix="refuse-")
    if form.accepted():
        with form.attempting():
            actions.refuse(row, reason=form.reason.data or "", **_who_and_when())
            flash(_("Refused, with your reason."))
            return _to(row.organisation)
    return _page(row.organisation, refusal=form)


@blueprint.post("/payments/accounts/<public_id>/retire")
@opens("payee.view", queries.by_public_id)
def retire(row: PayeeAccount) -> ResponseReturnValue:
    actions.retire(row, **_who_and_when())
    flash(_("This account is used no more."))
    return _to(row.organisation)


@blueprint.post("/payments/accounts/<public_id>/early")
@opens("payee.view", queries.by_public_id, to="payee.ask_early")
def ask_early(row: PayeeAccount) -> ResponseReturnValue:
    actions.demand_waiting(row, clock.now())
    form = forms.Reason(prefix="early-")
    if form.accepted():
        with form.attempting():
            actions.ask_early(row, reason=form.reason.data or "", **_who_and_when())
            flash(_("Asked. A second person has to agree."))
            return _to(row.organisation)
    return _page(row.organisation, early=form)


@blueprint.post("/payments/accounts/<public_id>/early/agree")
@opens("payee.view", queries.by_public_id)
def agree_early(row: PayeeAccount) -> ResponseReturnValue:
    form = forms.Form()
    if form.accepted():
        with form.attempting():
            actions.agree_early(row, **_who_and_when())
            flash(_("Agreed. The account can be used from today."))
            return _to(row.organisation)
    return _page(row.organisation, early=form)

"""The payment desk, one tranche with its two people, and the waiting times."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core import clock, lists
from grants.core.errors import StaleVersion
from grants.core.export import exported
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.core.web import current_actor, opens
from grants.payments import fields, forms
from grants.payments.actions import accounts as account_actions
from grants.payments.actions import tranches as actions
from grants.payments.lifecycle import TRANCHE
from grants.payments.listing import TRANCHES
from grants.payments.models import Tranche
from grants.payments.queries import accounts, tranches

blueprint = Blueprint("payments", __name__, url_prefix="/payments")

WORDS = {
    "states": fields.TRANCHE_STATES,
    "tones": fields.TONES,
    "gates": fields.GATES,
    "receipts": fields.RECEIPT_TYPES,
}


def _to(tranche: Tranche) -> ResponseReturnValue:
    return redirect(url_for("payments.show", public_id=tranche.public_id), HTTPStatus.SEE_OTHER)


def _who_and_when() -> dict[str, Any]:
    return {"by": current_actor(), "at": clock.now()}


@blueprint.get("")
@opens("payment.list")
def desk() -> ResponseReturnValue:
    found = tranches.desk(current_actor())
    waiting = accounts.in_need_of_finance(current_actor())
    shown = {"desk": found, "accounts": waiting, "today": clock.today()}
    return render_template("payments/desk.html", **shown, **WORDS)


@blueprint.get("/all")
@opens("payment.list")
def all_tranches() -> ResponseReturnValue:
    page = lists.page(TRANCHES, request.args, by=current_actor(), path=url_for("payments.all_tranches"))
    return render_template("payments/all.html", page=page)


@blueprint.get("/all.<kind>")
@opens("payment.list")
def export_tranches(kind: str) -> ResponseReturnValue:
    return exported(TRANCHES, request.args, by=current_actor(), kind=kind)


@blueprint.get("/<public_id>")
@opens("payment.view", tranches.by_public_id)
def show(tranche: Tranche) -> ResponseReturnValue:
    return _page(tranche)


def _page(tranche: Tranche, **given: forms.Step) -> ResponseReturnValue:
    """The page with every form it may need; one that was refused keeps what was typed."""
    shown: dict[str, Any] = {
        "step": forms.Step(formdata=None),
        "send_back": forms.Reason(formdata=None, prefix="back-"),
        "cancel": forms.Reason(formdata=None, prefix="cancel-"),
        "paid": forms.Paid(formdata=None),
        **given,
    }
    part = tranches.part_of(tranche, clock.today())
    money = tranches.of_grant(tranche.grant_id)
    page = render_template("payments/tranche.html", part=part, money=money, **shown, **WORDS)
    refused = any(form.errors for form in given.values())
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK


def _step(
    tranche: Tranche, name: str, form: forms.Step, do: Callable[[], object], said: Any
) -> ResponseReturnValue:
    """One person's step: what they saw must still stand, then the action, else the page again."""
    if form.accepted():
        if form.seen_version() != tranche.version:
            raise StaleVersion(_l("Somebody else moved this payment on. Look at it again."))
        with form.attempting():
            do()
            flash(str(said))
            return _to(tranche)
    return _page(tranche, **{name: form})


@blueprint.post("/<public_id>/apply")
@opens("payment.view", tranches.by_public_id, to="payment.apply")
def apply(tranche: Tranche) -> ResponseReturnValue:
    form = forms.Step()
    said = _l("Applied for. A second person decides now.")
    return _step(tranche, "step", form, lambda: actions.apply(tranche, **_who_and_when()), said)


@blueprint.post("/<public_id>/approve")
@opens("payment.view", tranches.by_public_id, to="payment.approve")
def approve(tranche: Tranche) -> ResponseReturnValue:
    form = forms.Step()
    said = _l("Approved. Somebody else pays it now.")
    return _step(tranche, "step", form, lambda: actions.approve(tranche, **_who_and_when()), said)


@blueprint.post("/<public_id>/send-back")
@opens("payment.view", tranches.by_public_id, to="payment.send_back")
def send_back(tranche: Tranche) -> ResponseReturnValue:
    TRANCHE.demand("send_back", tranche)
    form = forms.Reason(prefix="back-")

    def do() -> None:
        actions.send_back(tranche, reason=form.reason.data or "", **_who_and_when())

    return _step(tranche, "send_back", form, do, _l("Sent back, with your reason."))


@blueprint.post("/<public_id>/pay")
@opens("payment.view", tranches.by_public_id, to="payment.pay")
def pay(tranche: Tranche) -> ResponseReturnValue:
    TRANCHE.demand("pay", tranche)
    form = forms.Paid()

    def do() -> None:
        receipt = {"receipt_type": form.receipt_type.data, "receipt_number": form.receipt_number.data or ""}
        paid_on = form.paid_on.data or clock.today()
        actions.pay(tranche, paid_on=paid_on, **receipt, **_who_and_when())

    return _step(tranche, "paid", form, do, _l("Recorded. The group is asked whether it arrived."))


@blueprint.post("/<public_id>/acknowledge")
@opens("payment.view", tranches.by_public_id, to="payment.acknowledge")
def acknowledge(tranche: Tranche) -> ResponseReturnValue:
    form = forms.Step()
    said = _l("Thank you. The foundation knows now that it arrived.")
    return _step(tranche, "step", form, lambda: actions.acknowledge(tranche, **_who_and_when()), said)


@blueprint.post("/<public_id>/cancel")
@opens("payment.view", tranches.by_public_id, to="payment.cancel")
def cancel(tranche: Tranche) -> ResponseReturnValue:
    TRANCHE.demand("cancel", tranche)
    form = forms.Reason(prefix="cancel-")

    def do() -> None:
        actions.cancel(tranche, reason=form.reason.data or "", **_who_and_when())

    return _step(tranche, "cancel", form, do, _l("Cancelled. The money is free again."))


@blueprint.route("/settings", methods=["GET", "POST"])
@opens("settings.view", to="settings.edit")
def settings() -> ResponseReturnValue:
    form = forms.Settings.of(accounts.settings())
    if form.accepted():
        with form.attempting():
            days = {"waiting_days": form.waiting_days.data or 0, "paying_days": form.paying_days.data or 1}
            account_actions.change_settings(**days, version=form.seen_version(), **_who_and_when())
            flash(_("Saved. It counts from now on."))
            return redirect(url_for("payments.settings"), HTTPStatus.SEE_OTHER)
    page = render_template("payments/settings.html", form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK

"""The books: every fund with its figures, the movements behind each figure, money in and budgets."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core import clock, lists
from grants.core.export import exported
from grants.core.i18n import gettext as _
from grants.core.money import Money
from grants.core.registries import registry
from grants.core.text import small_whole
from grants.core.web import current_actor, opens
from grants.funds import actions, fields, forms, queries
from grants.funds.fields import Account, BudgetLine, SourceType
from grants.funds.listing import FUNDS
from grants.funds.models import Fund

blueprint = Blueprint("funds", __name__, url_prefix="/funds")
BUDGET = "budget-"
WORDS = {
    "source_words": fields.SOURCE_TYPES,
    "line_words": fields.BUDGET_LINES,
    "account_words": fields.ACCOUNTS,
    "kind_words": fields.ENTRY_KINDS,
}


def _to(fund: Fund) -> ResponseReturnValue:
    return redirect(url_for("funds.show", public_id=fund.public_id), HTTPStatus.SEE_OTHER)


@blueprint.get("")
@opens("fund.list")
def list_funds() -> ResponseReturnValue:
    page = lists.page(FUNDS, request.args, by=current_actor(), path="/funds", file="/funds/all")
    return render_template("funds/funds.html", page=page)


@blueprint.get("/all.<any(csv, xlsx):kind>")
@opens("fund.list")
def export_funds(kind: str) -> ResponseReturnValue:
    return exported(FUNDS, request.args, by=current_actor(), kind=kind)


@blueprint.route("/new", methods=["GET", "POST"])
@opens("fund.list", to="fund.manage")
def open_fund() -> ResponseReturnValue:
    form = forms.FundForm.from_request()
    if form.accepted():
        given: dict[str, Any] = {"by": current_actor(), "at": clock.now(), "earmarked": form.earmarked.data}
        source = SourceType(form.source_type.data)
        return _to(actions.open_fund(name=form.names, source_type=source, purpose=form.purposes, **given))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template("funds/new.html", form=form), status


@blueprint.get("/<public_id>")
@opens("fund.view", queries.by_public_id)
def show(fund: Fund) -> ResponseReturnValue:
    return _page(fund)


def _page(fund: Fund, **tried: Any) -> ResponseReturnValue:
    """The figures, and the movements behind the one that was opened."""
    account, year = request.args.get("account", ""), request.args.get("year", type=small_whole)
    opened = Account(account) if account in set(Account) else None
    year = year if year and fields.EARLIEST_YEAR <= year <= fields.LATEST_YEAR else None
    movements = queries.movements(fund.id, account=opened, year=year, seen_by=current_actor())
    shown = {
        "figures": queries.figures_of_fund(fund.id),
        "lines": queries.line_rows(fund.id),
        "movements": movements,
        "case_names": registry("case_names")(row.case for row in movements),
        "opened": opened,
        "opened_year": year,
        "receipt_form": tried.get("receipt") or forms.ReceiptForm(formdata=None),
        "budget_form": tried.get("budget")
        or forms.BudgetForm(formdata=None, prefix=BUDGET, year=clock.today().year),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if tried else HTTPStatus.OK
    return render_template("funds/fund.html", fund=fund, **shown, **WORDS), status


@blueprint.post("/<public_id>/receipts")
@opens("fund.view", queries.by_public_id, to="fund.manage")
def receive(fund: Fund) -> ResponseReturnValue:
    form = forms.ReceiptForm.from_request()
    if form.accepted():
        amount, note = form.amount.data or Money(0), form.note.data or ""
        with form.attempting():
            actions.receive_money(fund, amount=amount, note=note, by=current_actor(), at=clock.now())
    if form.errors:
        return _page(queries.by_public_id(fund.public_id), receipt=form)
    flash(_("Booked."))
    return _to(fund)


@blueprint.post("/<public_id>/budgets")
@opens("fund.view", queries.by_public_id, to="fund.manage")
def set_budget(fund: Fund) -> ResponseReturnValue:
    form = forms.BudgetForm.from_request(prefix=BUDGET)
    if form.accepted():
        given: dict[str, Any] = {"year": form.year.data or 0, "line": BudgetLine(form.line.data)}
        with form.attempting():
            actions.set_year_budget(
                fund, **given, amount=form.amount.data or Money(0), by=current_actor(), at=clock.now()
            )
    if form.errors:
        return _page(queries.by_public_id(fund.public_id), budget=form)
    flash(_("The budget is set."))
    return _to(fund)

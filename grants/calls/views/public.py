"""What visitors see of calls: the list, the page of one, the two-minute check, the form."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from grants.calls.forms import checking
from grants.calls.queries import asking, fitting, loading, showing
from grants.calls.rules import eligibility
from grants.core import clock
from grants.core.web import public

blueprint = Blueprint("open_calls", __name__, url_prefix="/open-calls")


@blueprint.get("")
@public
def list_open() -> ResponseReturnValue:
    now = clock.now()
    cards = [showing.card(call, now) for call in loading.published_calls()]
    return render_template("calls/open_calls.html", cards=cards)


@blueprint.get("/<public_id>")
@public
def show(public_id: str) -> ResponseReturnValue:
    page = showing.page(loading.published(public_id), clock.now())
    return render_template("calls/open_call.html", page=page, call=page.call, is_preview=False)


@blueprint.get("/<public_id>/eligibility")
@public
def eligible(public_id: str) -> ResponseReturnValue:
    call, now = loading.published(public_id), clock.now()
    check = checking.read(request.args, fitting.asks(call), fitting.self_declared(call))
    facts = check.facts(clock.day_of(call.closes_at or now))
    answers = fitting.answers(call, facts)
    others = fitting.others_that_fit(call, facts, now) if check.is_answered else []
    shown = {"answers": answers, "verdict": eligibility.may_apply(answers), "others": others}
    is_open = showing.page(call, now).is_open
    return render_template("calls/eligibility.html", call=call, check=check, is_open=is_open, **shown)


@blueprint.get("/<public_id>/form")
@public
def form(public_id: str) -> ResponseReturnValue:
    call = loading.published(public_id)
    return render_template("calls/form.html", call=call, sections=asking.sections(call))

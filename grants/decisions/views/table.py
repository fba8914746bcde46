"""The decision table: read, put down, tried out, and the results told."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.calls.models import Call
from grants.calls.queries import loading
from grants.core import clock
from grants.core.errors import StaleVersion
from grants.core.i18n import ngettext
from grants.core.web import current_actor, opens
from grants.decisions.actions import proposing, releasing
from grants.decisions.forms import TableForm
from grants.decisions.queries import meetings
from grants.decisions.queries.table import Table, table

blueprint = Blueprint("decisions", __name__, url_prefix="/calls")

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/<public_id>/decisions")
@opens("decision.table", loading.by_public_id)
def show(call: Call) -> ResponseReturnValue:
    return _page(call, table(call, seen_by=current_actor()), TableForm())


def _page(call: Call, shown: Table, form: TableForm, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    meeting = meetings.meeting_of(call)
    may_write = meeting is None or meeting.state != "voting"
    values = {"call": call, "table": shown, "form": form, "meeting": meeting, "may_write": may_write}
    return render_template("decisions/table.html", **values), status


@blueprint.post("/<public_id>/decisions")
@opens("decision.table", meetings.call_for_writing)
def save(call: Call) -> ResponseReturnValue:
    form, shown = TableForm(), table(call, seen_by=current_actor())
    if form.accepted():
        with form.attempting():
            return _saved(call, form, shown)
    return _page(call, shown, form, WRONG)


def _saved(call: Call, form: TableForm, shown: Table) -> ResponseReturnValue:
    by, at = current_actor(), clock.now()
    wishes = form.read(shown.rows)
    if form.wrong:
        return _page(call, shown, form, WRONG)
    try:
        if form.bulk:
            changed = proposing.decide_in_bulk(call, wishes, form.picked, form.bulk, by=by, at=at)
        else:
            changed = proposing.propose(call, wishes, by=by, at=at)
    except StaleVersion as stale:
        form.form_errors = [str(stale.sentence)]
        return _page(call, table(call, seen_by=by), form, HTTPStatus.CONFLICT)
    flash(ngettext("One row was changed.", "%(num)s rows were changed.", changed))
    return redirect(url_for("decisions.show", public_id=call.public_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<public_id>/decisions/preview")
@opens("decision.table", loading.by_public_id)
def preview(call: Call) -> ResponseReturnValue:
    """The figures as they would be with what stands on the page; nothing is kept."""
    form, by = TableForm(), current_actor()
    wishes = {wish.proposal_id: wish for wish in form.read(table(call, seen_by=by).rows)}
    shown = table(call, seen_by=by, wishes=wishes)
    return render_template("decisions/_totals.html", call=call, table=shown)


@blueprint.post("/<public_id>/decisions/release")
@opens("decision.table", loading.by_public_id)
def release(call: Call) -> ResponseReturnValue:
    told = releasing.release(call, by=current_actor(), at=clock.now())
    flash(ngettext("One group was told.", "%(num)s groups were told.", told))
    return redirect(url_for("decisions.show", public_id=call.public_id), HTTPStatus.SEE_OTHER)

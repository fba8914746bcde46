"""The board's page: the plan, the table as it lies there, the votes, the minutes, the approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.accounts.models import User
from grants.calls.models import Call
from grants.calls.queries import loading
from grants.core import clock
from grants.core.errors import RulesBroken
from grants.core.forms import Form
from grants.core.i18n import gettext as _
from grants.core.i18n import in_chinese
from grants.core.policy import permits
from grants.core.web import current_actor, opens, prepared, prepares
from grants.decisions import forms
from grants.decisions.actions import board
from grants.decisions.fields import Vote
from grants.decisions.lifecycle import tally_of
from grants.decisions.models import BoardMeeting
from grants.decisions.queries import meetings, minutes
from grants.decisions.queries.table import before, table
from grants.documents import actions as documents
from grants.papers.typesetting import typeset
from grants.reference import queries as reference

blueprint = Blueprint("board", __name__, url_prefix="/calls")

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
BOARD_STEP, NOTICE_STEP = "board", "notice"


def _back(call: Call) -> ResponseReturnValue:
    return redirect(url_for("board.show", public_id=call.public_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/<public_id>/board")
@opens("decision.table", loading.by_public_id)
def show(call: Call) -> ResponseReturnValue:
    return _page(call)


def _page(call: Call, **wrong: Form) -> ResponseReturnValue:
    """The whole page; a form that was refused takes the place of its fresh one."""
    meeting = meetings.meeting_of(call)
    seated = meetings.board_on(meeting.held_on if meeting else clock.today())
    values: dict[str, Any] = {
        "plan": forms.planning(seated, **_plan_defaults(call, meeting, seated)),
        "vote": forms.VoteForm(),
        "minutes": forms.MinutesForm(data=_minutes_defaults(meeting)),
        "approve": forms.ApproveForm(data={"notice_from": _notice_day(call)}),
        "take_back": forms.TakeBackForm(),
    }
    seen_by = current_actor()
    shown: dict[str, Any] = {
        "call": call,
        "meeting": meeting,
        "again": meetings.has_something_to_decide(call),
    }
    shown["table"] = before(meeting, seen_by=seen_by) if meeting else table(call, seen_by=seen_by)
    papers = [one for one in (meeting, *(meetings.earlier(meeting) if meeting else ())) if one]
    shown["readable"] = {one.id for one in papers if _may_open(one)}
    more = {
        "tally": tally_of(meeting) if meeting else None,
        "earlier": meetings.earlier(meeting) if meeting else [],
    }
    page = render_template("decisions/board.html", **shown, **more, **(values | wrong))
    return page, WRONG if wrong else HTTPStatus.OK


def _may_open(meeting: BoardMeeting) -> bool:
    return permits(current_actor(), "board.minutes_file", meetings.file_door(meeting.id))


def _plan_defaults(call: Call, meeting: BoardMeeting | None, seated: Sequence[User]) -> dict[str, Any]:
    if meeting:
        return {
            "held_on": meeting.held_on,
            "seats": meeting.seats,
            "quorum": meeting.quorum,
            "chair": meeting.chair_id,
        }
    seats, name = len(seated), in_chinese(reference.foundation().board_chair)
    return {
        "held_on": _day(call, BOARD_STEP),
        "seats": seats or None,
        "quorum": -(-2 * seats // 3) or None,
        "chair": next((user.id for user in seated if user.name == name), None),
    }


def _minutes_defaults(meeting: BoardMeeting | None) -> dict[str, Any]:
    return {"minutes_number": meeting.minutes_number} if meeting else {}


def _day(call: Call, key: str) -> date | None:
    step = next((step for step in call.steps if step.key == key), None)
    return (step.from_on or step.until_on) if step else None


def _notice_day(call: Call) -> date:
    return max(_day(call, NOTICE_STEP) or clock.today(), clock.today())


@blueprint.post("/<public_id>/board")
@opens("decision.table", meetings.call_for_writing, to="board.convene")
def convene(call: Call) -> ResponseReturnValue:
    board.demand_planning(call)
    seated = meetings.board_on(clock.today())
    form = forms.planning(seated)
    if form.accepted():
        with form.attempting():
            board.convene(call, _planned(form), by=current_actor(), at=clock.now())
            flash(_("The meeting is planned."))
            return _back(call)
    return _page(call, plan=form)


@blueprint.post("/<public_id>/board/put")
@opens("board.view", meetings.for_writing)
def put(meeting: BoardMeeting) -> ResponseReturnValue:
    form = Form()
    if form.accepted():
        with form.attempting():
            board.put_before_board(meeting, by=current_actor(), at=clock.now())
            flash(_("The table lies before the board. The members have been asked to vote."))
            return _back(meeting.call)
    return _page(meeting.call, put=form)


@blueprint.post("/<public_id>/board/take-back")
@opens("board.view", meetings.for_writing)
def take_back(meeting: BoardMeeting) -> ResponseReturnValue:
    form = forms.TakeBackForm()
    if form.accepted():
        board.take_back(meeting, note=form.note.data or "", by=current_actor(), at=clock.now())
        flash(_("The table is with the officers again. Votes given so far do not count."))
        return _back(meeting.call)
    return _page(meeting.call, take_back=form)


@blueprint.post("/<public_id>/board/vote")
@opens("board.view", meetings.for_writing, to="board.vote")
def vote(meeting: BoardMeeting) -> ResponseReturnValue:
    board.demand_voting(meeting)
    form = forms.VoteForm()
    if form.accepted():
        board.vote(meeting, Vote(form.vote.data), by=current_actor(), at=clock.now())
        flash(_("Your vote is recorded."))
        return _back(meeting.call)
    return _page(meeting.call, vote=form)


def _planned(form: forms.PlanForm) -> board.Plan:
    day = form.held_on.data or clock.today()
    return board.Plan(day, form.seats.data or 0, form.quorum.data or 0, form.chair.data)


def _received(public_id: str) -> documents.Spooled | RulesBroken | None:
    """Check and store the upload before the transaction; what is wrong is told by the view."""
    upload = request.files.get("file")
    try:
        return documents.receive(upload, field="file") if upload and upload.filename else None
    except RulesBroken as refused:
        return refused


@blueprint.post("/<public_id>/board/minutes")
@prepares(_received)
@opens("board.view", meetings.for_writing, to="board.prepare")
def file_minutes(meeting: BoardMeeting) -> ResponseReturnValue:
    board.demand_minutes(meeting)
    form = forms.MinutesForm()
    if form.accepted():
        with form.attempting():
            _keep_minutes(meeting, form)
            flash(_("The minutes are filed."))
            return _back(meeting.call)
    return _page(meeting.call, minutes=form)


def _keep_minutes(meeting: BoardMeeting, form: forms.MinutesForm) -> None:
    spooled = prepared()
    if isinstance(spooled, RulesBroken):
        raise spooled
    said = {"number": form.minutes_number.data or "", "resolution": form.resolution.data or ""}
    board.file_minutes(meeting, spooled, **said, by=current_actor(), at=clock.now())


@blueprint.get("/<public_id>/board/minutes.pdf")
@opens("board.view", meetings.of_call)
def minutes_pdf(meeting: BoardMeeting) -> ResponseReturnValue:
    """The minutes as a paper, ready to be signed."""
    paper = minutes.paper(meeting, before(meeting, seen_by=current_actor()))
    pdf = typeset("minutes", paper, created_at=clock.now())
    name = f"minutes-{meeting.public_id}.pdf"
    return Response(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@blueprint.post("/<public_id>/board/approve")
@opens("board.view", meetings.for_writing)
def approve(meeting: BoardMeeting) -> ResponseReturnValue:
    form = forms.ApproveForm()
    if form.accepted():
        with form.attempting():
            board.approve(meeting, notice_from=form.notice_from.data, by=current_actor(), at=clock.now())
            flash(_("Approved. The money is promised and the public notice is out."))
            return _back(meeting.call)
    return _page(meeting.call, approve=form)

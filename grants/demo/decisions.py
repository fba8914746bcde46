"""The demo's decisions: the officers' table, the board's meeting with its votes and minutes, the notice and its objection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from io import BytesIO
from typing import Any, BinaryIO

from msgspec import Struct
from sqlalchemy import select

from grants.calls.queries import loading as calls
from grants.core import clock
from grants.core.db import db
from grants.core.money import Money
from grants.core.policy import VISITOR
from grants.core.unit_of_work import unit_of_work
from grants.decisions.actions import board, proposing, releasing
from grants.decisions.fields import Outcome, Vote
from grants.decisions.models import BoardMeeting
from grants.decisions.queries import meetings, minutes
from grants.decisions.queries.table import table
from grants.decisions.rules import Wish
from grants.demo.organisations import People
from grants.demo.proposal_answers import full_width
from grants.documents import actions as documents
from grants.notices import actions as notices
from grants.notices.models import Notice
from grants.papers.typesetting import typeset

Data = Mapping[str, Any]
SEATS = 9
QUORUM = 6
_OUTCOMES = {"funded": Outcome.FUND, "waitlisted": Outcome.RESERVE, "declined": Outcome.DECLINE}
_REASONS = {
    Outcome.FUND: "",
    Outcome.RESERVE: "列入候补，有项目退出时依次递补。",
    Outcome.DECLINE: "得分未达到本批次资助线。",
}
# What the board said about the two with equal scores.
_PASSED_OVER = {"A04": "与 A06 同分，助残领域已达目标比例；为扶持自组织，资助 A06，本项目候补。"}


class _Paper(Struct, frozen=True):
    """A file as a browser would send it."""

    filename: str | None
    stream: BinaryIO


def load_decisions(
    data: Data, call_key: str, call_id: int, proposals: Mapping[str, int], *, people: People
) -> None:
    """The officers' table, two days before the meeting."""
    met = _row(data, call_key)["meeting_on"]
    at = clock.at_local(date.fromisoformat(met) - timedelta(days=2), time(16))
    officer, call = people.actor("officer"), calls.by_id(call_id)
    keys = {row.proposal_id: row.key for row in table(call, seen_by=officer).rows}
    wishes = [
        _wish(row, proposals[row["id"]], keys[proposals[row["id"]]])
        for row in data["proposals"]
        if proposals.get(row["id"]) in keys and row["status"] in _OUTCOMES
    ]
    proposing.propose(call, wishes, by=officer, at=at)


def _wish(row: Data, proposal_id: int, key: str) -> Wish:
    outcome = _OUTCOMES[row["status"]]
    amount = Money.yuan(row["approved_amount"]) if outcome is Outcome.FUND else Money(0)
    return Wish(proposal_id, key, outcome, amount, _PASSED_OVER.get(row["id"], _REASONS[outcome]))


def load_board(data: Data, call_key: str, call_id: int, *, people: People) -> None:
    """The meeting: convened, voted on, minuted on paper, approved by the chair; the notice begins on its day.

    Opens its own units of work: the minutes are typeset and stored between them, as on the page.
    """
    row, notice = _row(data, call_key), _notice_row(data, call_key)
    day = date.fromisoformat(row["meeting_on"])
    with unit_of_work():
        officer, call = people.actor("officer"), calls.by_id(call_id)
        plan = board.Plan(day, SEATS, QUORUM, people.ids["board1"])
        board.convene(call, plan, by=officer, at=clock.at_local(day - timedelta(days=2), time(16, 30)))
        put_at = clock.at_local(day - timedelta(days=2), time(17))
        board.put_before_board(_meeting(call_id), by=officer, at=put_at)
        for number in range(1, int(row["attendance"].split("/")[0]) + 1):
            member = people.actor(f"board{number}")
            board.vote(_meeting(call_id), Vote.FOR, by=member, at=clock.at_local(day, time(10, number)))
    with unit_of_work(read_only=True):
        meeting = _meeting(call_id)
        paper = minutes.paper(meeting, table(meeting.call, seen_by=people.actor("officer")))
    written = clock.at_local(day, time(11, 30))
    said = full_width(row["result_zh"])
    pdf = typeset("minutes", paper | {"number": row["minutes_no"], "resolution": said}, created_at=written)
    spooled = documents.receive(_Paper("理事会会议纪要.pdf", BytesIO(pdf)))
    with unit_of_work():
        filed = {"number": row["minutes_no"], "resolution": said}
        board.file_minutes(_meeting(call_id), spooled, **filed, by=people.actor("officer"), at=written)
        begins = date.fromisoformat(notice["from"])
        chair = people.actor("board1")
        board.approve(_meeting(call_id), notice_from=begins, by=chair, at=clock.at_local(day, time(15)))


def load_notice(
    data: Data, call_key: str, call_id: int, proposals: Mapping[str, int], *, people: People
) -> None:
    """What was raised against the list and decided; the end of the notice; then the groups are told."""
    row, officer = _notice_row(data, call_key), people.actor("officer")
    shown = db.session.scalars(
        select(Notice).where(Notice.holder_kind == "call", Notice.holder_id == call_id)
    ).one()
    for raised in row["objections"]:
        objection = notices.raise_objection(
            shown,
            item_key=f"proposal/{proposals[raised['proposal_id']]}",
            by_name=full_width(raised["by_zh"]),
            contact="",
            content=full_width(raised["content_zh"]),
            by=VISITOR,
            at=clock.at_local(date.fromisoformat(raised["received_on"]), time(10)),
        )
        settle = notices.uphold if raised["upheld"] else notices.dismiss
        decided = clock.at_local(date.fromisoformat(raised["decided_on"]), time(15))
        settle(objection, reason=full_width(raised["decision_zh"]), by=officer, at=decided)
    over = clock.end_of(date.fromisoformat(row["to"]))
    notices.close_ended(over)
    releasing.release(calls.by_id(call_id), by=officer, at=over + timedelta(hours=57))


def _row(data: Data, call_key: str) -> Data:
    row: Data = data["board_decision"]
    if row["call_id"] != call_key:
        raise LookupError(f"the data knows no board decision on {call_key}")
    return row


def _notice_row(data: Data, call_key: str) -> Data:
    return next(row for row in data["publicity"] if row["call_id"] == call_key)


def _meeting(call_id: int) -> BoardMeeting:
    meeting = meetings.meeting_of(calls.by_id(call_id))
    if meeting is None:
        raise LookupError("no meeting was convened")
    return meeting

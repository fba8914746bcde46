"""The board's meeting: convened by officers, voted on by the board, approved by its chair in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import select

from grants.calls.actions import publishing as calls
from grants.calls.fields import CallState
from grants.calls.models import Call
from grants.core import audit, clock
from grants.core.checkcodes import content_hash
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import gettext as _
from grants.core.i18n import language
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import SYSTEM, Actor, authorise
from grants.core.text import clean, clean_line
from grants.decisions import rules
from grants.decisions.actions import duties
from grants.decisions.events import BoardApproved, BoardConvened, DecisionApproved
from grants.decisions.fields import MINUTES_NUMBER_CHARACTERS, Duty, MeetingState, Outcome, Vote
from grants.decisions.lifecycle import DECISION, MEETING
from grants.decisions.models import BoardMeeting, BoardVote, Decision
from grants.decisions.queries import decided, meetings, notice_text, table
from grants.documents import actions as documents
from grants.documents.actions import Spooled
from grants.funds import actions as funds
from grants.funds.models import Fund
from grants.notices import actions as notices
from grants.obligations import actions as obligations
from grants.obligations import fields as owners
from grants.proposals.actions import going_on

MINUTES = "minutes"
_INCOMPLETE = Violation("incomplete", _l("The table is not complete. Ask a colleague to look at it."))
# The board may be asked again, about the reserve list, in these.
DECIDED = frozenset({CallState.DECIDED, CallState.IN_NOTICE, CallState.IN_IMPLEMENTATION})


class Plan(Struct, frozen=True):
    """When the board meets, how many sit on it and must be there, and who chairs."""

    held_on: date
    seats: int
    quorum: int
    chair_id: int


def convene(call: Call, plan: Plan, *, by: Actor, at: datetime) -> BoardMeeting:
    """Plan a meeting, or change the plan of the one that is not on yet.

    After the board has decided it meets again only when something new is proposed.
    """
    authorise(by, "board.convene", call)
    meeting = demand_planning(call)
    broken = list(rules.meeting_faults(seats=plan.seats, quorum=plan.quorum))
    if plan.chair_id not in {user.id for user in meetings.board_on(plan.held_on)}:
        broken.append(Violation("chair", _("The chair must be a member of the board."), "chair"))
    broken += _chair_is_tied(table.table(call, seen_by=SYSTEM), plan.chair_id)
    if broken:
        raise RulesBroken(broken)
    if meeting is None:
        meeting = BoardMeeting(call=call, votes=[])
        db.session.add(meeting)
    meeting.held_on, meeting.seats = plan.held_on, plan.seats
    meeting.quorum, meeting.chair_id = plan.quorum, plan.chair_id
    audit.record("convene", meeting, by=by, at=at)
    return meeting


def demand_planning(call: Call) -> BoardMeeting | None:
    """The meeting whose plan may still change, None where a new one may be planned; else IllegalTransition."""
    meeting = meetings.meeting_of(call)
    if meeting is None or meeting.state is MeetingState.DRAFT:
        return meeting
    if meeting.state is not MeetingState.APPROVED:
        raise IllegalTransition(_l("This meeting is under way."))
    if not meetings.has_something_to_decide(call):
        raise IllegalTransition(_l("This meeting is over, and nothing new is proposed."))
    return None


def put_before_board(meeting: BoardMeeting, *, by: Actor, at: datetime) -> None:
    """Lay the table before the board: complete, within the money, and fixed from now on."""
    authorise(by, "board.prepare", meeting)
    MEETING.demand("put", meeting)
    shown = table.table(meeting.call, seen_by=SYSTEM)
    if _unready(shown):
        raise RulesBroken(_tellable(meeting.call, by) or [_INCOMPLETE])
    broken = _chair_is_tied(shown, meeting.chair_id)
    if broken:
        raise RulesBroken(broken)
    meeting.content_hash = fingerprint = hash_of(shown.lying)
    MEETING.fire("put", meeting, by=by, at=at, note=fingerprint)
    subject, due = ("board_meeting", meeting.id), clock.end_of(meeting.held_on)
    values = {"call": meeting.call.public_id, "title": dict(meeting.call.title)}
    duty = {"subject": subject, "due_at": due, "case": meeting.case, "values": values, "at": at}
    obligations.open_duty(Duty.VOTE, owner=owners.role("board"), **duty)
    obligations.open_duty(Duty.APPROVE, owner=owners.user(meeting.chair_id), **duty)
    obligations.meet(Duty.PROPOSE, subject=("call", meeting.call_id), by=by, at=at)
    publish(
        BoardConvened(
            occurred_at=at,
            actor_id=by.user_id,
            case=meeting.case,
            meeting_id=meeting.id,
            call_id=meeting.call_id,
            call=meeting.call.public_id,
            title=dict(meeting.call.title),
        )
    )


def _unready(shown: table.Table) -> list[Violation]:
    return list(rules.unready([row.seen_by_rules() for row in shown.rows], shown.limits))


def _tellable(call: Call, by: Actor) -> list[Violation]:
    """What is missing as far as this person may see the table."""
    return _unready(table.table(call, seen_by=by))


def _chair_is_tied(shown: table.Table, chair_id: int) -> list[Violation]:
    tied = frozenset[int]().union(*meetings.recusals(shown.lying).values())
    if chair_id not in tied:
        return []
    return [Violation("chair", _("Another member must chair this meeting."), "chair")]


def hash_of(rows: Iterable[table.Row]) -> str:
    """Of the table as the board sees it: every proposal with its outcome, amount and reason, in order."""
    return content_hash(
        {
            "kind": "decisions",
            "rows": [
                {
                    "number": row.number,
                    "title": row.title,
                    "outcome": row.outcome.value if row.outcome else "",
                    "amount": str(row.amount),
                    "reason": row.reason,
                }
                for row in rows
            ],
        }
    )


def take_back(meeting: BoardMeeting, *, note: str, by: Actor, at: datetime) -> None:
    """Back to the officers; votes given so far were on another table and count no longer."""
    authorise(by, "board.prepare", meeting)
    meeting.content_hash = None
    MEETING.fire("take_back", meeting, by=by, at=at, note=clean_line(note))
    for kind in (Duty.VOTE, Duty.APPROVE):
        obligations.meet(kind, subject=("board_meeting", meeting.id), by=by, at=at)


def vote(meeting: BoardMeeting, choice: Vote, *, by: Actor, at: datetime) -> None:
    """A member votes, or votes anew, as long as the table lies there."""
    authorise(by, "board.vote", meeting)
    lying = demand_voting(meeting)
    given = next((row for row in meeting.votes if row.user_id == by.user_id), None)
    if given is None:
        given = BoardVote(meeting=meeting, user_id=by.user_id)
        db.session.add(given)
    given.vote, given.content_hash, given.voted_at = choice, lying, at
    audit.record("vote", given, by=by, at=at)


def demand_voting(meeting: BoardMeeting) -> str:
    """The hash of the table that lies before the board; raises IllegalTransition where none does."""
    if meeting.state is not MeetingState.VOTING or meeting.content_hash is None:
        raise IllegalTransition(_l("There is nothing to vote on now."))
    return meeting.content_hash


def file_minutes(
    meeting: BoardMeeting, spooled: Spooled | None, *, number: str, resolution: str, by: Actor, at: datetime
) -> None:
    """Keep the minutes: their number, what was resolved, and the paper itself."""
    authorise(by, "board.prepare", meeting)
    demand_minutes(meeting)
    number = clean_line(number)[:MINUTES_NUMBER_CHARACTERS]
    broken = []
    if not number:
        broken.append(Violation("minutes_number", _("Give the number of the minutes."), "minutes_number"))
    if spooled is None:
        broken.append(Violation("file", _("Attach the signed minutes."), "file"))
    if broken or spooled is None:
        raise RulesBroken(broken)
    document = documents.keep(spooled, holder=meeting, purpose=MINUTES, by=by, at=at)
    db.session.flush()
    meeting.minutes_number, meeting.minutes_document_id = number, document.id
    said = clean(resolution).strip()
    meeting.resolution = {language(): said} if said else {}
    audit.record("file minutes", meeting, by=by, at=at)


def demand_minutes(meeting: BoardMeeting) -> None:
    """Raises IllegalTransition once the meeting was approved with its minutes."""
    if meeting.state is MeetingState.APPROVED:
        raise IllegalTransition(_l("The minutes of this meeting are filed."))


def approve(meeting: BoardMeeting, *, notice_from: date | None, by: Actor, at: datetime) -> None:
    """All of it or nothing: decisions, proposals, money, the public notice, the call.

    Raises RulesBroken without quorum, majority or minutes, when the money is not there any more, or
    when the table is no longer the one that was voted on.
    """
    authorise(by, "board.approve", meeting)
    call = meeting.call
    meetings.lock_call(call.id)
    shown = table.table(call, seen_by=SYSTEM)
    if meeting.content_hash is not None and hash_of(shown.lying) != meeting.content_hash:
        raise IllegalTransition(_l("The table is no longer the one the board voted on. Take it back."))
    meeting.approved_at = at
    MEETING.fire("approve", meeting, by=by, at=at, note=meeting.minutes_number)
    broken = [*_chair_is_tied(shown, meeting.chair_id), *_rows_not_carried(meeting, shown)]
    if broken:
        raise RulesBroken(broken)
    _settle_all(meeting, shown, by=by, at=at)
    if call.state not in DECIDED:
        calls.advance(call, "decide", by=by, at=at)
    duties.owe(Duty.RELEASE, call, at=at)  # the groups wait to be told
    _give_notice(call, shown, notice_from, by=by, at=at)
    for kind in (Duty.VOTE, Duty.APPROVE):
        obligations.meet(kind, subject=("board_meeting", meeting.id), by=by, at=at)
    publish(
        BoardApproved(
            occurred_at=at,
            actor_id=by.user_id,
            case=meeting.case,
            meeting_id=meeting.id,
            call_id=call.id,
            minutes_number=meeting.minutes_number,
        )
    )


def _rows_not_carried(meeting: BoardMeeting, shown: table.Table) -> list[Violation]:
    """A member with a tie to a group does not count in what is decided about it (hard rule 3)."""
    tied = meetings.recusals(shown.lying)
    seated = {user.id for user in meetings.board_on(meeting.held_on)}
    votes = {
        given.user_id: given.vote for given in meeting.votes if given.content_hash == meeting.content_hash
    }
    terms: dict[str, Any] = {"seats": meeting.seats, "quorum": meeting.quorum, "seated": seated}
    tallies = {
        row.title: rules.for_row(votes, tied=tied[row.proposal_id], **terms)
        for row in shown.lying
        if row.proposal_id in tied
    }
    return list(rules.rows_not_carried(tallies))


def _settle_all(meeting: BoardMeeting, shown: table.Table, *, by: Actor, at: datetime) -> None:
    decisions = decided.decisions_of(meeting.call)
    broken = list(rules.beyond_means(shown.granted, shown.limits))
    if broken:
        raise RulesBroken(broken)
    place = max((row.place or 0 for row in shown.rows), default=0)
    for row in shown.lying:
        decision = decisions[row.proposal_id]
        if decision.outcome is Outcome.RESERVE:
            place += 1
            decision.place = place
        decision.meeting_id = meeting.id
        _settle(decision, meeting.call, by=by, at=at)


def _settle(decision: Decision, call: Call, *, by: Actor, at: datetime) -> None:
    decision.approved_at = at
    DECISION.fire("approve", decision, by=by, at=at)
    going_on.settle(decision.proposal, decision.outcome.value, by=by, at=at)
    if decision.outcome is Outcome.FUND:
        fund = db.session.scalars(select(Fund).where(Fund.id == call.fund_id)).one()
        funds.commit_money(fund, year=call.year, amount=decision.amount, case=decision.case, by=by, at=at)
    publish(
        DecisionApproved(
            occurred_at=at,
            actor_id=by.user_id,
            case=decision.case,
            decision_id=decision.id,
            proposal_id=decision.proposal_id,
            call_id=call.id,
            outcome=decision.outcome,
            amount=decision.amount,
        )
    )


def _give_notice(
    call: Call, shown: table.Table, notice_from: date | None, *, by: Actor, at: datetime
) -> None:
    """Show the funded list for the call's working days; who gets nothing is not exposed."""
    items = notice_text.items(shown.lying)
    if not items:
        return
    drafted = notices.draft_notice(
        ("call", call.id),
        case=call.case,
        title=notice_text.title(call),
        introduction=notice_text.introduction(len(items)),
        items=items,
        working_days=call.notice_days,
        by=by,
        at=at,
    )
    notices.publish_notice(drafted, by=by, at=at, starts_on=notice_from)
    if call.state is CallState.DECIDED:
        calls.advance(call, "give_notice", by=by, at=at)

"""What deciding does when a call goes to the reviewers, and when its notice is over."""

from __future__ import annotations

from datetime import datetime

from grants.calls.actions import publishing as calls
from grants.calls.events import CallMovedOn
from grants.calls.fields import CallState
from grants.calls.models import Call
from grants.calls.queries.loading import by_id
from grants.core import clock
from grants.core.policy import SYSTEM
from grants.decisions.actions import duties, withdrawing
from grants.decisions.fields import Duty
from grants.decisions.queries import decided
from grants.notices import queries as notices
from grants.notices.events import NoticeClosed, ObjectionDecided
from grants.proposals.events import ProposalAdmitted

BOARD_STEP = "board"


def begin_the_review(fact: ProposalAdmitted) -> None:
    """With the first proposal that goes to the reviewers, the call itself does."""
    call = by_id(fact.call_id)
    if call.state is CallState.CLOSED:
        calls.advance(call, "start_review", by=SYSTEM, at=fact.occurred_at)


def owe_the_table(fact: CallMovedOn) -> None:
    """With the review begins the officers' duty: a table for the board by the day of its meeting."""
    if fact.state == CallState.IN_REVIEW:
        call = by_id(fact.call_id)
        duties.owe(Duty.PROPOSE, call, due_at=_board_day(call), at=fact.occurred_at)


def go_on_after_the_notice(fact: NoticeClosed) -> None:
    """The list was shown long enough: what was funded begins, and every group is to be told."""
    if fact.holder_kind != "call":
        return
    call = by_id(fact.holder_id)
    if call.state is CallState.IN_NOTICE:
        calls.advance(call, "implement", by=SYSTEM, at=fact.occurred_at)


def withdraw_what_was_objected_to(fact: ObjectionDecided) -> None:
    """An objection was upheld: what the board had granted is not given; another one changes nothing more."""
    decision = decided.granted_for_writing(fact.item_key) if fact.upheld else None
    if decision is not None:
        notice = notices.by_id(fact.notice_id)
        said = {"objection": fact.number, "reason": fact.reason}
        withdrawing.withdraw(decision, notice, **said, by=SYSTEM, at=fact.occurred_at)


def _board_day(call: Call) -> datetime | None:
    step = next((step for step in call.steps if step.key == BOARD_STEP), None)
    day = (step.until_on or step.from_on) if step else None
    return clock.end_of(day) if day else None

"""Decisions by call, by meeting and by case, and what a call may grant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from grants.calls.models import Call
from grants.core.db import db
from grants.core.holding import hold
from grants.core.money import total
from grants.decisions import rules
from grants.decisions.fields import DecisionState, Outcome
from grants.decisions.models import BoardMeeting, Decision
from grants.decisions.rules import Limits
from grants.funds import queries as funds
from grants.proposals.models import Proposal


def history_of(call: Call) -> dict[int, list[Decision]]:
    """Every decision of a call by proposal, the newest last, whoever may see it."""
    found = db.session.scalars(
        select(Decision)
        .join(Decision.proposal)
        .where(Proposal.call_id == call.id)
        .options(joinedload(Decision.proposal).joinedload(Proposal.organisation))
        .order_by(Decision.number, Decision.id)
    )
    history: dict[int, list[Decision]] = {}
    for decision in found:
        history.setdefault(decision.proposal_id, []).append(decision)
    return history


def decisions_of(call: Call) -> dict[int, Decision]:
    """The newest decision on every proposal of a call, whoever may see it."""
    return {proposal_id: decisions[-1] for proposal_id, decisions in history_of(call).items()}


def approved_by(meeting: BoardMeeting) -> Mapping[int, Sequence[Decision]]:
    """What a meeting approved, by proposal."""
    found = db.session.scalars(select(Decision).where(Decision.meeting_id == meeting.id))
    return {decision.proposal_id: (decision,) for decision in found}


def granted_for_writing(case: str) -> Decision | None:
    """The approved grant of a case, held, with its proposal and call."""
    kind, _slash, number = case.partition("/")
    if kind != "proposal" or not number.isdecimal():
        return None
    of_proposal = Decision.proposal_id == int(number)
    hold(Proposal, [int(number)])
    hold(Decision, db.session.scalars(select(Decision.id).where(of_proposal)))
    return db.session.scalar(
        select(Decision)
        .where(
            of_proposal,
            Decision.outcome == Outcome.FUND,
            Decision.state.in_((DecisionState.APPROVED, DecisionState.RELEASED)),
        )
        .options(joinedload(Decision.proposal).joinedload(Proposal.call))
        .execution_options(populate_existing=True)
    )


def told_of(proposal_id: int) -> Decision | None:
    """The newest decision on a proposal that its group knows of."""
    return db.session.scalar(
        select(Decision)
        .where(
            Decision.proposal_id == proposal_id,
            Decision.state.in_((DecisionState.RELEASED, DecisionState.WITHDRAWN)),
        )
        .order_by(Decision.number.desc())
        .limit(1)
    )


def limits_of(call: Call) -> Limits:
    """What may be granted in all; what is promised to this call already is not counted twice."""
    room = funds.room(call.fund_id, call.year) if call.fund_id else rules.NOTHING
    promised = total(decision.amount for decision in decisions_of(call).values() if decision.counts)
    return Limits(call.floor, call.ceiling, call.envelope, room + promised)

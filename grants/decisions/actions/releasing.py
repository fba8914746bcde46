"""Telling the groups: a step of its own, after the board has decided."""

from __future__ import annotations

from datetime import datetime

from grants.calls.models import Call
from grants.core.errors import IllegalTransition
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise, permits
from grants.decisions.events import ResultReleased
from grants.decisions.fields import DecisionState, Duty
from grants.decisions.lifecycle import DECISION
from grants.decisions.queries import decided, meetings
from grants.obligations import actions as obligations


def release(call: Call, *, by: Actor, at: datetime) -> int:
    """Tell every group of the call what was decided; returns how many of those this person may know were told."""
    authorise(by, "decision.release", call)
    meetings.lock_call(call.id)
    waiting = [
        decision
        for decision in decided.decisions_of(call).values()
        if decision.state is DecisionState.APPROVED
    ]
    if not waiting:
        raise IllegalTransition(_l("There is nothing to tell: the board has not decided, or all were told."))
    for decision in waiting:
        decision.released_at = at
        DECISION.fire("release", decision, by=by, at=at)
        publish(
            ResultReleased(
                occurred_at=at,
                actor_id=by.user_id,
                case=decision.case,
                proposal_id=decision.proposal_id,
                proposal=decision.proposal.public_id,
                organisation_id=decision.proposal.organisation_id,
                call_id=call.id,
                title=decision.proposal.title,
                outcome=decision.outcome,
                amount=decision.amount,
            )
        )
    obligations.meet(Duty.RELEASE, subject=("call", call.id), by=by, at=at)
    return sum(permits(by, "decision.propose_on", decision.proposal) for decision in waiting)

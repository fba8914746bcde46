"""Taking back what the board granted, after an objection in the public notice was upheld."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from grants.core.db import db
from grants.core.events import publish
from grants.core.policy import Actor, authorise
from grants.decisions.events import DecisionWithdrawn
from grants.decisions.lifecycle import DECISION
from grants.decisions.models import Decision
from grants.decisions.queries import notice_text
from grants.funds import actions as funds
from grants.funds import queries as books
from grants.funds.fields import BudgetLine
from grants.notices import actions as notices
from grants.notices.models import Notice
from grants.proposals.actions import going_on


def withdraw(
    decision: Decision, notice: Notice, *, objection: str, reason: str, by: Actor, at: datetime
) -> None:
    """The proposal is declined, its money is free again, and the shown list says so beside itself.

    `objection` is the number of the objection that was upheld, `reason` why. Needs the decision
    locked, with its proposal and the call of that.
    """
    authorise(by, "decision.withdraw", decision)
    proposal = decision.proposal
    decision.withdrawn_at, decision.withdrawn_reason = at, reason
    DECISION.fire("withdraw", decision, by=by, at=at, note=f"{objection}: {reason}")
    going_on.settle(proposal, "revoke", by=by, at=at)
    publish(
        DecisionWithdrawn(
            occurred_at=at,
            actor_id=by.user_id,
            case=decision.case,
            decision_id=decision.id,
            proposal_id=proposal.id,
            proposal=proposal.public_id,
            organisation_id=proposal.organisation_id,
            call_id=proposal.call_id,
            call=proposal.call.public_id,
            title=proposal.title,
            amount=decision.amount,
            number=objection,
            reason=reason,
        )
    )
    _set_free(decision, objection, by=by, at=at)
    notices.correct_notice(notice, text=notice_text.withdrawn(proposal, objection), by=by, at=at)


def _set_free(decision: Decision, objection: str, *, by: Actor, at: datetime) -> None:
    """Whatever of the promise still stands: who reacted to the fact may have released it already."""
    call = decision.proposal.call
    if call.fund_id is None:
        return
    db.session.flush()
    left = books.figures_of_case(decision.case, call.fund_id, call.year, BudgetLine.GRANTS).committed
    if left:
        terms: dict[str, Any] = {"year": call.year, "amount": left, "case": decision.case}
        funds.release_commitment(books.by_id(call.fund_id), **terms, note=objection, by=by, at=at)

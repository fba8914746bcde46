"""What agreements do when a decision is taken back."""

from __future__ import annotations

from grants.agreements import queries
from grants.agreements.actions import promises
from grants.agreements.lifecycle import GRANT
from grants.core.policy import SYSTEM
from grants.decisions.events import DecisionWithdrawn


def end_what_was_promised(fact: DecisionWithdrawn) -> None:
    """An objection counts by its arrival: one that was written down late may meet a promise already made."""
    grant = queries.grant_of_proposal(fact.proposal_id)
    if grant is not None and GRANT.can_fire("terminate", grant):
        whole = queries.grant_by_id(grant.id)
        promises.terminate(whole, f"{fact.number}: {fact.reason}", by=SYSTEM, at=fact.occurred_at)

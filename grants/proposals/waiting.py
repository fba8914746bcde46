"""What waits on its way to the reviewers, and whose opinion it waits for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, load_only

from grants.core.db import db
from grants.core.policy import Actor
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal, Recommendation
from grants.proposals.queries import visible_to
from grants.reference import queries as reference

BEFORE_THE_PANEL = (ProposalState.SUBMITTED, ProposalState.RETURNED, ProposalState.ELIGIBLE)


def overdue_recommendations(call_id: int, actor: Actor, at: datetime) -> list[Proposal]:
    """What districts still owe an opinion on in a call, the longest overdue first."""
    found = (
        visible_to(actor)
        .join(Recommendation, Recommendation.proposal_id == Proposal.id)
        .where(Proposal.call_id == call_id, Proposal.state.in_(BEFORE_THE_PANEL))
        .where(Recommendation.opinion.is_(None), Recommendation.due_at < at)
        .options(
            load_only(Proposal.public_id, Proposal.title, Proposal.number, Proposal.region_path),
            joinedload(Proposal.recommendation),
        )
        .order_by(Recommendation.due_at, Proposal.id)
    )
    return list(db.session.scalars(found))


def place_of(proposal: Proposal) -> str:
    """Where it is at home, in the reader's language."""
    region = reference.region_by_code(proposal.region_path.rpartition("/")[2])
    return reference.region_label(region.id) if region else ""


def to_admit(call_id: int) -> list[Proposal]:
    """The eligible proposals of a call that have not gone to the reviewers, in the order of arrival."""
    return list(
        db.session.scalars(
            select(Proposal)
            .where(Proposal.call_id == call_id, Proposal.state == ProposalState.ELIGIBLE)
            .options(
                joinedload(Proposal.call),
                joinedload(Proposal.recommendation),
                joinedload(Proposal.organisation),
            )
            .order_by(Proposal.submitted_at, Proposal.id)
        )
    )

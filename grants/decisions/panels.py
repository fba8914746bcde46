"""What deciding shows on the page of a proposal: what was decided, once the group may know."""

from __future__ import annotations

from grants.core.panels import Panel
from grants.decisions.queries import decided
from grants.proposals.models import Proposal
from grants.reviews.queries.feedback import feedback_on


def of_proposal(proposal: Proposal) -> Panel | None:
    """The decision with its reason and what the reviewers said, once released; an earlier one is not told again."""
    told = decided.told_of(proposal.id)
    if told is None:
        return None
    return Panel(
        "decisions/of_proposal.html", {"decision": told, "feedback": feedback_on("proposal", proposal.id)}
    )

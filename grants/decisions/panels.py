"""What deciding shows on the page of a proposal: what was decided, once the group may know."""

from __future__ import annotations

from grants.core.panels import Panel
from grants.decisions.queries import decided
from grants.proposals.models import Proposal


def of_proposal(proposal: Proposal) -> Panel | None:
    """The decision with its reason, once it was released or withdrawn; an earlier one is not told again."""
    told = decided.told_of(proposal.id)
    return Panel("decisions/of_proposal.html", {"decision": told}) if told else None

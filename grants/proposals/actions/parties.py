"""Who stands behind a proposal beside the group: co-applicants, entered by officers for the conflict wall."""

from __future__ import annotations

from datetime import datetime

from grants.core import audit
from grants.core.errors import RulesBroken, Violation
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.organisations.actions.parties import stand_behind
from grants.organisations.models import Organisation
from grants.proposals.actions import screening
from grants.proposals.models import Proposal
from grants.reviews.actions import walls
from grants.reviews.queries.loading import entry_of


def add_party(proposal: Proposal, organisation: Organisation | None, *, by: Actor, at: datetime) -> None:
    """This body applies, too: whoever has a tie to it is kept out from now on. Raises RulesBroken."""
    authorise(by, "proposal.screen", proposal)
    if organisation is None:
        message = _l("No single organisation is called so. Write its whole name or its credit code.")
        raise RulesBroken([Violation("unknown", message, "name")])
    if not stand_behind(proposal.case, [organisation.id]):
        raise RulesBroken([Violation("known", _l("This organisation stands behind it already."), "name")])
    audit.record("add party", proposal, by=by, at=at, before={}, after={"organisation": organisation.id})
    entry = entry_of(*proposal.subject)
    if entry is not None:
        walls.add_party(entry, organisation, by=by, at=at)
    else:
        walls.look_again(organisation.id, at=at)
    screening.let_go(organisation.id, at=at)

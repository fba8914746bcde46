"""What is told about proposals: to everybody who writes for the group, to officers, and to the district."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grants.accounts import queries as people
from grants.core.i18n import lazy_gettext as _l
from grants.messaging.fields import Recipient, Tell, Values
from grants.organisations.walls import tied_to
from grants.proposals.queries import officers_of, writers_of

PROPOSAL = "/proposals/%(proposal)s"
RECEIPT = "/proposals/%(proposal)s/receipt"
SCREENING = "/proposals/%(proposal)s/screening"
RECOMMENDATION = "/proposals/%(proposal)s/recommendation"
OF_MY_GROUP = _l("Proposals of my group")
OF_MY_CALLS = _l("Proposals of my calls")


def _group(fact: Values) -> Iterable[Recipient]:
    return writers_of(int(fact["organisation_id"]))


def _officers(fact: Values) -> Iterable[Recipient]:
    return officers_of(int(fact["call_id"]), int(fact["organisation_id"]))


def _district(fact: Values) -> Iterable[Recipient]:
    tied = tied_to(int(fact["organisation_id"]))
    found = people.holders_of("district", region_path=str(fact["region_path"]))
    return [user_id for user_id in found if user_id not in tied]


TELLS: Mapping[str, Sequence[Tell]] = {
    "ProposalSubmitted": (
        Tell("proposal_in", _group, _l("“%(title)s” is handed in: %(number)s"), RECEIPT),
        Tell(
            "proposal_to_check",
            _officers,
            _l("%(number)s “%(title)s” has come in"),
            SCREENING,
            mail="",
            label=OF_MY_CALLS,
        ),
        Tell("proposal_to_recommend", _district, _l("“%(title)s” waits for your opinion"), RECOMMENDATION),
    ),
    "ProposalResubmitted": (
        Tell("proposal_in_again", _group, _l("“%(title)s” is handed in again: version %(version)s"), RECEIPT),
        Tell(
            "proposal_to_check_again",
            _officers,
            _l("%(number)s “%(title)s” has come back, version %(version)s"),
            SCREENING,
            label=OF_MY_CALLS,
        ),
    ),
    "ProposalReturned": (
        Tell("proposal_returned", _group, _l("“%(title)s” was returned for changes: %(reason)s"), PROPOSAL),
    ),
    "ProposalScreened": (
        Tell(
            "proposal_eligible",
            _group,
            _l("“%(title)s” passed the eligibility check"),
            PROPOSAL,
            label=OF_MY_GROUP,
        ),
    ),
    "ProposalRefused": (
        Tell("proposal_refused", _group, _l("“%(title)s” is not eligible: %(reason)s"), PROPOSAL),
    ),
    "ProposalReinstated": (
        Tell("proposal_reinstated", _group, _l("“%(title)s” is taken up again: %(reason)s"), PROPOSAL),
    ),
    "DeadlineExtended": (
        Tell(
            "proposal_extended", _group, _l("Your group has more time for its proposal: %(reason)s"), PROPOSAL
        ),
    ),
    "ProposalWithdrawn": (
        Tell("proposal_withdrawn", _group, _l("“%(title)s” was withdrawn"), PROPOSAL, label=OF_MY_GROUP),
    ),
    "ProposalRecommended": (
        Tell(
            "proposal_recommended",
            _officers,
            _l("The district gave its opinion on %(number)s “%(title)s”"),
            PROPOSAL,
            mail="",
            label=OF_MY_CALLS,
        ),
    ),
}

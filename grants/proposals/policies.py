"""Who may do what with a proposal. A draft is the group's own; what was handed in has more readers."""

from __future__ import annotations

from msgspec import Struct

from grants.calls.models import Call
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, predicate, the_system
from grants.organisations.models import Organisation
from grants.organisations.policies import tied
from grants.proposals.models import Proposal

MEMBERS = ("owner", "editor", "viewer")
WRITERS = ("owner", "editor")
STAFF = ("director", "officer", "finance", "awards", "admin")
READERS = (*STAFF, "auditor", "board")


def handed_in(proposal: Proposal) -> bool:
    return proposal.submitted_at is not None


@predicate(_l("the group's members"))
def the_groups_members(actor: Actor, proposal: Proposal) -> bool:
    return actor.holds_within(*MEMBERS, organisation_id=proposal.organisation_id)


@predicate(_l("the group's owner or an editor"))
def the_groups_writers(actor: Actor, proposal: Proposal) -> bool:
    return actor.holds_within(*WRITERS, organisation_id=proposal.organisation_id)


@predicate(_l("the group's owner"))
def the_groups_owner(actor: Actor, proposal: Proposal) -> bool:
    return actor.holds_within("owner", organisation_id=proposal.organisation_id)


@predicate(_l("a member who writes for the group"))
def writes_for_the_group(actor: Actor, organisation: Organisation) -> bool:
    return actor.holds_within(*WRITERS, organisation_id=organisation.id)


@predicate(_l("people of the foundation"))
def the_foundation(actor: Actor, proposal: Proposal) -> bool:
    return handed_in(proposal) and actor.holds_within(
        *READERS, call_id=proposal.call_id, region_path=proposal.region_path
    )


@predicate(_l("the officer in charge of the call"))
def the_calls_officer(actor: Actor, proposal: Proposal) -> bool:
    return handed_in(proposal) and actor.holds_within(
        "director", "officer", call_id=proposal.call_id, region_path=proposal.region_path
    )


@predicate(_l("the officer in charge of the call"))
def runs_the_call(actor: Actor, call: Call) -> bool:
    return actor.holds_within("director", "officer", call_id=call.id)


@predicate(_l("the district's office"))
def the_district(actor: Actor, proposal: Proposal) -> bool:
    return handed_in(proposal) and actor.holds_within("district", region_path=proposal.region_path)


@predicate(_l("whoever has a conflict of interest with the group"))
def the_conflicted(actor: Actor, proposal: Proposal) -> bool:
    return tied(actor, proposal.organisation_id, case=proposal.case)


sees_it = the_groups_members | ((the_foundation | the_district) - the_conflicted)


class FileDoor(Struct, frozen=True):
    """The files of a proposal, with the people who judge it now."""

    proposal: Proposal
    reviewer_ids: frozenset[int]


@predicate(_l("whoever may see the proposal, and the reviewers who judge it"))
def may_open_its_files(actor: Actor, door: FileDoor) -> bool:
    judges = actor.user_id in door.reviewer_ids and not the_conflicted(actor, door.proposal)
    return judges or sees_it(actor, door.proposal)


@predicate(_l("people of the foundation"))
def staff_and_auditor(actor: Actor, proposal: Proposal) -> bool:
    return handed_in(proposal) and actor.holds_within(
        *STAFF, "auditor", call_id=proposal.call_id, region_path=proposal.region_path
    )


@predicate(_l("the director or the board"))
def who_decides(actor: Actor, proposal: Proposal) -> bool:
    return handed_in(proposal) and actor.holds("director", "board")


PERMISSIONS = {
    "proposal.start": writes_for_the_group,
    "proposal.view": sees_it,
    # The group and the foundation's staff talk with each other; who judges or decides does not listen.
    "proposal.talk": the_groups_members | (staff_and_auditor - the_conflicted),
    "proposal.file": may_open_its_files,
    "proposal.edit": the_groups_writers,
    "proposal.submit": the_groups_owner,
    "proposal.withdraw": the_groups_owner,
    "proposal.screen": the_calls_officer - the_conflicted,
    # The officer enters what a district without a sign-in sent on paper.
    "proposal.recommend": (the_district | the_calls_officer) - the_conflicted,
    "proposal.admit": (the_calls_officer - the_conflicted) | the_system,
    "proposal.admit_all": runs_the_call,
    "proposal.settle": (who_decides - the_conflicted) | the_system,
    "proposal.extend": runs_the_call,
}

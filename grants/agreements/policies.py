"""Who reads, writes and signs agreements. The conflict wall stands before everybody but the parties themselves."""

from __future__ import annotations

from grants.agreements.models import Agreement, Grant
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, Permissions, predicate, the_system
from grants.organisations.policies import tied
from grants.proposals.models import Proposal

MEMBERS = ("owner", "editor", "viewer")
READERS = ("director", "officer", "finance", "awards", "admin", "auditor", "board")
WRITERS = ("director", "officer")


def _parties(agreement: Agreement) -> tuple[int | None, ...]:
    return (agreement.grant.organisation_id, agreement.grant.payee_id)


def _scope(grant: Grant) -> dict[str, object]:
    return {"call_id": grant.call_id, "region_path": grant.proposal.region_path}


@predicate(_l("members of the group and of its host"))
def the_parties_members(actor: Actor, agreement: Agreement) -> bool:
    return agreement.offered_at is not None and any(
        actor.holds_within(*MEMBERS, organisation_id=party) for party in _parties(agreement)
    )


@predicate(_l("people of the foundation"))
def the_foundation(actor: Actor, agreement: Agreement) -> bool:
    return actor.holds_within(*READERS, **_scope(agreement.grant))  # type: ignore[arg-type]


@predicate(_l("the district's office"))
def the_district(actor: Actor, agreement: Agreement) -> bool:
    path = agreement.grant.proposal.region_path
    return agreement.offered_at is not None and actor.holds_within("district", region_path=path)


@predicate(_l("whoever has a conflict of interest with the group"))
def the_conflicted(actor: Actor, agreement: Agreement) -> bool:
    return tied(actor, *_parties(agreement), case=agreement.grant.case)


@predicate(_l("the officer in charge of the call"))
def the_calls_officer(actor: Actor, agreement: Agreement) -> bool:
    return actor.holds_within(*WRITERS, **_scope(agreement.grant))  # type: ignore[arg-type]


@predicate(_l("the director of the foundation"))
def the_director(actor: Actor, agreement: Agreement) -> bool:
    return actor.holds_within("director", **_scope(agreement.grant))  # type: ignore[arg-type]


@predicate(_l("the group's owner"))
def the_groups_owner(actor: Actor, agreement: Agreement) -> bool:
    return agreement.offered_at is not None and actor.holds_within(
        "owner", organisation_id=agreement.grant.organisation_id
    )


@predicate(_l("the owner of the host organisation"))
def the_hosts_owner(actor: Actor, agreement: Agreement) -> bool:
    grant = agreement.grant
    is_hosted = grant.payee_id is not None and grant.payee_id != grant.organisation_id
    return (
        is_hosted
        and agreement.offered_at is not None
        and actor.holds_within("owner", organisation_id=grant.payee_id)
    )


@predicate(_l("the officer in charge of the call"))
def may_promise(actor: Actor, proposal: Proposal) -> bool:
    return actor.holds_within(*WRITERS, call_id=proposal.call_id, region_path=proposal.region_path)


@predicate(_l("whoever has a conflict of interest with the group"))
def tied_to_the_group(actor: Actor, proposal: Proposal) -> bool:
    return tied(actor, proposal.organisation_id, case=proposal.case)


@predicate(_l("whoever has a conflict of interest with the group"))
def tied_to_the_parties(actor: Actor, grant: Grant) -> bool:
    return tied(actor, grant.organisation_id, grant.payee_id, case=grant.case)


@predicate(_l("people of the foundation and members of groups"))
def may_list(actor: Actor, subject: object) -> bool:
    return actor.holds(*READERS, "district", *MEMBERS)


@predicate(_l("the director of the foundation"))
def ends_a_grant(actor: Actor, grant: Grant) -> bool:
    return actor.holds_within("director", call_id=grant.call_id)


PERMISSIONS: Permissions = {
    "agreement.list": may_list,
    "grant.promise": may_promise - tied_to_the_group,
    "grant.terminate": (ends_a_grant - tied_to_the_parties) | the_system,
    "grant.close": (ends_a_grant - tied_to_the_parties) | the_system,
    "agreement.view": the_parties_members | ((the_foundation | the_district) - the_conflicted),
    "agreement.edit": the_calls_officer - the_conflicted,
    "agreement.offer": the_calls_officer - the_conflicted,
    "agreement.sign": the_groups_owner | the_hosts_owner | (the_director - the_conflicted),
    "agreement.sign_foundation": the_director - the_conflicted,
    "agreement.sign_group": the_groups_owner,
    "agreement.sign_host": the_hosts_owner,
}

"""Who may see and do what in a year of recognition."""

from __future__ import annotations

from typing import Any

from grants.awards.fields import CycleState
from grants.awards.models import AwardCategory, AwardCycle, Certificate, Nomination
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, Permissions, anyone, predicate, signed_in, the_system

DESK = ("awards", "director")
STAFF = ("director", "officer", "finance", "awards", "admin")
READERS = (*STAFF, "auditor")
WRITERS = ("owner", "editor")
MEMBERS = (*WRITERS, "viewer")


@predicate(_l("the awards desk and the director"))
def the_desk(actor: Actor, subject: Any) -> bool:
    return actor.holds_everywhere(*DESK)


@predicate(_l("staff and the auditor"))
def staff_and_auditor(actor: Actor, subject: Any) -> bool:
    return actor.holds_everywhere(*READERS)


@predicate(_l("everybody, once it has opened"))
def once_open(actor: Actor, cycle: AwardCycle) -> bool:
    return actor.is_authenticated and cycle.state is not CycleState.DRAFT


@predicate(_l("everybody, once it has opened"))
def once_its_cycle_is_open(actor: Actor, category: AwardCategory) -> bool:
    return once_open(actor, category.cycle)


@predicate(_l("leaders and editors of groups, and staff"))
def who_nominates(actor: Actor, category: Any) -> bool:
    return actor.holds(*WRITERS) or actor.holds_everywhere("awards", "director", "officer")


@predicate(_l("the group that nominated"))
def its_group(actor: Actor, nomination: Nomination) -> bool:
    number = nomination.by_organisation_id
    return number is not None and actor.holds_within(*MEMBERS, organisation_id=number)


@predicate(_l("the leader or an editor of the group that nominated"))
def its_writers(actor: Actor, nomination: Nomination) -> bool:
    number = nomination.by_organisation_id
    return number is not None and actor.holds_within(*WRITERS, organisation_id=number)


@predicate(_l("the staff member who began it"))
def who_began_it(actor: Actor, nomination: Nomination) -> bool:
    is_ours = nomination.by_organisation_id is None
    return is_ours and actor.holds_everywhere("awards", "director", "officer")


@predicate(_l("the group whose certificate it is"))
def its_holder(actor: Actor, certificate: Certificate) -> bool:
    nomination = certificate.nomination
    return nomination is not None and its_group(actor, nomination)


@predicate(_l("somebody without a tie to the group"))
def tied_to_it(actor: Actor, nomination: Nomination) -> bool:
    """The wall: staff with a tie to the nominee's group, or to the one that nominated, see nothing of it."""
    walls = actor.ids("organisation", "conflicted")
    return bool({nomination.nominee_organisation_id, nomination.by_organisation_id} & set(walls))


PERMISSIONS: Permissions = {
    "award.home": signed_in,
    "award_cycle.view": once_open | staff_and_auditor,
    "award_cycle.create": the_desk,
    "award_cycle.edit": the_desk,
    "award_category.view": once_its_cycle_is_open | staff_and_auditor,
    "award_category.results": staff_and_auditor,
    "nomination.create": who_nominates,
    "nomination.view": its_group | (staff_and_auditor - tied_to_it),
    "nomination.write": its_writers | (who_began_it - tied_to_it),
    "nomination.consent_file": its_writers | (the_desk - tied_to_it),
    "nomination.judge": the_desk - tied_to_it,
    "nomination.award": the_desk | the_system,
    "certificate.view": anyone,
    "certificate.paper": its_holder | staff_and_auditor,
    "certificate.withdraw": the_desk,
    "certificate.enter": the_desk,
}

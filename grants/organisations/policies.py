"""Who may see and change organisations, their people and their record."""

from __future__ import annotations

from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, Permissions, predicate, signed_in, the_system
from grants.organisations.models import Conflict, HandOver, Organisation, Volunteer

MEMBERS = ("owner", "editor", "viewer")
WRITERS = ("owner", "editor")
STAFF = ("director", "officer", "finance", "awards", "admin")
OFFICERS = ("director", "officer")
READERS = (*MEMBERS, *STAFF, "auditor", "district")


def tied(actor: Actor, *organisation_ids: int | None, case: str | None = None) -> bool:
    """The wall: a tie to one of these bodies, to the host of one, or to anybody else behind the case."""
    return any(
        actor.holds_within("conflicted", organisation_id=number)
        for number in organisation_ids
        if number is not None
    ) or actor.holds_within("conflicted", case=case)


def _within(actor: Actor, organisation: Organisation, *roles: str) -> bool:
    return actor.holds_within(*roles, region_path=organisation.region_path, organisation_id=organisation.id)


@predicate(_l("members of the organisation"))
def its_members(actor: Actor, organisation: Organisation) -> bool:
    return actor.holds_within(*MEMBERS, organisation_id=organisation.id)


@predicate(_l("the organisation's leader or an editor"))
def its_writers(actor: Actor, organisation: Organisation) -> bool:
    return actor.holds_within(*WRITERS, organisation_id=organisation.id)


@predicate(_l("the organisation's leader"))
def its_owner(actor: Actor, organisation: Organisation) -> bool:
    return actor.holds_within("owner", organisation_id=organisation.id)


@predicate(_l("the foundation's staff"))
def staff_over_it(actor: Actor, organisation: Organisation) -> bool:
    return _within(actor, organisation, *STAFF)


@predicate(_l("the director or an officer"))
def officers_over_it(actor: Actor, organisation: Organisation) -> bool:
    return _within(actor, organisation, *OFFICERS)


@predicate(_l("members, staff, the auditor and the district's office"))
def whoever_may_read_it(actor: Actor, organisation: Organisation) -> bool:
    return _within(actor, organisation, *READERS)


@predicate(_l("the organisation's leader or an editor"))
def the_ledgers_writers(actor: Actor, volunteer: Volunteer) -> bool:
    return actor.holds_within(*WRITERS, organisation_id=volunteer.organisation_id)


@predicate(_l("members, staff, the auditor and the district's office"))
def the_ledgers_readers(actor: Actor, volunteer: Volunteer) -> bool:
    return whoever_may_read_it(actor, volunteer.organisation)


@predicate(_l("staff, the auditor and district offices"))
def readers_of_all(actor: Actor, subject: object) -> bool:
    return actor.holds(*STAFF, "auditor", "district")


@predicate(_l("the director or an officer"))
def any_officer(actor: Actor, subject: object) -> bool:
    return actor.holds(*OFFICERS)


@predicate(_l("somebody without a tie to the organisation"))
def the_conflicted(actor: Actor, organisation: Organisation) -> bool:
    """The wall: a tie suspected or confirmed, or membership. Taken off other predicates with `-`."""
    return actor.holds_within("conflicted", *MEMBERS, organisation_id=organisation.id)


@predicate(_l("the one who is to lead the group"))
def the_successor(actor: Actor, hand_over: HandOver) -> bool:
    return actor.user_id is not None and hand_over.to_user_id == actor.user_id


@predicate(_l("whoever proposed it"))
def who_proposed_it(actor: Actor, hand_over: HandOver) -> bool:
    return actor.user_id is not None and actor.user_id in (hand_over.proposed_by_id, hand_over.from_user_id)


@predicate(_l("the director or an officer"))
def officers_not_concerned(actor: Actor, conflict: Conflict) -> bool:
    """Nobody settles a tie of their own."""
    return actor.holds(*OFFICERS) and conflict.user_id != actor.user_id


PERMISSIONS: Permissions = {
    "organisation.register": signed_in,
    "organisation.enter": any_officer | the_system,
    "organisation.list": readers_of_all,
    "organisation.view": whoever_may_read_it,
    "organisation.edit": its_writers,
    "organisation.contact": its_members | staff_over_it,
    "organisation.status": its_owner | officers_over_it,
    "organisation.invite": its_owner,
    "organisation.hand_over": its_owner | officers_over_it,
    "organisation.leave": its_members,
    "organisation.liaison": officers_over_it,
    "organisation.assess": officers_over_it,
    "hand_over.answer": the_successor,
    "hand_over.withdraw": who_proposed_it,
    "volunteer.view": the_ledgers_readers,
    "volunteer.change": the_ledgers_writers,
    "volunteer.edit": its_writers,
    "volunteer.contact": its_writers | staff_over_it,
    "conflict.declare": signed_in,
    "conflict.note": any_officer | the_system,
    "conflict.settle": officers_not_concerned,
    "conflict.list": any_officer,
}

"""Who may see and change people and their roles."""

from __future__ import annotations

from typing import Any

from grants.accounts.fields import RoleName
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, Permissions, predicate, signed_in, the_system

STAFF = (RoleName.DIRECTOR, RoleName.OFFICER, RoleName.FINANCE, RoleName.AWARDS, RoleName.ADMIN)


@predicate(_l("the administrator"))
def the_administrator(actor: Actor, subject: Any) -> bool:
    return actor.holds_everywhere(RoleName.ADMIN)


@predicate(_l("the director"))
def the_director(actor: Actor, subject: Any) -> bool:
    return actor.holds_everywhere(RoleName.DIRECTOR)


@predicate(_l("the auditor"))
def the_auditor(actor: Actor, subject: Any) -> bool:
    return actor.holds(RoleName.AUDITOR)


@predicate(_l("the foundation's staff"))
def staff(actor: Actor, subject: Any) -> bool:
    return actor.holds(*STAFF)


@predicate(_l("the person who signed in"))
def their_own(actor: Actor, subject: Any) -> bool:
    return actor.user_id is not None and subject.user_id == actor.user_id


@predicate(_l("the person whose account it is"))
def the_person(actor: Actor, subject: Any) -> bool:
    return actor.user_id is not None and subject.id == actor.user_id


@predicate(_l("somebody who may give a role of this kind"))
def above_the_role(actor: Actor, subject: Any) -> bool:
    """Only an administrator makes or unmakes administrators. The subject is a role grant."""
    return subject.role is not RoleName.ADMIN or actor.holds_everywhere(RoleName.ADMIN)


KEEPERS = the_administrator | the_director

PERMISSIONS: Permissions = {
    "account.use": signed_in,
    "account.change": the_person,
    "people.view": KEEPERS | the_auditor,
    "people.invite": KEEPERS | the_system,
    "people.disable": the_administrator,
    "role.grant": (KEEPERS & above_the_role) | the_system,
    "role.end": KEEPERS & above_the_role,
    "session.revoke": their_own,
}

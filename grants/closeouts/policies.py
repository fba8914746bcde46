"""Who sees the end of a project and who brings it about. The conflict wall stands before everybody but the group."""

from __future__ import annotations

from typing import Any

from grants.accounts.fields import RoleName
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, Permissions, predicate, the_system
from grants.organisations.fields import MemberRole
from grants.organisations.policies import tied
from grants.projects.models import Project

READERS = (RoleName.DIRECTOR, RoleName.OFFICER, RoleName.FINANCE, RoleName.AUDITOR)
OFFICERS = (RoleName.DIRECTOR, RoleName.OFFICER)
PAYERS = (RoleName.FINANCE, RoleName.DIRECTOR)
MEMBERS = tuple(MemberRole)
WRITERS = (MemberRole.OWNER, MemberRole.EDITOR)


def _project(subject: Any) -> Project:
    found: Project = subject if isinstance(subject, Project) else subject.project
    return found


def _within(actor: Actor, subject: Any, *roles: str) -> bool:
    project = _project(subject)
    return actor.holds_within(
        *roles,
        call_id=project.grant.call_id,
        organisation_id=project.organisation_id,
        region_path=project.region_path,
    )


def _in_group(actor: Actor, subject: Any, *roles: str) -> bool:
    return _project(subject).organisation_id in actor.ids("organisation", *roles)


@predicate(_l("members of the group"))
def the_groups_members(actor: Actor, subject: Any) -> bool:
    return _in_group(actor, subject, *MEMBERS)


@predicate(_l("the group's leader or an editor"))
def the_groups_writers(actor: Actor, subject: Any) -> bool:
    return _in_group(actor, subject, *WRITERS)


@predicate(_l("officers, finance, the director and the auditor"))
def the_foundation(actor: Actor, subject: Any) -> bool:
    return _within(actor, subject, *READERS)


@predicate(_l("the programme officer or the director"))
def the_officers(actor: Actor, subject: Any) -> bool:
    return _within(actor, subject, *OFFICERS)


@predicate(_l("finance and the director"))
def the_payers(actor: Actor, subject: Any) -> bool:
    return _within(actor, subject, *PAYERS)


@predicate(_l("whoever has a tie to the group"))
def the_conflicted(actor: Actor, subject: Any) -> bool:
    project = _project(subject)
    return tied(actor, project.organisation_id, project.grant.payee_id, case=project.case)


@predicate(_l("officers, finance, the director and the auditor"))
def any_reader(actor: Actor, subject: Any) -> bool:
    return actor.holds(*READERS)


_staff = the_foundation - the_conflicted
_officer = the_officers - the_conflicted

PERMISSIONS: Permissions = {
    "closeout.list": any_reader,
    "closeout.view": the_groups_members | _staff,
    "closeout.open": _officer | the_system,
    "closeout.submit": the_groups_writers,
    "closeout.return": _officer,
    "closeout.grade": _officer,
    "closeout.take_back": the_payers - the_conflicted,
    "closeout.close": _officer,
    "closeout.archive": _staff,
}

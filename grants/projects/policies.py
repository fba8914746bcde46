"""Who sees a project and supervises it. The conflict wall stands before everybody but the group itself."""

from __future__ import annotations

from typing import Any

from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, Permissions, predicate, the_system
from grants.organisations.policies import tied
from grants.projects.models import Project

MEMBERS = ("owner", "editor", "viewer")
WRITERS = ("owner", "editor")
READERS = ("director", "officer", "finance", "awards", "admin", "auditor", "board")
STAFF = ("director", "officer", "finance", "awards", "admin", "auditor")
OFFICERS = ("director", "officer")


def project_of(subject: Any) -> Project:
    """The project itself, or that of a milestone, an activity, a report or a finding."""
    found: Project = subject if isinstance(subject, Project) else subject.project
    return found


def _within(actor: Actor, subject: Any, *roles: str) -> bool:
    project = project_of(subject)
    return actor.holds_within(*roles, call_id=project.grant.call_id, region_path=project.region_path)


def _holds(actor: Actor, subject: Any, *roles: str) -> bool:
    """Within the group, or within the body that takes its money."""
    project = project_of(subject)
    bodies = (project.organisation_id, project.grant.payee_id)
    return any(actor.holds_within(*roles, organisation_id=body) for body in bodies)


@predicate(_l("members of the group and of its host"))
def the_groups_members(actor: Actor, subject: Any) -> bool:
    return _holds(actor, subject, *MEMBERS)


@predicate(_l("members who write for the group"))
def the_groups_writers(actor: Actor, subject: Any) -> bool:
    return actor.holds_within(*WRITERS, organisation_id=project_of(subject).organisation_id)


@predicate(_l("people of the foundation"))
def the_foundation(actor: Actor, subject: Any) -> bool:
    return _within(actor, subject, *READERS)


@predicate(_l("people of the foundation"))
def the_staff(actor: Actor, subject: Any) -> bool:
    return _within(actor, subject, *STAFF)


@predicate(_l("the district's office"))
def the_district(actor: Actor, subject: Any) -> bool:
    return actor.holds_within("district", region_path=project_of(subject).region_path)


@predicate(_l("whoever has a conflict of interest with the group"))
def the_conflicted(actor: Actor, subject: Any) -> bool:
    project = project_of(subject)
    return tied(actor, project.organisation_id, project.grant.payee_id, case=project.case)


@predicate(_l("the programme officer or the director"))
def the_officers(actor: Actor, subject: Any) -> bool:
    return _within(actor, subject, *OFFICERS)


@predicate(_l("the director of the foundation"))
def the_director(actor: Actor, subject: Any) -> bool:
    return _within(actor, subject, "director")


@predicate(_l("people of the foundation and members of groups"))
def may_list(actor: Actor, subject: object) -> bool:
    return actor.holds(*READERS, "district", *MEMBERS)


_reader = the_groups_members | ((the_foundation | the_district) - the_conflicted)
_officer = the_officers - the_conflicted

PERMISSIONS: Permissions = {
    "project.list": may_list,
    "project.view": _reader,
    "project.talk": the_groups_members | (the_staff - the_conflicted),
    "project.plan": the_system,
    "project.write": the_groups_writers,
    "project.tell": the_groups_writers | _officer,
    "project.supervise": _officer,
    "project.start": _officer | the_system,
    "project.suspend": _officer,
    "project.finish": _officer | the_system,
    "project.close": _officer | the_system,
    "project.terminate": the_director - the_conflicted,
    "milestone.submit": the_groups_writers,
    "milestone.read": _officer,
    "activity.record": the_groups_writers | _officer,
    "activity.verify": _officer,
    "report.write": the_groups_writers,
    "report.read": _officer,
    "finding.open": _officer,
    "finding.answer": the_groups_writers,
    "finding.close": _officer,
}

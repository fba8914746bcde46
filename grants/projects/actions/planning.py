"""A project's way: planned from the signed agreement, started, suspended, finished, closed or ended early."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from grants.accounts.models import User
from grants.agreements.actions import promises
from grants.agreements.models import Agreement, Grant
from grants.core import audit, clock
from grants.core.db import db
from grants.core.errors import NotFound, RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import SYSTEM, Actor, authorise
from grants.obligations import actions as obligations
from grants.obligations.fields import organisation as owed_by
from grants.obligations.fields import role_within_call
from grants.organisations import walls
from grants.organisations.actions import standing
from grants.organisations.fields import StandingKind
from grants.projects import duties, rules
from grants.projects.events import (
    ProjectClosed,
    ProjectFinished,
    ProjectPlanned,
    ProjectResumed,
    ProjectStarted,
    ProjectSuspended,
    ProjectTerminated,
)
from grants.projects.fields import ReportKind
from grants.projects.lifecycle import PROJECT
from grants.projects.models import Milestone, Project, Report
from grants.projects.queries import projects as queries
from grants.questionnaires import actions as forms
from grants.questionnaires import queries as form_queries
from grants.questionnaires.models import QuestionnaireVersion

Terms = Mapping[str, Any]
FORMS = {ReportKind.MIDTERM: "report_midterm", ReportKind.FINAL: "report_final"}


def plan(agreement: Agreement, *, by: Actor, at: datetime) -> Project:
    """Make the project of a signed agreement: its milestones and reports, each a duty of the group (S003-11)."""
    grant, terms = agreement.grant, agreement.terms
    project = Project(
        grant_id=grant.id,
        case=grant.case,
        organisation_id=grant.organisation_id,
        region_path=grant.proposal.region_path,
        title=terms["project"]["title"],
        officer_id=_officer_of(grant),
        starts_on=date.fromisoformat(terms["project"]["starts_on"]),
        ends_on=date.fromisoformat(terms["project"]["ends_on"]),
        targets=list(terms["targets"]),
    )
    project.grant = grant
    authorise(by, "project.plan", project)
    db.session.add(project)
    audit.record("plan", project, by=by, at=at, after={"title": project.title})
    _milestones(project, terms, at=at)
    _reports(project, terms, by=by, at=at)
    publish(ProjectPlanned(**rules.about(project, by=by, at=at)))
    if project.starts_on <= clock.day_of(at):
        start(project, by=by, at=at)
    return project


def _milestones(project: Project, terms: Terms, *, at: datetime) -> None:
    for row in terms["milestones"]:
        milestone = Milestone(
            project_id=project.id,
            number=row["number"],
            name=row["name"],
            from_on=date.fromisoformat(row["from_on"]),
            due_on=date.fromisoformat(row["due_on"]),
        )
        db.session.add(milestone)
        db.session.flush()
        obligations.open_duty(
            duties.MILESTONE,
            subject=("milestone", milestone.id),
            owner=owed_by(project.organisation_id),
            due_at=clock.end_of(milestone.due_on),
            case=project.case,
            values={
                "project": project.public_id,
                "milestone": milestone.public_id,
                "name": dict(row["name"]),
            },
            at=at,
        )


def _reports(project: Project, terms: Terms, *, by: Actor, at: datetime) -> None:
    """Each report on its form, owed by the group; not handed in on time, it stands on the group's record."""
    for row in terms["reports"]:
        kind, due_on = ReportKind(row["kind"]), date.fromisoformat(row["due_on"])
        sheet = forms.new_sheet(_form(FORMS[kind], at=at), holder_kind="report")
        report = Report(project_id=project.id, kind=kind, due_on=due_on, sheet_id=sheet.id)
        db.session.add(report)
        db.session.flush()
        sheet.holder_id = report.id
        owe_report(project, report, at=at)


def _form(key: str, *, at: datetime) -> QuestionnaireVersion:
    """The form of a report; those that come with the release are published on first use."""
    try:
        return form_queries.current_version(key)
    except NotFound:
        forms.publish_shipped(by=SYSTEM, at=at)
        return form_queries.current_version(key)


def owe_report(project: Project, report: Report, *, at: datetime) -> None:
    obligations.open_duty(
        duties.REPORT,
        subject=("report", report.id),
        owner=owed_by(project.organisation_id),
        due_at=clock.end_of(report.due_on),
        case=project.case,
        values=duties.of_report(project.public_id, report.public_id, project.title, report.kind),
        at=at,
    )


def _officer_of(grant: Grant) -> int | None:
    """Who looked after the proposal, else who runs the call; nobody who is tied to the group."""
    officer_id = grant.proposal.officer_id or grant.call.officer_id
    return None if officer_id in walls.tied_to(grant.organisation_id) else officer_id


def start(project: Project, *, by: Actor, at: datetime) -> None:
    """The first day has come. A final report that stays away from then on is on the group's record."""
    authorise(by, "project.start", project)
    project = queries.for_writing(project)
    PROJECT.fire("start", project, by=by, at=at)
    standing.note_standing(
        project.organisation_id,
        StandingKind.OPEN_DUTY,
        project.title,
        source=f"project/{project.id}",
        from_on=clock.day_of(at),
        case=project.case,
        by=by,
        at=at,
    )
    publish(ProjectStarted(**rules.about(project, by=by, at=at)))


def assign(project: Project, officer: User, *, by: Actor, at: datetime) -> None:
    """Name the programme officer who looks after the project."""
    authorise(by, "project.supervise", project)
    project = queries.for_writing(project)
    if officer.id in walls.tied_to(project.organisation_id):
        message = _l("%(name)s has a tie to the group.", name=officer.name)
        raise RulesBroken([Violation("tied", message, "officer")])
    project.officer_id = officer.id
    audit.record("assign", project, by=by, at=at)


def let_go(organisation_id: int, *, at: datetime) -> None:
    """Nobody looks after what they are tied to: it is every officer's of the call, and what the person owed, too."""
    for project in queries.in_tied_hands(organisation_id):
        officer_id, project.officer_id = project.officer_id, None
        audit.record("let go", project, by=SYSTEM, at=at)
        officers = role_within_call("officer", project.grant.call_id)
        obligations.hand_on(project.case, from_user=officer_id or 0, to=officers)


def suspend(project: Project, reason: str, *, by: Actor, at: datetime) -> None:
    """Stop the work and the money for a while."""
    authorise(by, "project.suspend", project)
    project = _with_reason(project, reason)
    PROJECT.fire("suspend", project, by=by, at=at, note=reason)
    publish(ProjectSuspended(**rules.about(project, by=by, at=at), reason=reason))


def resume(project: Project, reason: str, *, by: Actor, at: datetime) -> None:
    authorise(by, "project.suspend", project)
    project = _with_reason(project, reason)
    PROJECT.fire("resume", project, by=by, at=at, note=reason)
    publish(ProjectResumed(**rules.about(project, by=by, at=at), reason=reason))


def finish(project: Project, *, by: Actor, at: datetime) -> None:
    """The work is done and its final report handed in: the close-out begins."""
    authorise(by, "project.finish", project)
    project = queries.for_writing(project)
    PROJECT.fire("finish", project, by=by, at=at)
    publish(ProjectFinished(**rules.about(project, by=by, at=at), grant_id=project.grant_id))


def close(project: Project, *, by: Actor, at: datetime) -> None:
    """Accounted for and archived: called by the close-out."""
    authorise(by, "project.close", project)
    project = queries.for_writing(project)
    PROJECT.fire("close", project, by=by, at=at)
    project.ended_on = clock.day_of(at)
    _nothing_owed(project, by=by, at=at)
    publish(ProjectClosed(**rules.about(project, by=by, at=at), grant_id=project.grant_id))


def terminate(
    project: Project, reason: str, *, blocked_until: date | None = None, by: Actor, at: datetime
) -> None:
    """End the project before it is done, with its grant; the group may be blocked from applying until a day."""
    authorise(by, "project.terminate", project)
    project = _with_reason(project, reason)
    grant = project.grant
    project.ended_on, project.blocked_until = clock.day_of(at), blocked_until
    PROJECT.fire("terminate", project, by=by, at=at, note=reason)
    _nothing_owed(project, by=by, at=at)
    if blocked_until is not None:
        _block(project, blocked_until, by=by, at=at)
    publish(ProjectTerminated(**rules.about(project, by=by, at=at), grant_id=project.grant_id, reason=reason))
    promises.terminate(grant, reason, by=by, at=at)


def _block(project: Project, until: date, *, by: Actor, at: datetime) -> None:
    standing.note_standing(
        project.organisation_id,
        StandingKind.BLOCKED,
        "terminated",
        source=f"project/{project.id}",
        until_on=until,
        case=project.case,
        by=by,
        at=at,
    )


def _with_reason(project: Project, reason: str) -> Project:
    broken = list(rules.missing(reason, "reason"))
    if broken:
        raise RulesBroken(broken)
    project = queries.for_writing(project)
    project.reason = reason
    return project


def _nothing_owed(project: Project, *, by: Actor, at: datetime) -> None:
    """What was still owed for the project falls away."""
    subjects = (
        *(("milestone", row.id) for row in project.milestones),
        *(("report", row.id) for row in project.reports),
        *(("finding", row.id) for row in project.findings),
    )
    for subject in subjects:
        for kind in duties.EVERY:
            obligations.meet(kind, subject=subject, by=by, at=at)
    standing.end_standing(
        project.organisation_id,
        StandingKind.OPEN_DUTY,
        source=f"project/{project.id}",
        on=clock.day_of(at),
        by=by,
        at=at,
    )

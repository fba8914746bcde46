"""Activities and their hours: published, recorded by one, verified by a second person, or returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import asdict, replace

from grants.core import audit, clock
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.documents import actions as documents
from grants.documents import queries as files
from grants.documents.actions import Spooled
from grants.obligations import actions as obligations
from grants.obligations.fields import organisation as owed_by
from grants.obligations.fields import role_within_call
from grants.projects import duties, rules
from grants.projects.events import ActivityRecorded, ActivityReturned, ActivityVerified
from grants.projects.fields import ActivityState, HourState, ProjectState
from grants.projects.lifecycle import ACTIVITY, HOURS
from grants.projects.models import Activity, HourRecord, Project
from grants.projects.queries import projects as queries
from grants.projects.rules import ActivityTerms

EVIDENCE = "evidence"
RUNNING = frozenset({ProjectState.ACTIVE, ProjectState.CLOSING})


def publish_activity(project: Project, terms: ActivityTerms, *, by: Actor, at: datetime) -> Activity:
    """Put a planned activity on the project's page."""
    authorise(by, "activity.record", project)
    project = queries.for_writing(project)
    _running(project)
    terms = _placed(project, terms)
    broken = list(rules.activity_faults(terms, today=clock.day_of(at), took_place=False))
    if broken:
        raise RulesBroken(broken)
    activity = Activity(project_id=project.id, project=project, hours=[], **asdict(terms))
    db.session.add(activity)
    audit.record("publish", activity, by=by, at=at, after={"title": terms.title, "on": terms.on})
    return activity


def record(
    activity: Activity,
    terms: ActivityTerms,
    minutes: Mapping[int, int],
    evidence: Sequence[Spooled] = (),
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Write down what took place and who gave how many minutes (by the volunteers' ids). Counts once verified."""
    authorise(by, "activity.record", activity)
    activity = queries.below_for_writing(activity)
    project = activity.project
    _running(project)
    terms = _placed(project, terms)
    ledger = [row.id for row in queries.ledger_of(project.organisation_id, terms.on)]
    broken = [
        *rules.activity_faults(terms, today=clock.day_of(at), took_place=True),
        *rules.named_faults(minutes, ledger, counted=terms.volunteers_counted),
    ]
    if broken:
        raise RulesBroken(broken)
    for name, value in asdict(terms).items():
        setattr(activity, name, value)
    ACTIVITY.fire("record", activity, by=by, at=at)
    activity.recorded_by_id, activity.note = by.user_id, ""
    _write_hours(activity, minutes, by=by, at=at)
    for each in evidence:
        documents.keep(each, holder=activity, purpose=EVIDENCE, by=by, at=at)
    obligations.meet(duties.MEND_ACTIVITY, subject=("activity", activity.id), by=by, at=at)
    _owe(duties.VERIFY, activity, at=at)
    publish(ActivityRecorded(**_about(activity, by=by, at=at), on=activity.on))


def record_new(
    project: Project,
    terms: ActivityTerms,
    minutes: Mapping[int, int],
    evidence: Sequence[Spooled] = (),
    *,
    by: Actor,
    at: datetime,
) -> Activity:
    """Publish and record at once: what took place already."""
    activity = publish_activity(project, terms, by=by, at=at)
    record(activity, terms, minutes, evidence, by=by, at=at)
    return activity


def _write_hours(activity: Activity, minutes: Mapping[int, int], *, by: Actor, at: datetime) -> None:
    """One row for each named volunteer; rows that were refused are written anew, those left out go."""
    known = {row.volunteer_id: row for row in activity.hours}
    for volunteer_id, row in known.items():
        if volunteer_id not in minutes:
            activity.hours.remove(row)
            db.session.delete(row)
            audit.record("delete", row, by=by, at=at, before={"minutes": row.minutes}, after={})
    for volunteer_id, each in minutes.items():
        row = known.get(volunteer_id)
        if row is None:
            activity.hours.append(
                HourRecord(volunteer_id=volunteer_id, minutes=each, recorded_by_id=by.user_id)
            )
        else:
            row.minutes, row.recorded_by_id = each, by.user_id or row.recorded_by_id
            if row.state is HourState.REFUSED:
                HOURS.fire("record", row, by=by, at=at)
    db.session.flush()
    audit.record("hours", activity, by=by, at=at, after={"minutes": {str(k): v for k, v in minutes.items()}})


def verify(activity: Activity, *, by: Actor, at: datetime) -> None:
    """A second person confirms the record: its hours count from now on (hard rule 7)."""
    authorise(by, "activity.verify", activity)
    activity = queries.below_for_writing(activity)
    if activity.state is not ActivityState.RECORDED:
        raise IllegalTransition(_l("This was already dealt with, or its time has not come."))
    wrote = {activity.recorded_by_id, *(row.recorded_by_id for row in activity.hours)}
    needed = rules.evidence_needed(activity.project.grant.call.settings)
    broken = [
        *rules.second_person_faults(wrote, by.user_id),
        *rules.evidence_faults(len(files.documents_of(activity, purpose=EVIDENCE)), needed),
        *rules.is_complete(activity, at),
    ]
    if broken:
        raise RulesBroken(broken)
    for row in activity.hours:
        row.verified_by_id, row.verified_at = by.user_id, at
        HOURS.fire("verify", row, by=by, at=at)
    activity.verified_by_id, activity.verified_at = by.user_id, at
    ACTIVITY.fire("verify", activity, by=by, at=at)
    counted = rules.minutes_counted(activity)
    obligations.meet(duties.VERIFY, subject=("activity", activity.id), by=by, at=at)
    publish(
        ActivityVerified(**_about(activity, by=by, at=at), hours=rules.hours_text(counted), minutes=counted)
    )


def send_back(activity: Activity, reason: str, *, by: Actor, at: datetime) -> None:
    """The record cannot be confirmed as it stands; its hours are refused until it is written anew."""
    authorise(by, "activity.verify", activity)
    activity = queries.below_for_writing(activity)
    broken = list(rules.missing(reason, "reason"))
    if broken:
        raise RulesBroken(broken)
    ACTIVITY.fire("return", activity, by=by, at=at, note=reason)
    for row in activity.hours:
        HOURS.fire("refuse", row, by=by, at=at, note=reason)
    activity.note = reason
    obligations.meet(duties.VERIFY, subject=("activity", activity.id), by=by, at=at)
    _owe(duties.MEND_ACTIVITY, activity, at=at)
    publish(ActivityReturned(**_about(activity, by=by, at=at), reason=reason))


def cancel(activity: Activity, reason: str, *, by: Actor, at: datetime) -> None:
    """A planned activity does not take place."""
    authorise(by, "activity.record", activity)
    activity = queries.below_for_writing(activity)
    broken = list(rules.missing(reason, "reason"))
    if broken:
        raise RulesBroken(broken)
    ACTIVITY.fire("cancel", activity, by=by, at=at, note=reason)
    activity.note = reason
    obligations.meet(duties.MEND_ACTIVITY, subject=("activity", activity.id), by=by, at=at)


def _running(project: Project) -> None:
    if project.state not in RUNNING:
        raise IllegalTransition(_l("Activities are recorded while the project is under way."))


def _placed(project: Project, terms: ActivityTerms) -> ActivityTerms:
    """Without a place of its own it took place where the group is at home: one place always (S001-2)."""
    return replace(terms, region_id=terms.region_id or project.organisation.region_id)


def _owe(kind: str, activity: Activity, *, at: datetime) -> None:
    project = activity.project
    to_verify = kind == duties.VERIFY
    obligations.open_duty(
        kind,
        subject=("activity", activity.id),
        owner=role_within_call("officer", project.grant.call_id)
        if to_verify
        else owed_by(project.organisation_id),
        due_at=None,
        case=project.case,
        values={"project": project.public_id, "activity": activity.public_id, "name": activity.title},
        at=at,
    )


def _about(activity: Activity, *, by: Actor, at: datetime) -> dict[str, Any]:
    about = rules.about(activity.project, by=by, at=at)
    return {**about, "activity_id": activity.id, "name": activity.title}

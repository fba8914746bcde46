"""The one home of counting hours: only what a second person verified counts, once, anywhere.

Every figure of hours is a sum over `_counted`, so that an activity counts once in the total and
once per axis (hard rule 8), and nothing unverified counts at all (hard rule 7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, case, func, select

from grants.core.db import db
from grants.core.reach import below
from grants.organisations.models import Organisation
from grants.projects.fields import ActivityState, HourState
from grants.projects.models import Activity, HourRecord, Project
from grants.reference.models import Region, Speciality


class Service(Struct, frozen=True):
    """Verified minutes, and in how many activities."""

    minutes: int
    activities: int


class Progress(Struct, frozen=True):
    """What was done, in figures that count."""

    activities: int
    verified_activities: int
    minutes: int
    waiting_minutes: int


def _counted() -> Any:
    """One row for each verified activity: what it counts, whose it is, where and when it was."""
    named = func.count(HourRecord.id)
    proved = func.coalesce(
        func.sum(case((HourRecord.state == HourState.VERIFIED, HourRecord.minutes), else_=0)), 0
    )
    unnamed = case((Activity.volunteers_counted > named, Activity.volunteers_counted - named), else_=0)
    return (
        select(
            Activity.id.label("activity_id"),
            Activity.project_id,
            Activity.region_id,
            Activity.on,
            Project.organisation_id,
            Project.grant_id,
            (proved + unnamed * Activity.minutes_each).label("minutes"),
        )
        .join(Project, Project.id == Activity.project_id)
        .outerjoin(HourRecord, HourRecord.activity_id == Activity.id)
        .where(Activity.state == ActivityState.VERIFIED)
        .group_by(Activity.id, Project.id)
        .subquery()
    )


def of_volunteer(volunteer_id: int, *, from_on: date | None = None, until_on: date | None = None) -> Service:
    """What a named volunteer gave between two days, both included; without days over all time."""
    minutes, activities = db.session.execute(
        select(func.coalesce(func.sum(HourRecord.minutes), 0), func.count(Activity.id.distinct()))
        .join(HourRecord.activity)
        .where(HourRecord.volunteer_id == volunteer_id, *_proved(from_on, until_on))
    ).one()
    return Service(int(minutes), int(activities))


def of_organisation(
    organisation_id: int, *, from_on: date | None = None, until_on: date | None = None
) -> Service:
    """What a group did in its funded projects."""
    counted = _counted()
    return _service(counted, counted.c.organisation_id == organisation_id, *_when(counted, from_on, until_on))


def of_project(project_id: int, *, from_on: date | None = None, until_on: date | None = None) -> Service:
    counted = _counted()
    return _service(counted, counted.c.project_id == project_id, *_when(counted, from_on, until_on))


def _service(counted: Any, *where: ColumnElement[bool]) -> Service:
    minutes, activities = db.session.execute(
        select(func.coalesce(func.sum(counted.c.minutes), 0), func.count(counted.c.activity_id)).where(*where)
    ).one()
    return Service(int(minutes), int(activities))


def _proved(since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    """Named hours that count: verified themselves, in an activity that is."""
    found = [HourRecord.state == HourState.VERIFIED, Activity.state == ActivityState.VERIFIED]
    found += [Activity.on >= since] if since else []
    return [*found, Activity.on <= until] if until else found


def verified_minutes(
    *,
    project_id: int | None = None,
    organisation_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> int:
    """Minutes that count: of a project, of a group, or of all, within days that both count."""
    counted = _counted()
    where = _when(counted, since, until)
    if project_id is not None:
        where.append(counted.c.project_id == project_id)
    if organisation_id is not None:
        where.append(counted.c.organisation_id == organisation_id)
    return int(db.session.scalar(select(func.sum(counted.c.minutes)).where(*where)) or 0)


def verified_minutes_by_project(project_ids: Sequence[int]) -> Mapping[int, int]:
    """The same for many projects in one query; a project without hours is not in it."""
    counted = _counted()
    rows = db.session.execute(
        select(counted.c.project_id, func.sum(counted.c.minutes))
        .where(counted.c.project_id.in_(project_ids))
        .group_by(counted.c.project_id)
    )
    return {project_id: int(minutes) for project_id, minutes in rows}


def hours_by_region(path: str, *, since: date | None = None, until: date | None = None) -> int:
    """Minutes that count at a place (its path of codes) and below it."""
    counted = _counted()
    inside = below(Region.path, path)
    found = (
        select(func.sum(counted.c.minutes))
        .join(Region, Region.id == counted.c.region_id)
        .where(inside, *_when(counted, since, until))
    )
    return int(db.session.scalar(found) or 0)


def hours_by_speciality(path: str, *, since: date | None = None, until: date | None = None) -> int:
    """Minutes that count for a speciality (its path) and below it: that of the group that gave them."""
    counted = _counted()
    inside = below(Speciality.path, path)
    found = (
        select(func.sum(counted.c.minutes))
        .join(Organisation, Organisation.id == counted.c.organisation_id)
        .join(Speciality, Speciality.id == Organisation.speciality_id)
        .where(inside, *_when(counted, since, until))
    )
    return int(db.session.scalar(found) or 0)


def verified_minutes_of_volunteers(
    volunteer_ids: Sequence[int], *, since: date | None = None, until: date | None = None
) -> Mapping[int, int]:
    """What each named volunteer gave in verified activities; who gave nothing is not in it."""
    rows = db.session.execute(
        select(HourRecord.volunteer_id, func.sum(HourRecord.minutes))
        .join(Activity, Activity.id == HourRecord.activity_id)
        .where(HourRecord.volunteer_id.in_(volunteer_ids), *_proved(since, until))
        .group_by(HourRecord.volunteer_id)
    )
    return {volunteer_id: int(minutes) for volunteer_id, minutes in rows}


def _when(counted: Any, since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    found = [counted.c.on >= since] if since else []
    return [*found, counted.c.on <= until] if until else found


def progress_of(project: Project) -> Progress:
    """The figures of a project's page."""
    done = func.count(Activity.id)
    states = select(Activity.state, done).where(Activity.project_id == project.id).group_by(Activity.state)
    by_state: dict[Any, int] = dict(db.session.execute(states).all())
    waiting = db.session.scalar(
        select(func.sum(Activity.minutes_each * Activity.volunteers_counted)).where(
            Activity.project_id == project.id, Activity.state == ActivityState.RECORDED
        )
    )
    held = by_state.get(ActivityState.RECORDED, 0) + by_state.get(ActivityState.VERIFIED, 0)
    return Progress(
        held,
        by_state.get(ActivityState.VERIFIED, 0),
        verified_minutes(project_id=project.id),
        int(waiting or 0),
    )

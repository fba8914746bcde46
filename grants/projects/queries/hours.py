"""Counting hours: only what a second person verified counts, anywhere (hard rule 7). Nobody counts elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from grants.core.db import db
from grants.organisations.models import Volunteer
from grants.projects.fields import ActivityState, HourState
from grants.projects.models import Activity, HourRecord


@dataclass(frozen=True)
class Service:
    """Verified minutes, and in how many activities."""

    minutes: int
    activities: int


def of_volunteer(volunteer_id: int, *, from_on: date | None = None, until_on: date | None = None) -> Service:
    """Between two days, both included; without days over all time."""
    return _counted(from_on, until_on, HourRecord.volunteer_id == volunteer_id)


def of_organisation(
    organisation_id: int, *, from_on: date | None = None, until_on: date | None = None
) -> Service:
    """What the volunteers on the ledger of one organisation did."""
    return _counted(from_on, until_on, Volunteer.organisation_id == organisation_id)


def of_project(project_id: int, *, from_on: date | None = None, until_on: date | None = None) -> Service:
    return _counted(from_on, until_on, Activity.project_id == project_id)


def _counted(from_on: date | None, until_on: date | None, *where: Any) -> Service:
    days = [Activity.on >= from_on] if from_on else []
    days += [Activity.on <= until_on] if until_on else []
    minutes, activities = db.session.execute(
        select(func.coalesce(func.sum(HourRecord.minutes), 0), func.count(Activity.id.distinct()))
        .join(HourRecord.activity)
        .join(HourRecord.volunteer)
        .where(
            HourRecord.state == HourState.VERIFIED, Activity.state != ActivityState.CANCELLED, *days, *where
        )
    ).one()
    return Service(int(minutes), int(activities))

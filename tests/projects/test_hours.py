"""Hard rules 7 and 8 as properties: whatever was recorded, each verified activity counts once in the total and once per axis."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from grants.core.db import db
from grants.projects import rules
from grants.projects.fields import ActivityState, HourState
from grants.projects.models import Activity, HourRecord
from grants.projects.queries import hours
from grants.reference import queries as reference
from tests.cast import Cast
from tests.projects.conftest import LATER, Running
from tests.scale import scaled

Inside = Callable[..., AbstractContextManager[None]]
STREETS = ("440103006", "440103007", "440106006")
DISTRICTS = ("440100/440103", "440100/440106")
SPECIALITIES = ("SP/SP-CARE", "SP/SP-ENV")
DAY = date(2026, 6, 1)

one = st.fixed_dictionaries(
    {
        "state": st.sampled_from(ActivityState),
        "street": st.sampled_from(STREETS),
        "minutes_each": st.integers(0, 1440),
        "counted": st.integers(0, 60),
        "day": st.integers(0, 40),
        "hours": st.lists(st.tuples(st.sampled_from(HourState), st.integers(1, 1440)), max_size=3),
    }
)


def lay_down(row: dict[str, Any], running: Running, people: tuple[int, int]) -> Activity:
    """An activity in any state the database allows, its hours in any state."""
    place = reference.region_by_code(row["street"])
    activity = Activity(
        project_id=running.project_id,
        title="活动",
        on=DAY + timedelta(days=row["day"]),
        minutes_each=row["minutes_each"],
        volunteers_counted=row["counted"],
        region_id=place.id if place else None,
        state=row["state"],
        recorded_by_id=people[0],
    )
    for volunteer_id, (state, minutes) in zip(running.volunteers, row["hours"], strict=False):
        seen = {"verified_by_id": people[1], "verified_at": LATER} if state is HourState.VERIFIED else {}
        activity.hours.append(
            HourRecord(
                volunteer_id=volunteer_id, minutes=minutes, state=state, recorded_by_id=people[0], **seen
            )
        )
    db.session.add(activity)
    return activity


@settings(
    max_examples=scaled(25, 400), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(one, max_size=6))
def test_what_counts_counts_once(
    inside: Inside, cast: Cast, running: Running, rows: list[dict[str, Any]]
) -> None:
    people = (cast.id("bo"), cast.id("olu"))
    with inside():
        db.session.execute(delete(HourRecord))
        db.session.execute(delete(Activity))
        made = [lay_down(row, running, people) for row in rows]
        expected = sum(rules.minutes_counted(activity) for activity in made)
        named = sum(
            each.minutes
            for activity in made
            if activity.state is ActivityState.VERIFIED
            for each in activity.hours
            if each.state is HourState.VERIFIED
        )
    with inside(read_only=True):
        total = hours.verified_minutes()
        assert total == expected
        assert hours.verified_minutes(project_id=running.project_id) == total
        assert hours.verified_minutes(organisation_id=running.group_id) == total
        assert sum(hours.hours_by_region(path) for path in DISTRICTS) == total
        assert hours.hours_by_region("440100") == total
        assert sum(hours.hours_by_speciality(path) for path in SPECIALITIES) == total
        assert hours.hours_by_speciality("SP") == total
        halves = [{"until": DAY + timedelta(days=20)}, {"since": DAY + timedelta(days=21)}]
        assert sum(hours.verified_minutes(**half) for half in halves) == total
        assert sum(hours.verified_minutes_of_volunteers(running.volunteers).values()) == named


def test_a_street_with_the_beginning_of_anothers_code_is_not_below_it(
    inside: Inside, cast: Cast, running: Running
) -> None:
    row = {
        "state": ActivityState.VERIFIED,
        "street": STREETS[0],
        "minutes_each": 60,
        "counted": 2,
        "day": 0,
        "hours": [],
    }
    with inside():
        lay_down(row, running, (cast.id("bo"), cast.id("olu")))
    with inside(read_only=True):
        assert hours.hours_by_region("440100/440103/440103006") == 120
        assert hours.hours_by_region("440100/44010") == 0

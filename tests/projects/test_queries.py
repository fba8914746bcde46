"""Pages cost the same few queries however much was done."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from grants.core.db import db
from grants.projects.fields import ActivityState
from grants.projects.models import Activity, HourRecord
from tests.cast import Browser, Cast
from tests.projects.conftest import Running

Inside = Callable[..., AbstractContextManager[None]]
Watched = Callable[[], AbstractContextManager[list[str]]]
SignIn = Callable[[str], Browser]


def many(inside: Inside, cast: Cast, running: Running, number: int) -> None:
    recorder = cast.id("bo")
    with inside():
        for place in range(number):
            activity = Activity(
                project_id=running.project_id, title=f"活动{place}", on=date(2026, 6, 1), minutes_each=60,
                volunteers_counted=3, state=ActivityState.RECORDED, recorded_by_id=recorder,
            )  # fmt: skip
            activity.hours = [
                HourRecord(volunteer_id=volunteer, minutes=60, recorded_by_id=recorder)
                for volunteer in running.volunteers
            ]
            db.session.add(activity)


@pytest.mark.parametrize(("page", "most"), [("", 20), ("/activities", 16)])
def test_a_project_asks_the_database_as_much_with_forty_activities_as_with_one(
    inside: Inside, cast: Cast, running: Running, sign_in: SignIn, statements: Watched, page: str, most: int
) -> None:
    client = sign_in("olu")
    counts = []
    for number in (1, 39):
        many(inside, cast, running, number)
        client.page(f"/projects/{running.project}{page}")
        with statements() as seen:
            client.page(f"/projects/{running.project}{page}")
        counts.append(len([each for each in seen if each.lstrip().startswith("SELECT")]))
    assert counts[0] == counts[1]
    assert counts[0] <= most


def test_the_list_of_projects_is_cheap(running: Running, sign_in: SignIn, statements: Watched) -> None:
    client = sign_in("olu")
    client.page("/projects")
    with statements() as seen:
        client.page("/projects")
    assert len([each for each in seen if each.lstrip().startswith("SELECT")]) <= 12

"""What the people of a project do: write hours down, verify them, show a photo."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from grants.documents import actions as documents
from grants.projects.actions import activities
from grants.projects.queries import hours
from grants.projects.queries import projects as queries
from grants.projects.rules import ActivityTerms
from tests.cast import Cast
from tests.documents import samples
from tests.projects.conftest import LATER, Running

Inside = Callable[..., AbstractContextManager[None]]


def photo(inside: Inside) -> documents.Spooled:
    with inside(read_only=True):
        return documents.receive(samples.upload("签到表.jpg", samples.picture()))


def terms(**changed: Any) -> ActivityTerms:
    given: dict[str, Any] = {
        "title": "每周探访", "on": date(2026, 6, 17), "minutes_each": 120, "content": "入户探访",
        "place": "逢源街道", "volunteers_counted": 3, "beneficiaries": 20,
    }  # fmt: skip
    return ActivityTerms(**{**given, **changed})


def record(inside: Inside, cast: Cast, running: Running, by: str = "bo", **changed: Any) -> str:
    actor, evidence = cast.actor(by), photo(inside)
    minutes = {running.volunteers[0]: 120, running.volunteers[1]: 90}
    with inside():
        project = queries.by_public_id(running.project)
        return activities.record_new(
            project, terms(**changed), minutes, [evidence], by=actor, at=LATER
        ).public_id


def verify(inside: Inside, cast: Cast, running: Running, key: str, by: str = "olu") -> None:
    actor = cast.actor(by)
    with inside():
        activities.verify(queries.activity(running.project, key), by=actor, at=LATER)


def minutes(inside: Inside, **of: Any) -> int:
    with inside(read_only=True):
        return hours.verified_minutes(**of)


def act(
    inside: Inside, cast: Cast, by: str, do: Callable[..., Any], load: Callable[[], Any], *given: Any
) -> None:
    actor = cast.actor(by)
    with inside():
        do(load(), *given, by=actor, at=LATER)

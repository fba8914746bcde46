"""The light in the list and on the page are one rule, said twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from grants.core import clock
from grants.core.db import db
from grants.projects import rules
from grants.projects.fields import FindingState, ProjectState, Severity
from grants.projects.listing import LIGHT
from grants.projects.models import Finding, Project
from grants.projects.queries import projects as queries
from tests.cast import Cast
from tests.projects.conftest import Running

Inside = Callable[..., AbstractContextManager[None]]


def lights(inside: Inside, running: Running) -> tuple[str | None, str]:
    with inside(read_only=True):
        project = queries.by_public_id(running.project)
        in_list = db.session.scalar(select(LIGHT).select_from(Project).where(Project.id == project.id))
        return in_list, rules.standing(project, clock.today()).light.value


@pytest.mark.parametrize("late", [-1, 0, 1, 7, 8])
def test_lateness(inside: Inside, running: Running, late: int) -> None:
    with inside():
        project = queries.by_public_id(running.project)
        for row in (*project.milestones, *project.reports):
            row.due_on = clock.today() + timedelta(days=100)
            if hasattr(row, "from_on"):
                row.from_on = date(2026, 1, 1)
        project.milestones[0].due_on = clock.today() - timedelta(days=late)
    expected = "green" if late <= 0 else "yellow" if late <= 7 else "red"
    assert lights(inside, running) == (expected, expected)


@pytest.mark.parametrize(
    ("state", "holds", "expected"),
    [
        (FindingState.OPEN, False, "yellow"),
        (FindingState.ANSWERED, True, "red"),
        (FindingState.CLOSED, True, "green"),
    ],
)
def test_findings(
    inside: Inside, cast: Cast, running: Running, state: FindingState, holds: bool, expected: str
) -> None:
    closer = cast.id("olu") if state is FindingState.CLOSED else None
    with inside():
        project = queries.by_public_id(running.project)
        for row in (*project.milestones, *project.reports):
            row.due_on = clock.today() + timedelta(days=100)
        db.session.add(
            Finding(
                project_id=project.id, severity=Severity.MAJOR, title="签领表", action="补齐", owner_name="邓",
                found_on=date(2026, 6, 1), due_on=date(2026, 7, 1), holds_payment=holds, state=state,
                closed_by_id=closer,
            )
        )  # fmt: skip
    assert lights(inside, running) == (expected, expected)


@pytest.mark.parametrize("state", [ProjectState.SUSPENDED, ProjectState.TERMINATED, ProjectState.CLOSED])
def test_states(inside: Inside, running: Running, state: ProjectState) -> None:
    with inside():
        project = queries.by_public_id(running.project)
        project.reason, project.ended_on = "核查账目", clock.today()
        object.__setattr__(project, "state", state)
    expected = "green" if state is ProjectState.CLOSED else "red"
    assert lights(inside, running) == (expected, expected)

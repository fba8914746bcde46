"""A project under way: signed, and its first day come."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from grants.core.db import db
from grants.core.policy import SYSTEM
from grants.organisations.models import Organisation, Volunteer
from grants.projects.actions import planning
from grants.projects.queries import projects as queries
from tests.album import Photographed
from tests.cast import Cast
from tests.granted import Funded, funded, sign_all

__all__ = ["funded"]
Inside = Callable[..., AbstractContextManager[None]]
STARTED = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)
LATER = datetime(2026, 6, 20, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Running:
    """Ids of a project under way, and of the volunteers on the group's ledger."""

    project: str
    project_id: int
    grant_id: int
    group_id: int
    host_id: int
    call_id: int
    volunteers: tuple[int, ...]


@pytest.fixture
def planned(inside: Inside, cast: Cast, funded: Funded, photographed: Photographed) -> Running:
    made: Running = photographed(lambda: _planned(inside, cast, funded))
    return made


def _planned(inside: Inside, cast: Cast, funded: Funded) -> Running:
    grant_id = sign_all(inside, cast, funded)
    with inside():
        volunteers = [
            Volunteer(
                organisation_id=funded.group_id, name=f"志愿者{place}", name_folded=f"志愿者{place}",
                joined_on=date(2026, 1, 1),
            )
            for place in range(1, 4)
        ]  # fmt: skip
        db.session.add_all(volunteers)
        db.session.flush()
        project = queries.project_of_grant(grant_id)
        assert project is not None
        assert db.session.get(Organisation, funded.group_id) is not None
        return Running(
            project.public_id, project.id, grant_id, funded.group_id, funded.host_id, funded.call_id,
            tuple(volunteer.id for volunteer in volunteers),
        )  # fmt: skip


@pytest.fixture
def running(inside: Inside, planned: Running, photographed: Photographed) -> Running:
    def start() -> None:
        with inside():
            planning.start(queries.by_public_id(planned.project), by=SYSTEM, at=STARTED)

    photographed(start)
    return planned

"""A project at its end: everything paid and confirmed, every report accepted, a close-out open."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from grants.agreements.models import Grant
from grants.calls.models import GradeBand
from grants.closeouts import queries
from grants.closeouts.actions import closing
from grants.core.db import db
from grants.core.policy import SYSTEM
from grants.payments.actions import tranches as payments
from grants.projects.fields import ProjectState, ReportKind, ReportResult
from grants.projects.models import Project
from tests.album import Photographed
from tests.cast import Cast
from tests.payments.conftest import EVERYBODY
from tests.payments.grants_made import House
from tests.payments.steps import LATER, pay_whole, read

Inside = Callable[..., AbstractContextManager[None]]
END = LATER + timedelta(days=20)
BANDS = (("excellent", "优秀", 90), ("good", "良好", 80), ("pass", "合格", 60), ("fail", "不合格", 0))


@pytest.fixture
def house(cast: Cast, inside: Inside, photographed: Photographed) -> House:
    made: House = photographed(lambda: _house(cast, inside))
    return made


def _house(cast: Cast, inside: Inside) -> House:
    for name in EVERYBODY:
        cast.id(name)
    house = House(cast)
    with inside():
        house.open()
        for key, name, minimum in BANDS:
            band = GradeBand(
                call_id=house.call_id, key=key, name={"zh-Hans": name, "en": key}, minimum=Decimal(minimum)
            )
            db.session.add(band)
    return house


@pytest.fixture
def grant(house: House, inside: Inside, photographed: Photographed) -> int:
    made: int = photographed(lambda: _grant(house, inside), house)
    return made


def _grant(house: House, inside: Inside) -> int:
    """The id of a grant of 40,000 that is paid in full; its project is closing."""
    with inside():
        group = house.group()
        house.account(group)
        grant = house.promise(group)
        house.sign(grant)
        grant_id = grant.id
    with inside():
        read(grant_id, ReportKind.MIDTERM, ReportResult.PASS)
        read(grant_id, ReportKind.FINAL, ReportResult.PASS)
        for number in (1, 2, 3):
            pay_whole(house, grant_id, number, receipt_number=f"SJ{number}")
            payments.acknowledge(house.tranche(grant_id, number), by=house.actor("ada"), at=LATER)
        project = db.session.scalars(select(Project).where(Project.grant_id == grant_id)).one()
        project.state = ProjectState.CLOSING
    return grant_id


@pytest.fixture
def closeout(inside: Inside, grant: int, photographed: Photographed) -> str:
    made: str = photographed(lambda: _closeout(inside, grant))
    return made


def _closeout(inside: Inside, grant: int) -> str:
    """The address of its close-out."""
    with inside():
        assert db.session.get(Grant, grant) is not None
        project = db.session.scalars(select(Project).where(Project.grant_id == grant)).one()
        opened = closing.open_closeout(queries.project(project.public_id), by=SYSTEM, at=LATER)
        return opened.public_id

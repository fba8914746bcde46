"""The way of a project and the standard of a record, tried by address: no jump, nothing half."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grants.core.audit import AuditEntry
from grants.core.db import db
from grants.projects.fields import ActivityState, HourState, ProjectState
from grants.projects.models import Activity, HourRecord, Project
from tests.cast import Browser, Cast
from tests.projects.conftest import Running
from tests.projects.steps import minutes, record

Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]


def test_no_address_leads_from_the_plan_to_the_archive(
    sign_in: SignIn, planned: Running, rows: Session
) -> None:
    """S003-1: what comes later is refused by its address, whoever may do it when its time has come."""
    page = f"/projects/{planned.project}"
    for name in ("olu", "fay"):
        client = sign_in(name)
        for verb, given in (("finish", {}), ("resume", {"reason": "x"}), ("suspend", {"reason": "x"})):
            assert client.send(f"{page}/{verb}", given, from_page=page).status_code in {403, 409}, verb
        assert client.send(f"{page}/closeout", from_page=page).status_code in {403, 409}
    assert sign_in("ada").send(f"{page}/finish", from_page=page).status_code in {403, 404}
    assert rows.scalars(select(Project.state)).all() == [ProjectState.PREPARING]


def test_each_step_of_a_project_keeps_who_when_and_why(
    sign_in: SignIn, running: Running, cast: Cast, rows: Session
) -> None:
    page, olu = f"/projects/{running.project}", sign_in("olu")
    before = datetime.now(UTC)
    assert olu.send(f"{page}/suspend", {"reason": "核查账目"}, from_page=page).status_code == 303
    assert olu.send(f"{page}/resume", {"reason": "账目已核"}, from_page=page).status_code == 303
    kept = rows.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_type == "project")
        .order_by(AuditEntry.number.desc())
        .limit(2)
    ).all()
    assert [(entry.verb, entry.actor_id, entry.note) for entry in kept] == [
        ("resume", cast.id("olu"), "账目已核"),
        ("suspend", cast.id("olu"), "核查账目"),
    ]
    assert all(entry.recorded_at >= before for entry in kept)
    assert [entry.after["state"] for entry in kept] == ["active", "suspended"]


@pytest.mark.parametrize("without", [{"on": None}, {"place": "", "region_id": None}, {"content": ""}])
def test_hours_without_date_place_or_content_count_nothing(
    inside: Inside, cast: Cast, running: Running, sign_in: SignIn, rows: Session, without: dict[str, Any]
) -> None:
    """S001-20: however the record came to be so; a day is something the table itself asks for."""
    key = record(inside, cast, running)
    half = update(Activity).values(**without)
    if "on" in without:
        with pytest.raises(IntegrityError), inside():
            db.session.execute(half)
        return
    with inside():
        db.session.execute(half)
    page = f"/projects/{running.project}/activities/{key}"
    assert sign_in("olu").send(f"{page}/verify", from_page=page).status_code == 422
    assert minutes(inside) == 0
    assert set(rows.scalars(select(HourRecord.state))) == {HourState.UNVERIFIED}


def test_hours_that_nobody_confirmed_are_never_verified(
    inside: Inside, cast: Cast, running: Running, sign_in: SignIn
) -> None:
    """S001-20: the confirmer is somebody, and somebody else; the table itself says so."""
    key = record(inside, cast, running, by="olu")
    page = f"/projects/{running.project}/activities/{key}"
    assert sign_in("olu").send(f"{page}/verify", from_page=page).status_code == 422
    for confirmer in (None, cast.id("olu")):
        values = {"state": HourState.VERIFIED, "verified_by_id": confirmer, "verified_at": datetime.now(UTC)}
        with pytest.raises(IntegrityError), inside():
            db.session.execute(update(HourRecord).values(**values))
    assert minutes(inside) == 0
    assert sign_in("otis").send(f"{page}/verify", from_page=page).status_code == 303
    assert minutes(inside) == 330
    with inside(read_only=True):
        assert db.session.scalar(select(Activity.state)) is ActivityState.VERIFIED
        assert db.session.scalar(select(Activity.on)) == date(2026, 6, 17)
